// Replaying on stub sessions: the text arrives whole, charges sum, time is counted from the last edit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../sidecar/base/clock";
import { measureTraces, orderOf } from "../../harness/measureTraces";
import type { CompletionResult } from "../../harness/replay";
import { replay, suggestedText } from "../../harness/replay";
import type { Trace } from "../../harness/trace";
import { TraceError, parseTrace } from "../../harness/trace";
import { StubSessions } from "./stubSessions";

const at = (line: number, character: number): object => ({ line, character });
const insert = (line: number, character: number, text: string): object => ({ range: { start: at(line, character), end: at(line, character) }, text });

function traceOf(name: string, events: readonly object[], header: object = {}): Trace {
  const first = { palimpsest: 1, uri: "a.ts", languageId: "typescript", text: "one\ntwo\n", ...header };
  return parseTrace(name, [first, ...events].map((line) => JSON.stringify(line)).join("\n"));
}

const session = traceOf("session", [
  { t: 0, complete: at(1, 3), expect: "" },
  { t: 100, edit: [insert(1, 3, "a"), insert(1, 4, "b")] },
  { t: 200, edit: [insert(0, 0, "zero\n")] },
  { t: 260, complete: at(2, 5), expect: "expected" },
  { t: 300, idle: 1500 },
  { t: 1800, cursor: at(0, 4) },
  { t: 2000, complete: at(0, 4) },
]);

function stub(clock: ManualClock): StubSessions {
  return new StubSessions({ clock, costs: { change: 10, cursor: 3, completion: 5, healing: 4 }, slices: 6, suggestion: "expected\nmore" });
}

interface Replayed {
  readonly results: readonly CompletionResult[];
  readonly sessions: StubSessions;
  readonly text: string;
}

function replayed(trace: Trace, idle = true): Replayed {
  const clock = new ManualClock();
  const sessions = stub(clock);
  const steps = replay(trace, sessions, { policy: "patch", time: { kind: "manual", clock }, idle });
  const results: CompletionResult[] = [];
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { results, sessions, text: step.value };
    results.push(step.value.result);
  }
}

test("sessions get the whole text, version by version", () => {
  const { sessions, text } = replayed(session);
  assert.equal(text, "zero\none\ntwoab\n");
  assert.equal(sessions.text, text);
  assert.equal(sessions.version, 3);
});

test("every token is charged to one completion, and idle healing stands apart", () => {
  const { results, sessions } = replayed(session);
  assert.deepEqual(results.map((result) => result.charge.tokensEncoded), [5, 35, 8]);
  assert.deepEqual(results.map((result) => result.charge.healTokens), [0, 0, 24]);
  const sum = (name: "tokensEncoded" | "healTokens" | "cellsKept"): number => results.reduce((total, result) => total + result.charge[name], 0);
  for (const name of ["tokensEncoded", "healTokens", "cellsKept"] as const) assert.equal(sum(name), sessions.totals[name], name);
});

test("without idle nothing is healed", () => {
  const { results } = replayed(session, false);
  assert.deepEqual(results.map((result) => result.charge.healTokens), [0, 0, 0]);
});

test("time runs from the last edit or cursor move", () => {
  const { results } = replayed(session);
  assert.deepEqual(results.map((result) => result.editToFirstTokenMs), [0, 60, 200]);
});

test("a result says what was asked, seen, suggested and lost", () => {
  const { results } = replayed(session);
  assert.deepEqual(results.map((result) => result.action), ["open", "several places", "jump up"].map((name, index) => (index === 1 ? "insert above" : name)));
  const second = results[1];
  assert.deepEqual(second?.loss, { nats: 8, tokens: 2, bytes: 8 });
  assert.equal(second?.suggested, "expected\nmore");
  assert.equal(second?.exactShare, 0.4);
  assert.deepEqual(results.map((result) => result.expected), [undefined, "expected", undefined]);
});

test("a probe's action is the one in its header, its first completion only warms", () => {
  const probe = traceOf("probe", [
    { t: 0, complete: at(1, 3), expect: "x" },
    { t: 10, edit: [insert(1, 3, "a")] },
    { t: 20, complete: at(1, 4), expect: "x" },
  ], { action: "replace above" });
  const named = (results: readonly CompletionResult[]): unknown => results.map(({ action, ordinal, charge }) => [action, ordinal, charge.tokensEncoded]);
  assert.deepEqual(named(replayed(probe).results), [["open", 0, 5], ["replace above", 1, 15]]);
});

test("a session that loses step ends the replay with the line of the trace", () => {
  const sessions = stub(new ManualClock());
  const steps = replay(session, sessions, { policy: "patch", time: { kind: "manual", clock: new ManualClock() }, idle: true });
  steps.next();
  sessions.version = 7;
  assert.throws(() => steps.next(), (error: unknown) => {
    assert.ok(error instanceof TraceError);
    assert.equal(error.message, "session:3: the session lost step: a version is missing");
    return true;
  });
});

test("an item that begins before the cursor suggests only what comes after it", () => {
  const item = (text: string, character: number): string => suggestedText({ text, start: { line: 0, character }, end: { line: 0, character: 4 } }, "  re");
  assert.equal(item("return", 2), "turn");
  assert.equal(item("  return", 0), "turn");
  assert.equal(item("turn", 4), "turn");
});

test("cold goes first, the others take turns", () => {
  assert.deepEqual(orderOf(["cold", "prefix", "patch"], 0), ["cold", "prefix", "patch"]);
  assert.deepEqual(orderOf(["cold", "prefix", "patch"], 1), ["cold", "patch", "prefix"]);
  assert.deepEqual(orderOf(["patch"], 5), ["patch"]);
});

test("each policy gets fresh sessions on every trace, closed before the next; an interruption leaves whole traces", async () => {
  const opened: StubSessions[] = [];
  let completions = 0;
  const results = await measureTraces([session, { ...session, name: "second" }, { ...session, name: "third" }], {
    policies: ["prefix", "patch"],
    idle: true,
    newTime: () => ({ kind: "manual", clock: new ManualClock() }),
    newSessions: () => {
      assert.ok(opened.every((sessions) => sessions.closed));
      const fresh = stub(new ManualClock());
      opened.push(fresh);
      return Promise.resolve(fresh);
    },
    pointOf: ({ result }) => result,
    interrupted: () => completions === 8,
    progress: (done) => {
      completions = done.completions;
    },
  });
  assert.deepEqual([...new Set(results.map((result) => `${result.trace} ${result.policy}`))], ["session prefix", "session patch"]);
  assert.equal(results.length, 6);
  assert.ok(opened.every((sessions) => sessions.closed));
});
