// Owns the tests of what waits for the engine thread, of the order it is dealt with there, and of what is said of the model.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../sidecar/base/random";
import type { PostedFact, PostedQuestion } from "../../../sidecar/server/engineMessages";
import { Inbox } from "../../../sidecar/server/inbox";
import { Outbox } from "../../../sidecar/server/outbox";
import { emptyStatistics, renderModel, statusAtStart } from "../../../sidecar/server/modelStatus";
import type { SessionEvent } from "../../../sidecar/session/events";

/** An event in short: `open a`, `change a 2 x`, `cursor a`, `structure a`, `close a`. */
function event(short: string): SessionEvent {
  const [kind, uri = "", version = "1", text = ""] = short.split(" ");
  const place = { line: 0, character: 0 };
  switch (kind) {
    case "open":
      return { kind, uri, languageId: "c", version: Number(version), text, atMs: 0 };
    case "change":
      return { kind, uri, version: Number(version), changes: [{ text }], atMs: 0 };
    case "cursor":
      return { kind, uri, place, atMs: 0 };
    case "structure":
      return { kind, uri, version: Number(version), spans: [] };
    case "close":
      return { kind, uri };
    default:
      throw new Error(`no event: ${short}`);
  }
}

function short(event: SessionEvent): string {
  if (event.kind === "change") return `change ${event.uri} ${event.version} ${event.changes.map(({ text }) => text).join("")}`;
  return event.kind === "open" && event.text !== "" ? `open ${event.uri} ${event.version} ${event.text}` : `${event.kind} ${event.uri}`;
}

function drain(outbox: Outbox): readonly string[] {
  const taken: string[] = [];
  for (let item = outbox.take(); item !== undefined; item = outbox.take()) taken.push(item.kind === "fact" ? short(item.event) : `ask ${item.question.kind}`);
  return taken;
}

/** `held` is taken before the rest waits; `waiting` comes out as `expected`. */
function checkOutbox(held: readonly string[], waiting: readonly string[], expected: readonly string[]): void {
  const outbox = new Outbox();
  for (const each of held) outbox.addFact(0, event(each));
  drain(outbox);
  for (const [index, each] of waiting.entries()) {
    if (each === "ask") outbox.addQuestion(index + 1, { kind: "statistics", ask: null });
    else assert.deepEqual(outbox.addFact(index + 1, event(each)), []);
  }
  assert.deepEqual(drain(outbox), expected, waiting.join(", "));
}

test("outbox: what waits is merged", () => {
  checkOutbox([], ["open a", "change a 2 x", "change a 3 y", "change a 4 z"], ["open a", "change a 4 xyz"]);
  checkOutbox(["open a", "open b"], ["change a 2 x", "change b 2 u", "ask", "change a 3 y"], ["change a 3 xy", "change b 2 u", "ask statistics"]);
  checkOutbox(["open a"], ["cursor a", "cursor a", "structure a", "structure a 2"], ["cursor a", "structure a"]);
  checkOutbox(["open a"], ["change a 2 x", "cursor a", "structure a", "change a 3 y"], ["change a 3 xy"]);
  checkOutbox(["open a"], ["cursor a", "change a 2 x"], ["cursor a", "change a 2 x"]);
  checkOutbox([], ["open a", "change a 2 x", "close a"], []);
  checkOutbox(["open a"], ["change a 2 x", "close a"], ["close a"]);
  checkOutbox(["open a"], ["close a", "open a 5 t", "change a 6 x"], ["close a", "open a 5 t", "change a 6 x"]);
  checkOutbox(["open a"], ["open a 5 t"], ["close a", "open a 5 t"]);
  checkOutbox(["open a"], ["close a", "open a", "close a"], ["close a"]);
});

test("outbox: a question can be withdrawn while it waits", () => {
  const outbox = new Outbox();
  outbox.addQuestion(7, { kind: "statistics", ask: null });
  assert.equal(outbox.withdraw(8), false);
  assert.equal(outbox.withdraw(7), true);
  assert.equal(outbox.length, 0);
});

test("outbox: beyond its bound the document with most of it loses step, and is closed for the engine", () => {
  const outbox = new Outbox(200);
  outbox.addFact(1, event("open a"));
  outbox.addFact(2, event("open b"));
  drain(outbox);
  assert.deepEqual(outbox.addFact(3, event(`change a 2 ${"x".repeat(60)}`)), []);
  assert.deepEqual(outbox.addFact(4, event(`change b 2 ${"x".repeat(120)}`)), ["b"]);
  assert.deepEqual(drain(outbox), [`change a 2 ${"x".repeat(60)}`, "close b"]);
});

test("outbox law: however the facts are merged, a reader of them ends with the same texts", () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const random = new Random(seed);
    const outbox = new Outbox();
    const direct = new Map<string, string>();
    const merged = new Map<string, string>();
    const apply = (texts: Map<string, string>, event: SessionEvent) => {
      if (event.kind === "open") {
        assert.ok(!texts.has(event.uri) || texts === direct, `seed ${seed}: ${event.uri} is opened twice`);
        texts.set(event.uri, event.text);
      }
      if (event.kind === "close") texts.delete(event.uri);
      if (event.kind === "change") {
        assert.ok(texts.has(event.uri), `seed ${seed}: a change of ${event.uri}, which is closed`);
        texts.set(event.uri, (texts.get(event.uri) ?? "") + event.changes.map(({ text }) => text).join(""));
      }
    };
    const takeOne = () => {
      const item = outbox.take();
      if (item?.kind === "fact") apply(merged, item.event);
      return item !== undefined;
    };
    for (let step = 0; step < 60; step += 1) {
      const uri = random.pick(["a", "b"]);
      const kinds = direct.has(uri) ? ["change", "change", "change", "cursor", "structure", "close", "open"] : ["open"];
      const fact = event(`${random.pick(kinds)} ${uri} ${step} ${String.fromCharCode(97 + random.below(26))}`);
      apply(direct, fact);
      outbox.addFact(step, fact);
      while (random.chance(0.4) && takeOne());
    }
    while (takeOne());
    assert.deepEqual(merged, direct, `seed ${seed}`);
  }
});

const fact = (sequence: number): PostedFact => ({ kind: "fact", sequence, event: event("close a") });
const completion = (sequence: number, uri: string): PostedQuestion => {
  const ask = { uri, place: { line: 0, character: 0 }, invoked: false };
  return { kind: "question", sequence, slot: sequence, question: { kind: "complete", ask } };
};
const quick = (sequence: number): PostedQuestion => ({ kind: "question", sequence, slot: undefined, question: { kind: "statistics", ask: null } });

test("inbox: facts and quick questions as they came, then completions, older ones of a document superseded, the newest first", () => {
  const inbox = new Inbox();
  for (const message of [completion(1, "a"), fact(2), completion(3, "b"), quick(4), completion(5, "a"), fact(6)]) inbox.add(message);
  const turns: string[] = [];
  for (let turn = inbox.next(); turn !== undefined; turn = inbox.next()) turns.push(`${turn.kind} ${turn.message.sequence}`);
  assert.deepEqual(turns, ["fact 2", "question 4", "fact 6", "superseded 1", "question 5", "question 3"]);
  assert.equal(inbox.isEmpty, true);
});

test("what is said of the model", () => {
  const loading = statusAtStart("/models/m.gguf", 512, undefined);
  assert.equal(renderModel(loading), "m: loading, 0 %");
  assert.equal(renderModel({ ...loading, state: { kind: "failed", message: "It is not there." } }), "m: failed. It is not there.");
  const ready = { ...loading, state: { kind: "ready" } } as const;
  assert.equal(renderModel(ready), "m: ready, 512 cells");
  assert.equal(renderModel({ ...ready, threads: 2, shiftRefusal: "no rope" }), "m: ready, 512 cells, 2 threads, cells are not moved: no rope");
  assert.equal(emptyStatistics(ready, "patch").totals.completions, 0);
});
