// The laws of idle time and of typing at the fake engine: whatever is interrupted, nothing is claimed that isn't so, it comes to
// an end, and then all is exact; and a keystroke reads what was typed.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../sidecar/base/random";
import type { EngineCapabilities } from "../../sidecar/engine/engine";
import type { Sessions } from "../../sidecar/session/sessions";
import { utf16 } from "../../sidecar/text/frames";
import { Lines } from "../../sidecar/text/lines";
import { checkCells, play, printScript, randomScript, sessionsOn, withPauses, type Script } from "../support/editingSession";
import { randomText } from "../support/edits";
import { FakeEngine } from "../support/fakeEngine";
import { checkLaw } from "../support/law";

const uris = ["a.ts", "b.ts"];
const small = { contextLength: 400, batchTokensMax: 16, sequenceCount: 8, shiftCostTokens: 0, callCostTokens: 0 } as const;

interface Paused {
  readonly script: Script;
  readonly capabilities: Partial<EngineCapabilities>;
  readonly contextLengthStart: number | undefined;
}

function randomPaused(random: Random): Paused {
  return {
    script: withPauses(random, randomScript(random, 10)),
    capabilities: {
      ...small,
      contextLength: random.pick([100, 150, 400]),
      batchTokensMax: random.pick([1, 5, 16]),
      shiftCostTokens: random.pick([0, 20]),
      callCostTokens: random.pick([0, 3]),
      ...(random.chance(0.2) ? { fim: undefined } : {}),
      ...(random.chance(0.1) ? { shift: { kind: "fixed", reason: "of the test" } } : {}),
    },
    contextLengthStart: random.chance(0.5) ? 40 : undefined,
  };
}

function idleToTheEnd(sessions: Sessions): number {
  let slices = 0;
  while (sessions.idle(() => false).kind === "more") {
    slices += 1;
    ok(slices < 500, "idle work comes to an end");
  }
  return slices;
}

let slicesDone = 0;
checkLaw<Paused>({
  name: "with edits, cursor moves and broken-off slices among each other no cell is called exact that isn't; left alone, all are",
  cases: 1_500,
  make: randomPaused,
  print: ({ script, ...rest }) => `${JSON.stringify(rest)} ${printScript(script)}`,
  check: ({ script, capabilities, contextLengthStart }) => {
    const engine = new FakeEngine({ capabilities, ...(contextLengthStart === undefined ? {} : { contextLengthStart }) });
    const sessions = sessionsOn(engine, "patch");
    play(script, sessions, () => checkCells(engine, sessions, uris, "many"));
    const cellsBefore = uris.filter((uri) => sessions.sessionOf(uri)?.cells !== undefined);
    slicesDone += idleToTheEnd(sessions);
    equal(sessions.statistics().totals.rebuilds, 0);
    // Reading ahead evicts nobody.
    deepEqual(uris.filter((uri) => sessions.sessionOf(uri)?.cells !== undefined), cellsBefore);
    checkCells(engine, sessions, uris, "many");
    for (const uri of cellsBefore) {
      const session = sessions.sessionOf(uri);
      equal(session?.ledger.exactEnd, session?.ledger.tokens.length);
      equal(session?.isBehind, false);
    }
    // There is nothing left to do, and asking for it does nothing.
    const { decode } = engine.counts;
    deepEqual(sessions.idle(() => false), { kind: "nothing" });
    equal(engine.counts.decode, decode);
  },
});

test("the law has met idle work", () => ok(0 < slicesDone, `${slicesDone} slices`));

checkLaw<Paused>({
  name: "with healing off idle time does nothing at all, whatever is stale",
  cases: 200,
  make: randomPaused,
  print: ({ script, ...rest }) => `${JSON.stringify(rest)} ${printScript(script)}`,
  check: ({ script, capabilities }) => {
    const engine = new FakeEngine({ capabilities });
    const sessions = sessionsOn(engine, "patch", { healing: false });
    play(script, sessions, () => {
      const counts = { ...engine.counts };
      deepEqual(sessions.idle(() => false), { kind: "nothing" });
      deepEqual({ ...engine.counts }, counts);
    });
    equal(sessions.statistics().totals.healTokens, 0);
  },
});

interface Keystrokes {
  readonly text: string;
  readonly start: number;
  readonly above: string;
  readonly typed: readonly string[];
}

let engineAsked = 0;
checkLaw<Keystrokes>({
  name: "a keystroke at the cursor reads what was typed and what healing takes back, three tokens at most, on stale cells too",
  cases: 400,
  make: (random) => {
    const lines = "name = value;\n".repeat(4 + random.below(20));
    const text = lines + randomText(random, 40);
    return { text, start: random.below(lines.length + 1), above: random.pick(["", "x = 1;\n", "import name;\n"]), typed: Array.from({ length: 12 }, () => random.pick([..."abc  ().;=1\n"])) };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ text, start, above, typed }) => {
    const sessions = sessionsOn(new FakeEngine({ capabilities: { contextLength: 1_500 } }), "patch", { healing: false });
    let version = 1;
    let now = text;
    let cursor = start;
    const insert = (offset: number, inserted: string): void => {
      const place = Lines.of(now).placeAt(utf16(offset), "utf-16");
      version += 1;
      now = now.slice(0, offset) + inserted + now.slice(offset);
      deepEqual(sessions.apply({ kind: "change", uri: "a.ts", version, changes: [{ range: { start: place, end: place }, text: inserted }], atMs: 0 }), []);
      cursor += inserted.length;
    };
    const encoded = (): number => {
      const place = Lines.of(now).placeAt(utf16(cursor), "utf-16");
      sessions.complete({ uri: "a.ts", place, invoked: false }, () => undefined);
      return sessions.statistics().recent.at(-1)?.tokensEncoded ?? 0;
    };
    sessions.apply({ kind: "open", uri: "a.ts", languageId: "typescript", version, text, atMs: 0 });
    encoded();
    if (above !== "") insert(0, above);
    encoded();
    // What the user types along with is read when he goes another way.
    let waiting = 0;
    for (const character of typed) {
      insert(cursor, character);
      waiting += 1;
      const tokens = encoded();
      ok(tokens <= 2 + waiting, `${tokens} tokens for ${waiting} characters, the last ${JSON.stringify(character)}`);
      if (0 < tokens) engineAsked += 1;
      if (0 < tokens) waiting = 0;
    }
  },
});

test("the law has met keystrokes that asked the engine", () => ok(0 < engineAsked, `${engineAsked}`));
