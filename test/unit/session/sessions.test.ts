// What the sessions do at the edges: texts at the limit of the context, broken invariants, interrupted healing,
// models without fill-in-the-middle, and what is said of a text that was lost.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { emptyLedger, printLedger } from "../../../sidecar/cache/ledger";
import type { EngineCapabilities } from "../../../sidecar/engine/engine";
import type { Sessions } from "../../../sidecar/session/sessions";
import type { ContentChange } from "../../../sidecar/text/document";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";
import { TokenRope } from "../../../sidecar/tokens/rope";
import { checkCells, sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { FakeTokenizer, fakeSeededCount } from "../../support/fakeTokenizer";

/** So little that even short texts keep stale cells. */
const littleRepair = "anchored8 runs text:last32+near32-16+names<48 jump:last32+near32-16+names<48";
const uri = "a.ts";
const small = { contextLength: 400, batchTokensMax: 16, sequenceCount: 8 } as const;

interface Opened {
  readonly engine: FakeEngine;
  readonly sessions: Sessions;
}

function opened(text: string, capabilities: Partial<EngineCapabilities> = {}, tokenizer = new FakeTokenizer()): Opened {
  const engine = new FakeEngine({ capabilities: { ...small, vocabularySize: tokenizer.vocabularySize, ...capabilities }, tokenizer });
  const sessions = sessionsOn(engine, littleRepair);
  sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  return { engine, sessions };
}

function completed({ sessions }: Opened, offset: number): string {
  const text = sessions.sessionOf(uri)?.document.text ?? "";
  const reply = sessions.complete({ uri, place: Lines.of(text).placeAt(utf16(offset), "utf-16"), invoked: false }, () => undefined);
  ok(reply.kind === "answer");
  return reply.answer.outcome.kind;
}

const said = new Set(["shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished"]);

function changed({ sessions }: Opened, version: number, changes: readonly ContentChange[]): readonly string[] {
  return sessions.apply({ kind: "change", uri, version, changes, atMs: 0 }).map((notice) => notice.kind);
}

const atStart = { line: 0, character: 0 };
const insert = (text: string): ContentChange => ({ range: { start: atStart, end: atStart }, text });

test("a text of any length is completed anywhere, however many tokens the cut at the cursor takes", () => {
  for (let count = 68; count < 84; count += 1) {
    // With a full table half of a known word is spelled byte by byte.
    const tokenizer = new FakeTokenizer(fakeSeededCount);
    const text = "function function;\n".repeat(count);
    const open = opened(text, {}, tokenizer);
    for (let offset = 5; offset < text.length; offset += 83) {
      const outcome = completed(open, offset);
      ok(said.has(outcome), `${count} lines at ${offset}: ${outcome}`);
    }
  }
});

test("a context too small for the sentinels is an outcome", () => {
  equal(completed(opened("x;\n".repeat(100), { contextLength: 10 }), 30), "contextTooSmall");
});

test("a rope that spells another text is made anew, counted, and the document stays in step", () => {
  const open = opened("a = 1;\n".repeat(10));
  const session = open.sessions.sessionOf(uri);
  ok(session !== undefined);
  session.rope = TokenRope.of("other", open.engine);
  deepEqual(changed(open, 2, [insert("b;\n")]), []);
  ok(said.has(completed(open, 5)));
  session.rope = TokenRope.of("b;\n" + "a = 2;\n".repeat(10), open.engine);
  ok(said.has(completed(open, 6)));
  deepEqual(session.rebuildReasons, { frame: 1, spelling: 1 });
  equal(session.rope.text(), session.document.text);
  checkCells(open.engine, open.sessions, [uri], "many");
});

test("a whole text brings a document back in step, whatever stands before it", () => {
  const open = opened("a");
  const nowhere = { line: 9, character: 0 };
  const lost: ContentChange = { range: { start: nowhere, end: nowhere }, text: "b" };
  deepEqual(changed(open, 2, [lost]), ["resync"]);
  equal(completed(open, 0), "outOfStep");
  deepEqual(changed(open, 3, [lost, { text: "x = 1;\n" }, insert("y;\n")]), []);
  equal(open.sessions.sessionOf(uri)?.document.text, "y;\nx = 1;\n");
  ok(said.has(completed(open, 2)));
});

test("a repair reads what stands before the cursor and the anchor; idle work goes on where it helps most, and ages nothing", () => {
  const open = opened("a = 1;\n".repeat(30));
  completed(open, 140);
  changed(open, 2, [insert("b;\n")]);
  completed(open, 143);
  const printed = (): string => printLedger(open.sessions.sessionOf(uri)?.ledger ?? emptyLedger);
  // The edit; what is left of the budget before the anchor; the middle's sentinel; thirty-two tokens before the cursor.
  const patched = "0..9 exact, 9..77 stale 1, 77..93 stale 0, 93..164 stale 1, 164..165 stale 0, 165..188 stale 1, 188..220 stale 0";
  equal(printed(), patched);
  const shiftsBefore = open.engine.counts.shift;
  equal(open.sessions.idle(() => true).kind, "more");
  equal(printed(), patched);
  open.sessions.idle(() => false);
  const repaired = printed();
  ok(repaired.startsWith("0..9 exact") && repaired.endsWith("stale 0") && repaired !== patched, repaired);
  open.sessions.idle(() => false);
  ok(printed().startsWith("0..25 exact"), printed());
  equal(open.engine.counts.shift, shiftsBefore);
});

test("where a repair costs more than reading on from the change, all from there on is read", () => {
  const tokensRead = (callCostTokens: number): number | undefined => {
    const open = opened("a = 1;\n".repeat(30), { callCostTokens });
    completed(open, 56);
    // A deletion is answered at once and leaves what follows the cursor stale.
    changed(open, 2, [{ range: { start: { line: 9, character: 0 }, end: { line: 10, character: 0 } }, text: "" }]);
    completed(open, 56);
    const end = { line: 29, character: 0 };
    changed(open, 3, [{ range: { start: end, end }, text: "b;\n" }]);
    completed(open, 56);
    return open.sessions.statistics().recent.at(-1)?.tokensEncoded;
  };
  // The edit, the middle's sentinel and the last 32 tokens in two gaps, or all of the 59 behind the change in one.
  deepEqual([tokensRead(6), tokensRead(24)], [36, 59]);
});

test("a deletion is answered at once; what it made stale is mended when it is quiet", () => {
  const open = opened("a = 1;\n".repeat(30));
  completed(open, 140);
  changed(open, 2, [{ range: { start: atStart, end: { line: 1, character: 0 } }, text: "" }]);
  completed(open, 133);
  equal(open.sessions.statistics().recent.at(-1)?.tokensEncoded, 1);
  while (open.sessions.idle(() => false).kind === "more");
  equal(open.sessions.statistics().documents[0]?.cellsStale, 0);
});

test("idle time brings the cells to where the user went, so that the request reads one token", () => {
  const open = opened("a = 1;\n".repeat(30));
  completed(open, 140);
  open.sessions.apply({ kind: "cursor", uri, place: { line: 5, character: 0 }, atMs: 0 });
  while (open.sessions.idle(() => false).kind === "more");
  const readAhead = open.sessions.statistics().totals.tokensEncoded;
  completed(open, 35);
  equal(open.sessions.statistics().totals.tokensEncoded - readAhead, 1);
});

test("typing along with a suggestion asks the engine for nothing", () => {
  const open = opened("a = 1;\n".repeat(10) + "x = ");
  const reply = open.sessions.complete({ uri, place: { line: 10, character: 4 }, invoked: false }, () => undefined);
  const text = reply.kind === "answer" ? (reply.answer.item?.text ?? "") : "";
  ok(text.length > 1, text);
  const here = { line: 10, character: 4 };
  changed(open, 2, [{ range: { start: here, end: here }, text: text.slice(0, 1) }]);
  const calls = open.engine.counts.decode;
  const rest = open.sessions.complete({ uri, place: { line: 10, character: 5 }, invoked: false }, () => undefined);
  equal(rest.kind === "answer" ? rest.answer.item?.text : undefined, text.slice(1));
  equal(open.engine.counts.decode, calls);
});

test("a model without fill-in-the-middle completes behind a lone token, and has nothing to say of nothing", () => {
  const open = opened("def", { fim: undefined });
  ok(said.has(completed(open, 3)));
  equal(completed(open, 0), "nothingToSay");
});

test("without fill-in-the-middle an edit far above has what stands right before the cursor read again, and no more", () => {
  const open = opened("a = 1;\n".repeat(30), { fim: undefined });
  completed(open, 210);
  changed(open, 2, [insert("b;\n")]);
  completed(open, 213);
  const record = open.sessions.statistics().recent.at(-1);
  // Three tokens above, and the last ones of thirty lines of seven, less the one to be healed.
  deepEqual([record?.tokensEncoded, record?.cellsShifted], [3 + 32, 30 * 7 - 1 - 32]);
});

test("a text is scored as far as the cache has room, and its bytes are those of the tokens scored", () => {
  const open = opened("a = 1;\n".repeat(10));
  completed(open, 35);
  const place = { line: 5, character: 0 };
  const scored = open.sessions.scoreExpected({ uri, place, invoked: false }, "+".repeat(500));
  deepEqual([scored?.tokens, scored?.bytes], [64, 64]);
  const full = opened("a = 1;\n".repeat(54));
  completed(full, 189);
  const room = small.contextLength - full.engine.cellsUsed();
  ok(room < 64);
  equal(full.sessions.scoreExpected({ uri, place: { line: 27, character: 0 }, invoked: false }, "+".repeat(500))?.tokens, room);
  equal(full.sessions.statistics().totals.rebuilds, 0);
});
