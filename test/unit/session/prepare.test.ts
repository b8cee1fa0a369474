// What is written ahead while a suggestion is on screen. Marks: the model is the hash chain, which says the same behind the
// same prompt; so what was prepared must be what a request behind the accepted text would be answered with.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { EngineCapabilities } from "../../../sidecar/engine/engine";
import type { PolicyName } from "../../../sidecar/session/policy";
import type { CompletionAnswer } from "../../../sidecar/session/events";
import { printLedger } from "../../../sidecar/cache/ledger";
import { checkCells, play, printScript, randomScript, sessionsOn, trueAfter, withPauses, type Script } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";
import { Lines } from "../../../sidecar/text/lines";
import { utf16 } from "../../../sidecar/text/frames";

const uri = "a.ts";
const above = "a = 1;\n".repeat(10);

class Desk {
  readonly engine: FakeEngine;
  readonly sessions;
  private version = 1;

  constructor(private text: string, preparing: boolean, policy: PolicyName = "patch", capabilities: Partial<EngineCapabilities> = {}) {
    this.engine = new FakeEngine({ capabilities: { contextLength: 1_000, batchTokensMax: 32, ...capabilities } });
    this.sessions = sessionsOn(this.engine, policy, { completionTokensMax: 12, preparing });
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  }

  ask(): CompletionAnswer {
    const place = Lines.of(this.text).placeAt(utf16(this.text.length), "utf-16");
    const reply = this.sessions.complete({ uri, place, invoked: false }, () => undefined);
    ok(reply.kind === "answer");
    checkCells(this.engine, this.sessions, [uri], "many");
    return reply.answer;
  }

  idle(): void {
    while (this.sessions.idle(() => false).kind === "more");
    checkCells(this.engine, this.sessions, [uri], "many");
  }

  insert(inserted: string): void {
    this.version += 1;
    const place = Lines.of(this.text).placeAt(utf16(this.text.length), "utf-16");
    this.text += inserted;
    const changes = [{ range: { start: place, end: place }, text: inserted }];
    deepEqual(this.sessions.apply({ kind: "change", uri, version: this.version, changes, atMs: 0 }), []);
  }

  ledger(): string {
    const session = this.sessions.sessionOf(uri);
    ok(session !== undefined);
    return printLedger(session.ledger);
  }

  /** Calls of the engine that change or read cells. */
  calls(): number {
    const { decode, shift, copy, remove } = this.engine.counts;
    return decode + shift + copy + remove;
  }
}

const beginnings = ["def", "x = ", "if (a", "return ", "const ", "b = a", "for ", "let y", "f(", "q."].map((line) => above + line);

test("what comes behind an accepted suggestion is there without the engine, and is what a request would have found", () => {
  let found = 0;
  for (const text of beginnings) {
    const desk = new Desk(text, true);
    const first = desk.ask().item?.text;
    if (first === undefined) continue;
    desk.idle();
    desk.insert(first);
    const calls = desk.calls();
    const next = desk.ask();
    const plain = new Desk(text, false);
    plain.ask();
    plain.insert(first);
    deepEqual([next.outcome.kind, next.item], [plain.ask().outcome.kind, next.item]);
    equal(next.item?.text, plain.ask().item?.text);
    if (next.outcome.kind !== "shown") continue;
    found += 1;
    equal(desk.calls(), calls);
    // And so on: what comes behind that is prepared too.
    desk.idle();
    desk.insert(next.item?.text ?? "");
    const callsThen = desk.calls();
    if (desk.ask().outcome.kind === "shown") equal(desk.calls(), callsThen);
  }
  ok(0 < found, "something comes behind some suggestion");
});

test("what was prepared is checked once it is first served, in the text that is there then: what adds a syntax error is withheld", () => {
  let found = 0;
  for (const text of beginnings) {
    for (const adds of [false, true]) {
      const desk = new Desk(text, true);
      const first = desk.ask().item?.text;
      if (first === undefined) continue;
      desk.idle();
      desk.insert(first);
      const session = desk.sessions.sessionOf(uri);
      ok(session !== undefined);
      const asked: string[] = [];
      session.errorWatch = (cursor) => (_end, suggested) => {
        asked.push(session.document.text.slice(0, cursor) + suggested);
        return adds ? 1 : 0;
      };
      const calls = desk.calls();
      const { outcome, item } = desk.ask();
      // Nothing was prepared: the engine had to be asked.
      if (!adds && calls < desk.calls()) break;
      found += 1;
      deepEqual(outcome.kind, adds ? "syntaxError" : "shown");
      if (adds) continue;
      equal(asked[0], text + first + (item?.text ?? ""));
      // More than once where it ends behind an operator.
      const checks = asked.length;
      desk.ask();
      equal(asked.length, checks, "it is checked once");
    }
  }
  ok(0 < found, "something comes behind some suggestion");
});

test("it leaves the document's cells as they are, and going another way costs what it did", () => {
  for (const text of beginnings.slice(0, 4)) {
    const [prepared, plain] = [new Desk(text, true), new Desk(text, false)];
    const costs = [prepared, plain].map((desk) => {
      desk.ask();
      const before = desk.ledger();
      desk.idle();
      equal(desk.ledger(), before);
      desk.insert("~");
      const encoded = desk.engine.counts.tokensEncoded;
      desk.ask();
      return [desk.engine.counts.tokensEncoded - encoded, desk.ledger()];
    });
    deepEqual(costs[0], costs[1]);
  }
});

test("where power is short nothing is prepared", () => {
  const desk = new Desk(beginnings[0] ?? "", false);
  desk.ask();
  const calls = desk.calls();
  desk.idle();
  equal(desk.calls(), calls);
});

test("it is done once, and broken off it is done again", () => {
  const desk = new Desk(beginnings[0] ?? "", true);
  equal(desk.ask().outcome.kind, "shown");
  const start = desk.engine.counts.decode;
  desk.sessions.idle(trueAfter(8));
  checkCells(desk.engine, desk.sessions, [uri], "many");
  const brokenOff = desk.engine.counts.decode;
  ok(start < brokenOff, "it was begun");
  desk.idle();
  const done = desk.engine.counts.decode;
  ok(brokenOff < done, "it was done again");
  desk.idle();
  equal(desk.engine.counts.decode, done);
});

test("where accepting moves the layout nothing is prepared: it would have to be read anew", () => {
  // The suffix stands behind the prefix, so that all of it would be read again.
  const desk = new Desk(above, true, "prefixFirst runs");
  const text = "b = 2;\n".repeat(60);
  desk.insert("def");
  const place = { line: 10, character: 3 };
  desk.sessions.apply({ kind: "change", uri, version: 3, changes: [{ range: { start: place, end: place }, text: "\n" + text }], atMs: 0 });
  desk.sessions.complete({ uri, place, invoked: false }, () => undefined);
  const { decode } = desk.engine.counts;
  desk.idle();
  equal(desk.engine.counts.decode, decode);
});

interface Sample {
  readonly script: Script;
  readonly contextLength: number;
}

let prepared = 0;
checkLaw<Sample>({
  name: "with suggestions prepared in idle time all invariants hold, nothing is rebuilt, and every answer is what it is without",
  cases: 500,
  make: (random) => ({ script: withPauses(random, randomScript(random, 8)), contextLength: random.pick([100, 150, 400]) }),
  print: ({ script, contextLength }) => `${contextLength} ${printScript(script)}`,
  check: ({ script, contextLength }) => {
    const engine = new FakeEngine({ capabilities: { contextLength, batchTokensMax: 16, sequenceCount: 8 } });
    const sessions = sessionsOn(engine, "patch", { preparing: true });
    play(script, sessions, () => checkCells(engine, sessions, ["a.ts", "b.ts"], "many"));
    while (sessions.idle(() => false).kind === "more");
    checkCells(engine, sessions, ["a.ts", "b.ts"], "many");
    equal(sessions.statistics().totals.rebuilds, 0);
    for (const each of ["a.ts", "b.ts"]) {
      const session = sessions.sessionOf(each);
      if (session?.attention === undefined || session.cells === undefined) continue;
      equal(session.suggestion.unprepared(session.attention, session.document.text), undefined);
      prepared += 1;
    }
  },
});

test("the law has met documents in which idle time came to its end", () => ok(0 < prepared, `${prepared}`));
