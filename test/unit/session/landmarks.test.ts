// What a session shows of a file longer than its context when the client sends structure: whole constructs behind landmarks,
// through edits; and that the cache holds with them, whatever spans a client makes up.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import type { StructureSpan } from "../../../sidecar/protocol/data";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { bracedStructure } from "../../support/bracedStructure";
import { checkCells, play, printScript, randomScript, sessionsOn, type Script } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";

const uri = "a.ts";
const functionOf = (name: string): string => `  function ${name} {\n${`    ${name};\n`.repeat(20)}  }\n`;
const text = `import i;\nclass A {\n${[..."abcdefgh"].map(functionOf).join("")}}\n`;

/** What a completion at `offset` leaves in the cache, without blanks. */
function cached(sessions: ReturnType<typeof sessionsOn>, engine: FakeEngine, now: string, offset: number): string {
  sessions.complete({ uri, place: Lines.of(now).placeAt(utf16(offset), "utf-16"), invoked: false }, () => undefined);
  const tokens = sessions.sessionOf(uri)?.ledger.tokens ?? new Int32Array(0);
  return Buffer.concat(Array.from(tokens, (token) => engine.pieceOf(token))).toString("utf8").replaceAll(/\s+/g, " ").replaceAll(/(\b\w; )\1+/g, "$1");
}

test("a session shows the head, the headers and whole functions, and still does while the cursor's is edited", () => {
  const engine = new FakeEngine({ capabilities: { contextLength: 420, batchTokensMax: 64, sequenceCount: 8 } });
  const sessions = sessionsOn(engine, "patch");
  sessions.apply({ kind: "open", uri, languageId: "plaintext", version: 1, text, atMs: 0 });
  sessions.apply({ kind: "structure", uri, version: 1, spans: bracedStructure(text) });
  const at = text.indexOf("e;") + 2;
  const before = cached(sessions, engine, text, at);
  equal(before, "a.ts import i; class A { function d { d; e; } function f { f; } d; } function e { e");
  const { line, character } = Lines.of(text).placeAt(utf16(at), "utf-16");
  const place = { line, character };
  sessions.apply({ kind: "change", uri, version: 2, changes: [{ range: { start: place, end: place }, text: " if {" }], atMs: 0 });
  const after = cached(sessions, engine, `${text.slice(0, at)} if {${text.slice(at)}`, at + 5);
  equal(after, "a.ts import i; class A { function d { d; e; } function f { f; } d; } function e { e; if ");
});

/** Spans as no parser makes them: they overlap, are out of order or lie outside the text. */
function anySpans(random: Random, length: number): readonly StructureSpan[] {
  return Array.from({ length: random.below(8) }, () => {
    const startUtf16 = random.below(length + 2);
    return { kind: random.pick(["function", "class", "block"]), startUtf16, endUtf16: startUtf16 + random.below(length + 2) };
  });
}

checkLaw<{ readonly script: Script; readonly seed: number }>({
  name: "whatever structure a client sends, invariants hold and every request has a right end",
  cases: 400,
  make: (random) => ({ script: randomScript(random, 14), seed: random.below(1_000_000) }),
  print: ({ script, seed }) => `${seed} ${printScript(script)}`,
  check: ({ script, seed }) => {
    const random = new Random(seed);
    const engine = new FakeEngine({
      layers: "many",
      capabilities: { contextLength: random.pick([40, 60, 90, 150]), batchTokensMax: 16, sequenceCount: 8, shiftCostTokens: 0, callCostTokens: 0 },
    });
    const sessions = sessionsOn(engine, "patch");
    const { answers } = play(script, sessions, () => {
      checkCells(engine, sessions, Object.keys(script.texts), "many");
      for (const document of Object.keys(script.texts)) {
        const held = sessions.sessionOf(document)?.document;
        if (held !== undefined) {
          sessions.apply({ kind: "structure", uri: document, version: held.version, spans: anySpans(random, held.text.length) });
        }
      }
    });
    for (const { outcome } of answers) ok(["shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "cancelled"].includes(outcome.kind), JSON.stringify(outcome));
    equal(sessions.statistics().totals.rebuilds, 0);
  },
});
