// What idle time does first. A slice prints as what it was: `readAhead`, `repair` (exactness stays where it was) or `heal`.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { EngineError } from "../../../sidecar/engine/engine";
import type { IdleRest } from "../../../sidecar/session/events";
import { inOrder } from "../../../sidecar/session/idleWork";
import type { PolicyName } from "../../../sidecar/session/policy";
import type { Sessions } from "../../../sidecar/session/sessions";
import type { SessionsOptions } from "../../../sidecar/session/sessionsOptions";
import { checkCells, sessionsOn, trueAfter } from "../../support/editingSession";
import { FakeEngine } from "../../support/fakeEngine";

/** So little that even short texts keep stale cells. */
const littleRepair = "anchored8 runs text:last32+near32-16+names<48 jump:last32+near32-16+names<48";
const text = "a = 1;\n".repeat(40);

class Desk {
  readonly sessions: Sessions;
  private readonly versions = new Map<string, number>();

  constructor(readonly engine: FakeEngine, policy: PolicyName = littleRepair, options: Partial<SessionsOptions> = {}) {
    this.sessions = sessionsOn(engine, policy, options);
  }

  open(uri: string): void {
    this.versions.set(uri, 1);
    this.sessions.apply({ kind: "open", uri, languageId: "typescript", version: 1, text, atMs: 0 });
  }

  complete(uri: string, line: number): string {
    const reply = this.sessions.complete({ uri, place: { line, character: 0 }, invoked: false }, () => undefined);
    ok(reply.kind === "answer");
    return reply.answer.outcome.kind;
  }

  cursor(uri: string, line: number): void {
    this.sessions.apply({ kind: "cursor", uri, place: { line, character: 0 }, atMs: 0 });
  }

  insert(uri: string, line: number, inserted: string): void {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    const place = { line, character: 0 };
    deepEqual(this.sessions.apply({ kind: "change", uri, version, changes: [{ range: { start: place, end: place }, text: inserted }], atMs: 0 }), []);
  }

  /** One slice, as what it did to which document; nothing where there was nothing to do. */
  slice(interrupted = () => false): string | undefined {
    const before = this.sessions.statistics().documents;
    this.sessions.idle(interrupted);
    for (const now of this.sessions.statistics().documents) {
      const was = before.find(({ uri }) => uri === now.uri);
      if (was === undefined) continue;
      if (was.counters.tokensEncoded < now.counters.tokensEncoded) return `${now.uri} readAhead`;
      if (was.cellsExact < now.cellsExact) return `${now.uri} heal`;
      if (was.counters.healTokens < now.counters.healTokens) return `${now.uri} repair`;
    }
    return undefined;
  }

  slices(): readonly string[] {
    const done: string[] = [];
    for (let slice = this.slice(); slice !== undefined; slice = this.slice()) done.push(slice);
    return done;
  }
}

const roomy = (): FakeEngine => new FakeEngine({ capabilities: { contextLength: 2_000, batchTokensMax: 128 } });

function checkSlices(name: string, prepare: (desk: Desk) => void, expected: readonly string[], policy: PolicyName = littleRepair): void {
  test(name, () => {
    const desk = new Desk(roomy(), policy);
    desk.open("a.ts");
    desk.complete("a.ts", 20);
    prepare(desk);
    deepEqual(desk.slices(), expected);
    checkCells(desk.engine, desk.sessions, ["a.ts", "b.ts"], "many");
  });
}

const nothing = (): void => undefined;
checkSlices("behind a cold prompt nothing is to be done", nothing, []);
checkSlices("after an edit: read ahead, repair, heal from left to right", (desk) => desk.insert("a.ts", 0, "b;\n"), [
  "a.ts readAhead", "a.ts repair", "a.ts heal", "a.ts heal", "a.ts heal",
]);
checkSlices("after a completion behind an edit: repair, heal", (desk) => {
  desk.insert("a.ts", 0, "b;\n");
  desk.complete("a.ts", 21);
}, ["a.ts repair", "a.ts heal", "a.ts heal", "a.ts heal"]);
checkSlices("a cursor that is where it was changes nothing", (desk) => desk.cursor("a.ts", 20), []);
checkSlices("a cursor elsewhere is read ahead of", (desk) => desk.cursor("a.ts", 36), ["a.ts readAhead", "a.ts repair", "a.ts heal", "a.ts heal"]);
checkSlices("of two documents that which was used last, and reading ahead before all healing", (desk) => {
  desk.open("b.ts");
  desk.insert("a.ts", 0, "b;\n");
  desk.complete("a.ts", 21);
  desk.complete("b.ts", 20);
  desk.insert("b.ts", 0, "c;\n");
}, [
  "b.ts readAhead", "b.ts repair", "a.ts repair", "b.ts heal", "b.ts heal", "b.ts heal", "a.ts heal", "a.ts heal", "a.ts heal",
]);
checkSlices("a document that was never asked for has no cells, and no idle work", (desk) => {
  desk.open("b.ts");
  desk.insert("b.ts", 0, "c;\n");
}, []);
checkSlices("a document that turned binary, in which nothing is completed, is not read ahead of, nor are its cells healed", (desk) => {
  desk.insert("a.ts", 0, "b;\n");
  desk.complete("a.ts", 21);
  desk.insert("a.ts", 0, "\0");
}, []);
checkSlices("prefix reuse is exact, and nothing is read ahead", (desk) => desk.insert("a.ts", 0, "b;\n"), [], "prefix");
checkSlices("cold neither", (desk) => desk.insert("a.ts", 0, "b;\n"), [], "cold");

test("the more useful kinds come first, and of one kind the order stays", () => {
  const desk = new Desk(roomy());
  for (const uri of ["a.ts", "b.ts", "c.ts"]) {
    desk.open(uri);
    desk.complete(uri, 20);
  }
  const work = (["heal a.ts", "repair b.ts", "readAhead c.ts", "heal c.ts", "readAhead a.ts"] as const).map((name) => {
    const [task, uri] = name.split(" ") as ["heal" | "repair" | "readAhead", string];
    const session = desk.sessions.sessionOf(uri);
    ok(session?.cells !== undefined);
    return { task, session, held: session.cells };
  });
  const printed = inOrder(work).map(({ task, session }) => `${task} ${session.document.uri}`);
  deepEqual(printed, ["readAhead c.ts", "readAhead a.ts", "repair b.ts", "heal a.ts", "heal c.ts"]);
});

test("what arrives before a slice leaves all as it is, and there is still something to do", () => {
  const desk = new Desk(roomy());
  desk.open("a.ts");
  desk.complete("a.ts", 20);
  desk.insert("a.ts", 0, "b;\n");
  const { decode } = desk.engine.counts;
  equal(desk.sessions.idle(() => true).kind, "more");
  equal(desk.engine.counts.decode, decode);
});

test("with healing off nothing is done", () => {
  const desk = new Desk(roomy(), littleRepair, { healing: false });
  desk.open("a.ts");
  desk.complete("a.ts", 20);
  desk.insert("a.ts", 0, "b;\n");
  deepEqual(desk.sessions.idle(() => false), { kind: "nothing" });
  deepEqual(desk.slices(), []);
});

test("an engine that fails in idle time ends it, and the next completion begins anew", () => {
  const desk = new Desk(roomy());
  desk.open("a.ts");
  desk.complete("a.ts", 20);
  desk.insert("a.ts", 0, "b;\n");
  const decode = desk.engine.decode.bind(desk.engine);
  desk.engine.decode = () => {
    throw new EngineError("decode: not now");
  };
  deepEqual(desk.sessions.idle(() => false), { kind: "nothing" });
  equal(desk.sessions.statistics().totals.rebuilds, 1);
  desk.engine.decode = decode;
  desk.complete("a.ts", 21);
  deepEqual(desk.slices(), []);
  checkCells(desk.engine, desk.sessions, ["a.ts"], "many");
});

test("a repair broken off in a cache without room loses cells, and idle time brings the prompt back", () => {
  const engine = new FakeEngine({ capabilities: { contextLength: 310, batchTokensMax: 128 } });
  const desk = new Desk(engine);
  desk.open("a.ts");
  desk.complete("a.ts", 20);
  desk.insert("a.ts", 0, "b;\n");
  desk.complete("a.ts", 21);
  const { cells = 0 } = desk.sessions.statistics().documents[0] ?? {};
  desk.sessions.idle(trueAfter(40));
  ok((desk.sessions.statistics().documents[0]?.cells ?? 0) < cells, "cells are lost");
  desk.slices();
  const { cells: cellsThen, cellsStale } = desk.sessions.statistics().documents[0] ?? {};
  deepEqual([cellsThen, cellsStale], [cells, 0]);
});

test("names touched by edits are forgotten once all cells are exact, by healing or by a cold prompt", () => {
  const desk = new Desk(roomy());
  desk.open("a.ts");
  desk.insert("a.ts", 0, "total = 1;\n");
  desk.complete("a.ts", 21);
  const uses = (): number => desk.sessions.sessionOf("a.ts")?.changed.linesUsing("total\namount\n", 0, 13).length ?? 0;
  equal(uses(), 0);
  desk.insert("a.ts", 0, "amount = 1;\n");
  desk.complete("a.ts", 22);
  equal(uses(), 1);
  desk.slices();
  equal(uses(), 0);
});

test("after a completion that leaves a long middle the anchor comes to rest, once", () => {
  const desk = new Desk(roomy());
  desk.open("a.ts");
  desk.complete("a.ts", 20);
  for (let line = 20; line < 32; line += 1) {
    desk.insert("a.ts", line, "q;\n");
    desk.complete("a.ts", line + 1);
  }
  const spelled = (): string => (desk.sessions.sessionOf("a.ts")?.ledger.tokens ?? []).join(" ");
  const before = spelled();
  equal(desk.slice(), "a.ts readAhead");
  ok(spelled() !== before);
  ok(desk.slices().every((slice) => slice !== "a.ts readAhead"));
});

test("what is typed along is shown and counted as such, and no time to a first token is made of it", () => {
  const desk = new Desk(roomy());
  desk.open("a.ts");
  const [asked] = [20, 21, 22, 23].filter((line) => desk.complete("a.ts", line) === "shown");
  ok(asked !== undefined, "the model has something to say somewhere");
  desk.complete("a.ts", asked);
  const before = desk.sessions.statistics();
  equal(desk.complete("a.ts", asked), "shown");
  const after = desk.sessions.statistics();
  equal(after.outcomes.shown, (before.outcomes.shown ?? 0) + 1);
  equal(after.totals.completions, before.totals.completions + 1);
  deepEqual([after.recent.at(-1)?.tokensEncoded, after.recent.at(-1)?.tokensDecoded], [0, 0]);
  deepEqual([after.totals.tokensEncoded, after.totals.prefixTokens], [before.totals.tokensEncoded, before.totals.prefixTokens]);
});

function checkDue(name: string, prepare: (desk: Desk) => void, quietMs: number, expected: IdleRest): void {
  test(`after ${quietMs} ms of quiet ${name}`, () => {
    const desk = new Desk(roomy());
    desk.open("a.ts");
    desk.complete("a.ts", 20);
    prepare(desk);
    let rest = desk.sessions.idle(() => false, quietMs);
    while (rest.kind === "more" && rest.afterQuietMs <= quietMs) rest = desk.sessions.idle(() => false, quietMs);
    deepEqual(rest, expected);
  });
}

const edited = (desk: Desk): void => desk.insert("a.ts", 0, "b;\n");
const lookedAround = (desk: Desk): void => desk.cursor("a.ts", 36);
const due = (afterQuietMs: number): IdleRest => ({ kind: "more", afterQuietMs });
checkDue("nothing is done behind an edit", edited, limits.idleAfterMs - 1, due(limits.idleAfterMs));
checkDue("the cells are where the user is", edited, limits.idleAfterMs, due(limits.repairAfterMs));
checkDue("what matters is mended behind an edit", edited, limits.repairAfterMs, due(limits.healAfterEditMs));
checkDue("all is healed behind an edit", edited, limits.healAfterEditMs, { kind: "nothing" });
checkDue("nothing is healed behind a mere move", lookedAround, limits.healAfterEditMs, due(limits.healAfterCursorMs));
checkDue("all is healed behind a move too", lookedAround, limits.healAfterCursorMs, { kind: "nothing" });
