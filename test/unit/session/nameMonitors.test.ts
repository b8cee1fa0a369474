// What a monitor does for the editor's completions, with sessions on the fake engine: asked ahead, counted, waited for no longer
// than the budget, and not asked again while only the name is typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, realClock } from "../../../sidecar/base/clock";
import type { MemberSource, MonitorAnswer, MonitorQuestion } from "../../../sidecar/decode/mgd/memberSource";
import type { CompletionRecord } from "../../../sidecar/protocol/data";
import type { Sessions } from "../../../sidecar/session/sessions";
import type { SessionsOptions } from "../../../sidecar/session/sessionsOptions";
import { sessionsOn } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";

const uri = "file:///a.ts";

class Source implements MemberSource {
  readonly asked: string[] = [];
  constructor(private readonly reply: (question: MonitorQuestion, untilMs: number) => MonitorAnswer | undefined) {}
  ask(question: MonitorQuestion): void {
    this.asked.push(question.continuation);
  }
  answer(question: MonitorQuestion, untilMs: number): MonitorAnswer | undefined {
    return this.reply(question, untilMs);
  }
  told(): undefined {
    return undefined;
  }
}

function opened(text: string, options: Partial<SessionsOptions>): Sessions {
  const sessions = sessionsOn(new FakeEngine(), "patch", options);
  sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  return sessions;
}

function completedAt(sessions: Sessions, character: number): CompletionRecord {
  const reply = sessions.complete({ uri, place: { line: 0, character }, invoked: false }, () => undefined);
  assert.equal(reply.kind, "answer");
  const record = sessions.statistics().recent.at(-1);
  assert.ok(record !== undefined);
  return record;
}

test("only what is legal is written behind an operator, and the record and the statistics say what was done", () => {
  const source = new Source(() => ({ kind: "names", names: ["value", "index"] }));
  const written: string[] = [];
  const sessions = opened("const sum = item.\n", { members: source, completionTokensMax: 8, onWritten: ({ rawText }) => written.push(rawText) });
  const record = completedAt(sessions, "const sum = item.".length);
  assert.match(written[0] ?? "", /^(?:value|index)(?![A-Za-z0-9_])/);
  assert.equal(source.asked[0], "");
  const { monitor } = record;
  assert.ok(monitor !== undefined && 0 < monitor.asked && 0 < monitor.answered && 0 < monitor.changed && monitor.changed <= monitor.masks, JSON.stringify(monitor));
  const { waitMs, ...counts } = monitor;
  assert.equal(waitMs, 0);
  assert.deepEqual(sessions.statistics().monitor, { ...counts, waitMsMedian: 0, waitMsP95: 0 });
});

test("without a source, and in a language without rules, nobody watches", () => {
  assert.equal(opened("a.\n", {}).statistics().monitor, undefined);
  assert.equal(completedAt(opened("a.\n", {}), 2).monitor, undefined);
  const source = new Source(() => undefined);
  const sessions = opened("", { members: source });
  sessions.apply({ kind: "open", uri, languageId: "markdown", version: 1, text: "a.\n", atMs: 0 });
  assert.equal(completedAt(sessions, 2).monitor, undefined);
  assert.deepEqual(source.asked, []);
});

test("with a source that never answers, a completion is later by the budget and no more", () => {
  const clock = new ManualClock();
  const source = new Source((_, untilMs) => {
    clock.advance(untilMs - clock.nowMs());
    return undefined;
  });
  const text = "const sum = item.\n";
  const plain = opened(text, { clock });
  const without = completedAt(plain, text.length - 1);
  const late = opened(text, { clock, members: source, memberBudgetMs: () => 60 });
  const watched = completedAt(late, text.length - 1);
  assert.equal(watched.requestMs - without.requestMs, 60);
  assert.equal(watched.monitor?.late, 1);
  assert.equal(watched.outcome.kind, without.outcome.kind);
});

test("a completion behind one that was left waiting waits a quarter of the budget, until an answer comes", () => {
  const clock = new ManualClock();
  let latencyMs = Infinity;
  const source = new Source((_, untilMs) => {
    const waitMs = Math.min(latencyMs, untilMs - clock.nowMs());
    clock.advance(waitMs);
    return waitMs < latencyMs ? undefined : { kind: "names", names: ["value"] };
  });
  const sessions = opened("const sum = item.\n", { clock, members: source, memberBudgetMs: () => 60, completionTokensMax: 2 });
  const waitOf = waits(sessions);
  assert.deepEqual([waitOf(), waitOf(), waitOf()], [60, 15, 15]);
  latencyMs = 10;
  assert.equal(waitOf(), 10);
  latencyMs = 50;
  assert.equal(waitOf(), 50);
});

/** Gives how long the completion behind the next change of the name waits. */
function waits(sessions: ReturnType<typeof opened>): () => number {
  let version = 1;
  return () => {
    version += 1;
    assert.deepEqual(sessions.apply({ kind: "change", uri, version, changes: [{ text: `const sum${version} = item.\n` }], atMs: 0 }), []);
    return completedAt(sessions, 18).monitor?.waitMs ?? 0;
  };
}

test("an answer that comes while decoding goes on is a sign of life: the next completion waits the whole budget again", () => {
  const clock = new ManualClock();
  let isSlow = false;
  const asked = new Set<string>();
  const source = new Source((question, untilMs) => {
    const key = JSON.stringify(question);
    const cameMeanwhile = isSlow && asked.has(key);
    asked.add(key);
    if (cameMeanwhile) return { kind: "names", names: ["value"] };
    clock.advance(Math.max(0, untilMs - clock.nowMs()));
    return undefined;
  });
  const sessions = opened("const sum = item.\n", { clock, members: source, memberBudgetMs: () => 60, completionTokensMax: 2 });
  const waitOf = waits(sessions);
  assert.deepEqual([waitOf(), waitOf()], [60, 15]);
  isSlow = true;
  assert.deepEqual([waitOf(), waitOf()], [15, 60]);
});

test("by a real clock too, a completion is later by the budget and no more", () => {
  let grantedMs = 0;
  const source = new Source((_, untilMs) => {
    // What the system takes beyond the time granted is no fault of the budget.
    grantedMs += Math.max(0, untilMs - realClock.nowMs());
    while (realClock.nowMs() < untilMs);
    return undefined;
  });
  const sessions = opened("const sum = item.\n", { clock: realClock, members: source, memberBudgetMs: () => 30 });
  const { monitor } = completedAt(sessions, 17);
  assert.ok(monitor !== undefined && 30 <= monitor.waitMs, `waited ${monitor?.waitMs} ms`);
  assert.ok(29 < grantedMs && grantedMs <= 30, `${grantedMs} ms granted`);
});

test("while only the name is typed, what was said about it holds; any other edit ends that", () => {
  const source = new Source(() => ({ kind: "names", names: ["value", "index"] }));
  const sessions = opened("const sum = item.;\n", { members: source });
  let version = 1;
  const type = (character: number, text: string): void => {
    version += 1;
    const range = { start: { line: 0, character }, end: { line: 0, character } };
    assert.deepEqual(sessions.apply({ kind: "change", uri, version, changes: [{ range, text }], atMs: 0 }), []);
  };
  const askedAtCursor = (): number => source.asked.filter((continuation) => continuation === "").length;
  completedAt(sessions, 17);
  const first = askedAtCursor();
  type(17, "v");
  completedAt(sessions, 18);
  type(18, "x");
  completedAt(sessions, 19);
  assert.equal(askedAtCursor(), first);
  type(0, " ");
  completedAt(sessions, 20);
  assert.equal(askedAtCursor(), first + 1);
});
