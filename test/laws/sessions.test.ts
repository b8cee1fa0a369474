// The laws of the whole cache at the fake engine: random users, every invariant on, every cell compared with scratch.
import { deepEqual, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../sidecar/base/random";
import { EngineError, type EngineCapabilities } from "../../sidecar/engine/engine";
import { FakeEngine } from "../support/fakeEngine";
import { FaultyEngine } from "../support/faultyEngine";
import { checkCells, play, printScript, randomScript, sessionsOn, uninterrupted, type Script } from "../support/editingSession";
import { checkLaw, tryLaw, type Law } from "../support/law";
import type { PolicyName } from "../../sidecar/session/policy";
import type { HeldCells } from "../../sidecar/session/session";

const small = { contextLength: 400, batchTokensMax: 16, sequenceCount: 8, shiftCostTokens: 0, callCostTokens: 0 } as const;
const uris = ["a.ts", "b.ts"];

function rebuilds(sessions: ReturnType<typeof sessionsOn>): number {
  return sessions.statistics().totals.rebuilds;
}

function patchedIsHonest(name: string, cases: number, layers: 1 | "many", sabotage?: (engine: FakeEngine) => void): Law<Script> {
  return {
    name,
    cases,
    make: (random) => randomScript(random, 12),
    print: printScript,
    check: (script) => {
      const engine = new FakeEngine({ layers, capabilities: small });
      const sessions = sessionsOn(engine, "patch");
      sabotage?.(engine);
      play(script, sessions, () => checkCells(engine, sessions, uris, layers));
      if (0 < rebuilds(sessions)) throw new Error(`rebuilt: ${JSON.stringify(sessions.statistics().documents.map((document) => document.rebuildReasons))}`);
    },
  };
}

checkLaw(patchedIsHonest("ten invariants hold and no stale cell is called exact, whatever a user does", 10_000, "many"));

checkLaw<Script>({
  name: "with one layer a patched cache answers like a cold one and like prefix reuse",
  cases: 1_500,
  make: (random) => uninterrupted(randomScript(random, 12)),
  print: printScript,
  check: (script) => {
    const answersOf = (policy: PolicyName) => {
      const engine = new FakeEngine({ layers: 1, capabilities: small });
      return play(script, sessionsOn(engine, policy), () => undefined).answers;
    };
    const cold = answersOf("cold");
    deepEqual(answersOf("prefix"), cold);
    deepEqual(answersOf("patch"), cold);
  },
});

checkLaw<Script>({
  name: "undo leads back: what an idle cache has healed equals scratch to the last cell",
  cases: 500,
  make: (random) => randomScript(random, 10),
  print: printScript,
  check: (script) => {
    const engine = new FakeEngine({ layers: "many", capabilities: small });
    const sessions = sessionsOn(engine, "patch");
    play(script, sessions, () => undefined);
    let slices = 0;
    while (sessions.idle(() => false).kind === "more") {
      slices += 1;
      ok(slices < 100, "healing comes to an end");
    }
    for (const uri of uris) {
      const ledger = sessions.sessionOf(uri)?.ledger;
      deepEqual(ledger?.exactEnd, ledger?.tokens.length);
    }
    checkCells(engine, sessions, uris, "many");
  },
});

checkLaw<Script>({
  name: "what patching says that prefix reuse would have encoded is what prefix reuse encodes",
  cases: 300,
  make: (random) => uninterrupted(randomScript(random, 14)),
  print: printScript,
  check: (script) => {
    const totalsOf = (policy: PolicyName) => {
      const sessions = sessionsOn(new FakeEngine({ layers: 1, capabilities: { ...small, contextLength: 150 } }), policy);
      play(script, sessions, () => undefined);
      return sessions.statistics().totals;
    };
    const prefix = totalsOf("prefix");
    deepEqual([prefix.tokensEncoded, totalsOf("patch").prefixTokens], [prefix.prefixTokens, prefix.prefixTokens]);
  },
});

checkLaw<{ readonly script: Script; readonly capabilities: Partial<EngineCapabilities> }>({
  name: "in a cache of any size, of any kind: invariants hold, every request has a right end, and healing ends",
  cases: 1_000,
  make: (random) => ({ script: randomScript(random, 14), capabilities: randomCapabilities(random) }),
  print: ({ script, capabilities }) => `${JSON.stringify(capabilities)} ${printScript(script)}`,
  check: ({ script, capabilities }) => {
    const engine = new FakeEngine({ layers: "many", capabilities });
    const sessions = sessionsOn(engine, "patch");
    const { answers } = play(script, sessions, () => {
      checkCells(engine, sessions, uris, "many");
      for (const uri of uris) checkShifts(engine, sessions.sessionOf(uri)?.cells);
    });
    for (const { outcome } of answers) ok(["shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "cancelled"].includes(outcome.kind), JSON.stringify(outcome));
    for (let slices = 0; sessions.idle(() => false).kind === "more"; slices += 1) ok(slices < 500, "healing comes to an end");
    checkCells(engine, sessions, uris, "many");
    deepEqual(rebuilds(sessions), 0);
  },
});

/** No cell was rotated more often than its ledger says, nor than its cache allows. */
function checkShifts(engine: FakeEngine, held: HeldCells | undefined): void {
  if (held === undefined) return;
  const { shift } = engine.capabilities;
  const shiftsMax = shift.kind === "shiftable" ? shift.shiftsMax : 0;
  engine.cellsOf(held.sequence).forEach((cell, index) => {
    const told = held.ledger.shifts[index] ?? 0;
    ok(cell.shifts <= told && told <= shiftsMax, `cell ${index} was rotated ${cell.shifts} times, the ledger says ${told}, ${shiftsMax} are allowed`);
  });
}

function randomCapabilities(random: Random): Partial<EngineCapabilities> {
  return {
    contextLength: random.pick([24, 40, 60, 90, 150, 250]),
    batchTokensMax: random.pick([1, 3, 16]),
    sequenceCount: random.pick([7, 8, 10]),
    shiftCostTokens: random.pick([0, 5, 40]),
    callCostTokens: random.pick([0, 2, 6]),
    shift: random.chance(0.15) ? { kind: "fixed", reason: "of the test" } : { kind: "shiftable", shiftsMax: random.pick([1, 3, 100]) },
    ...(random.chance(0.3) ? { fim: undefined } : {}),
  };
}

test("canary: an engine that moves keys wrongly is found out", () => {
  const wrong = patchedIsHonest("canary", 1, "many", (engine) => {
    const shift = engine.shift.bind(engine);
    engine.shift = (sequence, range, delta) => shift(sequence, range, delta + 1);
  });
  throws(() => {
    for (let seed = 1; seed <= 50; seed += 1) tryLaw(wrong, seed);
  }, /mirror|contiguity|rebuilt/);
});

for (const effect of ["nothing", "part", "all"] as const) {
  test(`a fault at any call of the engine (having done ${effect}): every completion is right`, () => {
    const script = uninterrupted(randomScript(new Random(42), 24));
    // With one layer a patched cache owes the very answers of a cold one.
    const expected = play(script, sessionsOn(new FakeEngine({ layers: 1, capabilities: small }), "cold"), () => undefined).answers;
    let faults = 0;
    for (let failsAt = 1; ; failsAt += 1) {
      const inner = new FakeEngine({ layers: 1, capabilities: small });
      const engine = new FaultyEngine(inner, failsAt, effect);
      const sessions = sessionsOn(engine, "patch");
      deepEqual(play(script, sessions, () => undefined).answers, expected, `fault at call ${failsAt}`);
      // A fault in the last idle slice is mended by whatever comes next.
      sessions.dropCache(undefined);
      checkCells(inner, sessions, uris, 1);
      if (!engine.failed) break;
      faults += 1;
    }
    ok(50 < faults, `${faults} faults were met`);
  });
}

test("an engine that goes on failing is an outcome, and is tried again at the next request", () => {
  const engine = new FakeEngine({ layers: 1, capabilities: small });
  const sessions = sessionsOn(engine, "patch");
  sessions.apply({ kind: "open", uri: "a.ts", languageId: "typescript", version: 1, text: "a + b", atMs: 0 });
  const request = { uri: "a.ts", place: { line: 0, character: 5 }, invoked: false };
  const decode = engine.decode.bind(engine);
  engine.decode = () => {
    throw new EngineError("decode: out of order");
  };
  const failed = sessions.complete(request, () => undefined);
  deepEqual(failed.kind === "answer" && failed.answer.outcome, { kind: "engineFailed", detail: "decode: out of order" });
  engine.decode = decode;
  const answered = sessions.complete(request, () => undefined);
  ok(answered.kind === "answer" && answered.answer.outcome.kind !== "engineFailed");
  checkCells(engine, sessions, ["a.ts"], 1);
});
