// The laws of reading stale cells again: broken off at whatever moment, nothing that was there is lost, and it comes to an end.
import { deepEqual, equal, ok } from "node:assert/strict";
import { setVerify } from "../../sidecar/base/invariants";
import type { Random } from "../../sidecar/base/random";
import { applyPlan, type Applied } from "../../sidecar/cache/applyPlan";
import type { Ledger } from "../../sidecar/cache/ledger";
import { planInPlace } from "../../sidecar/cache/plan";
import { applied, freeRules, park, sequence, warmed } from "../support/checkPatch";
import { printScript, play, randomScript, sessionsOn, trueAfter, uninterrupted, type Script } from "../support/editingSession";
import { FakeEngine } from "../support/fakeEngine";
import { checkLaw } from "../support/law";
import { checkHonesty } from "../support/scratch";

interface Stale {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly batchTokensMax: number;
  /** Slices: their length, and after how many questions something arrives. */
  readonly slices: readonly { readonly length: number; readonly interruptAfter: number | undefined }[];
}

function randomStale(random: Random): Stale {
  const tokens = (count: number): number[] => Array.from({ length: count }, () => 10 + random.below(200));
  const before = tokens(20 + random.below(60));
  const after = [...before];
  after.splice(random.below(10), random.below(5), ...tokens(random.below(6)));
  const slices = Array.from({ length: 12 }, () => ({
    length: 1 + random.below(24),
    interruptAfter: random.chance(0.6) ? random.below(30) : undefined,
  }));
  return { before, after, batchTokensMax: random.pick([3, 8, 32]), slices };
}

/** A ledger whose cells behind the edit are stale, in an engine of many layers. */
function patched(stale: Stale, room: number): { readonly engine: FakeEngine; readonly ledger: Ledger } {
  const capabilities = { batchTokensMax: stale.batchTokensMax, contextLength: Math.max(stale.before.length, stale.after.length) + room };
  const engine = new FakeEngine({ capabilities });
  const warm = warmed(engine, Int32Array.from(stale.before));
  return { engine, ledger: applied(engine, warm, Int32Array.from(stale.after), freeRules).ledger };
}

function healed(engine: FakeEngine, ledger: Ledger, length: number, interrupted: () => boolean): Applied {
  const slice = planInPlace(ledger.tokens.length, ledger.exactEnd, Math.min(length, ledger.tokens.length - ledger.exactEnd));
  return applyPlan({ engine, sequence, park }, ledger, slice, ledger.tokens, interrupted);
}

setVerify(true);

/** What ships, but that nothing changes places or comes back. */
const withoutShelf = "anchored8 runs text:seams8+names<8 jump:last48+near0-24<72 deletion:names<8";

checkLaw<Stale>({
  name: "a slice that is broken off leaves every cell it hadn't come to as it was, rotates none and unlearns nothing",
  cases: 2_000,
  make: randomStale,
  print: (stale) => JSON.stringify(stale),
  check: (stale) => {
    const made = patched(stale, 32);
    const { engine } = made;
    let { ledger } = made;
    for (const { length, interruptAfter } of stale.slices) {
      if (ledger.exactEnd === ledger.tokens.length) break;
      const valuesBefore = engine.cellValues(sequence);
      const { shift, rotations } = engine.counts;
      const { ledger: next, tokensEncoded, complete } = healed(engine, ledger, length, trueAfter(interruptAfter));
      const reached = ledger.exactEnd + tokensEncoded;
      checkHonesty(engine, sequence, next, "many");
      // What was encoded behind the very same tokens needs nothing but that all before it is exact.
      ok(reached <= next.exactEnd);
      ok(next.edits.subarray(reached, next.exactEnd).every((edits) => edits === 0));
      ok(complete || interruptAfter !== undefined);
      deepEqual([...next.tokens], [...ledger.tokens]);
      deepEqual(next.shifts.subarray(reached), ledger.shifts.subarray(reached));
      deepEqual(next.edits.subarray(reached), ledger.edits.subarray(reached));
      const behind = complete ? Math.min(next.tokens.length, ledger.exactEnd + length) : reached;
      deepEqual(engine.cellValues(sequence).slice(behind), valuesBefore.slice(behind));
      deepEqual([engine.counts.shift, engine.counts.rotations], [shift, rotations]);
      equal(engine.cellsUsed(), next.tokens.length);
      ledger = next;
    }
  },
});

checkLaw<Stale>({
  name: "without room for old cells beside new ones a broken-off slice closes up, and stays honest",
  cases: 500,
  make: randomStale,
  print: (stale) => JSON.stringify(stale),
  check: (stale) => {
    const { engine, ledger } = patched(stale, 0);
    const { ledger: next } = healed(engine, ledger, 24, trueAfter(stale.slices[0]?.interruptAfter));
    checkHonesty(engine, sequence, next, "many");
    equal(engine.cellsUsed(), next.tokens.length);
  },
});

checkLaw<Script>({
  name: "a cache that grows under its documents answers as one that was large from the start, and loses none for lack of room",
  cases: 300,
  make: (random) => uninterrupted(randomScript(random, 12)),
  print: printScript,
  check: (script) => {
    const played = (policy: string, contextLengthStart: number | undefined) => {
      const start = contextLengthStart === undefined ? {} : { contextLengthStart };
      const engine = new FakeEngine({ layers: 1, capabilities: { contextLength: 800, batchTokensMax: 16 }, ...start });
      const sessions = sessionsOn(engine, policy);
      const { answers } = play(script, sessions, () => undefined);
      const { cellsKept, cellsShifted, tokensEncoded, rebuilds } = sessions.statistics().totals;
      return { answers, cellsKept, cellsShifted, tokensEncoded, rebuilds };
    };
    deepEqual(played(withoutShelf, 40), played(withoutShelf, undefined));
    // What waits on the shelf depends on the room that is left.
    const { answers, rebuilds } = played("patch", undefined);
    const { answers: grown, rebuilds: grownRebuilds } = played("patch", 40);
    deepEqual([grown, grownRebuilds], [answers, rebuilds]);
  },
});

checkLaw<Script>({
  name: "where memory is short a cache grows as far as it goes, every request has a right end and nothing is rebuilt",
  cases: 300,
  make: (random) => randomScript(random, 12),
  print: printScript,
  check: (script) => {
    const engine = new FakeEngine({ capabilities: { contextLength: 800, batchTokensMax: 16 }, contextLengthStart: 40, memoryCells: 100 });
    const sessions = sessionsOn(engine, "patch");
    const { answers } = play(script, sessions, () => undefined);
    for (const { outcome } of answers) ok(["shown", "nothingToSay", "cutToNothing", "outsideBlock", "unopenedCloser", "unfinished", "cancelled"].includes(outcome.kind), JSON.stringify(outcome));
    equal(sessions.statistics().totals.rebuilds, 0);
    ok(engine.reserve(0) <= 100);
  },
});
