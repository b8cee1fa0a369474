// What a plan makes of a run that has changed places: it is moved where that is cheaper than to read it again, whatever else
// is edited, and the cells are afterwards what the ledger says.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../sidecar/base/random";
import { applyPatch } from "../../../sidecar/cache/applyPlan";
import { printLedger, type Ledger } from "../../../sidecar/cache/ledger";
import { placeBefore, rearranged, type Move } from "../../../sidecar/cache/move";
import { keptRuns, patchCostTokens, patchTotals, planPatch, type Patch } from "../../../sidecar/cache/patch";
import { checkPartition, plan, planTotals, printPlan, type PlanRules } from "../../../sidecar/cache/plan";
import { checkRotations, parseBlocks } from "../../support/blocks";
import { freeRules, park, sequence, warmed } from "../../support/checkPatch";
import { FakeEngine } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";
import { checkHonesty } from "../../support/scratch";

const moveRules: PlanRules = { ...freeRules, keep: "moves" };

const printMove = (move: Move | undefined): string => (move === undefined ? "none" : `${move.start}..${move.border}..${move.end}`);

interface Expected {
  readonly move: string;
  readonly plan: string;
  readonly ledger?: string;
  /** Cells kept in their place, cells kept in another. */
  readonly kept?: readonly [inPlace: number, moved: number];
}

function checkMove(name: string, before: string, after: string, expected: Expected, rules: Partial<PlanRules> = {}): void {
  test(name, () => {
    const engine = new FakeEngine({ capabilities: { contextLength: 1_000 } });
    const held = warmed(engine, parseBlocks(before));
    const target = parseBlocks(after);
    const patch = planPatch(held, target, { ...moveRules, ...rules });
    equal(printMove(patch.move), expected.move);
    equal(printPlan(patch.plan), expected.plan);
    const { cellsKept, cellsShifted } = patchTotals(patch);
    if (expected.kept !== undefined) deepEqual([cellsKept, cellsShifted], expected.kept);
    const ledger = applied(engine, held, patch, target);
    if (expected.ledger !== undefined) equal(printLedger(ledger), expected.ledger);
    checkHonesty(engine, sequence, ledger, "many");
    checkRotations(engine, ledger);
  });
}

function applied(engine: FakeEngine, held: Ledger, patch: Patch, target: Int32Array, interrupted = (): boolean => false): Ledger {
  return applyPatch({ engine, sequence, park }, held, patch, target, interrupted).ledger;
}

checkMove("a block that goes down", "a10 b20 c40 d5", "a10 c40 b20 d5",
  { move: "10..30..70", plan: "=74 -1 +1", ledger: "0..10 exact, 10..74 stale 1, 74..75 stale 0", kept: [14, 60] });
checkMove("a block that goes up", "a10 b40 c20 d5", "a10 c20 b40 d5",
  { move: "10..50..70", plan: "=74 -1 +1", ledger: "0..10 exact, 10..74 stale 1, 74..75 stale 0", kept: [14, 60] });
checkMove("to the beginning", "b40 c20 d5", "c20 b40 d5", { move: "0..40..60", plan: "=64 -1 +1", kept: [4, 60] });
checkMove("a block that is edited too is moved as far as it goes", "a10 b20 c40 d5", "a10 c40 b18 e3 d5",
  { move: "10..28..70", plan: "=10 -2 =58@-2 +3 =4@+1 -1 +1" });
checkMove("behind another edit a cell may come to stand where it was", "a10 b20 c40 d5", "a10 e20 c40 b20 d5",
  { move: "10..30..70", plan: "=10 +20 =64@+20 -1 +1", kept: [50, 24] });
checkMove("the last token is read for its logits, also where it was moved", "a10 b20 c40", "a10 c40 b20", { move: "10..29..70", plan: "=10 -1 =59@-1 +1" });
checkMove("a short one is read again", "a10 b15 c40 d5", "a10 c40 b15 d5", { move: "none", plan: "=10 -15 =40@-15 +15 =4 -1 +1" });
checkMove("the longest of two is moved", "a10 b20 c40 d30 e50", "a10 c40 b20 e50 d30 f1", { move: "70..100..150", plan: "=10 -20 =40@-20 +20 =80 +1" });
checkMove("where order is all that may be kept", "a10 b20 c40 d5", "a10 c40 b20 d5", { move: "none", plan: "=10 -20 =40@-20 +20 =4 -1 +1" }, { keep: "runs" });
checkMove("cells that may not be rotated stay", "a10 b20 c40 d5", "a10 c40 b20 d5", { move: "none", plan: "=10 -60 +60 =4 -1 +1" }, { shiftsMax: 0 });
checkMove("a rotation that costs more than it saves isn't made", "a10 b20 c40 d5", "a10 c40 b20 d5",
  { move: "none", plan: "=10 -60 +60 =4 -1 +1" }, { shiftCostTokens: 70 });
checkMove("nothing comes into the middle of a prompt", "a10 b20 c40 m1 d5", "a10 c40 m1 b20 e1",
  { move: "none", plan: "=10 -20 =41@-20 -5 +21" }, { middle: { from: 50, turnedTokensMax: 0 } });
checkMove("what leaves it does", "a10 c40 m1 b20", "a10 b20 c40 m1 e9",
  { move: "10..51..71", plan: "=70 -1 +10", kept: [10, 60] }, { middle: { from: 70, turnedTokensMax: 99 } });

interface Moved {
  readonly texts: readonly [before: readonly number[], between: readonly number[], after: readonly number[]];
  readonly polls: number;
  readonly middleFrom: number | undefined;
  readonly costs: number;
}

/** Texts of few words, so that windows repeat; blocks of them change places, and some are edited on the way. */
function randomMoved(random: Random): Moved {
  const words = 2 + random.below(30);
  const tokens = (count: number): number[] => Array.from({ length: count }, () => random.below(words));
  const edited = (from: readonly number[]): number[] => {
    const result = [...from];
    for (let moves = random.below(3); 0 < moves; moves -= 1) {
      const block = result.splice(random.below(result.length), random.below(50));
      result.splice(random.below(result.length + 1), 0, ...block);
    }
    for (let edits = random.below(3); 0 < edits; edits -= 1) result.splice(random.below(result.length + 1), random.below(4), ...tokens(random.below(5)));
    return [...result, 300];
  };
  const before = tokens(20 + random.below(120));
  const between = edited(before);
  const after = edited(between);
  const middleFrom = random.below(2) === 0 ? undefined : random.below(after.length);
  return { texts: [before, between, after], polls: random.below(8), middleFrom, costs: random.below(2) * random.below(40) };
}

checkLaw<Moved>({
  name: "a patch with a move leads to the same tokens, rotates each cell once at most, and leaves cells that are what the ledger says, also where it is broken off",
  cases: 2_000,
  make: randomMoved,
  print: (sample) => JSON.stringify(sample),
  check: ({ texts: [before, between, after], polls, middleFrom, costs }) => {
    const target = Int32Array.from(after);
    const middle = middleFrom === undefined ? undefined : { from: middleFrom, turnedTokensMax: 0 };
    const rules = { ...moveRules, shiftCostTokens: costs, callCostTokens: costs >> 3, middle, shiftsMax: 1 + (polls % 3) };
    for (const pollsMax of [polls, Infinity]) {
      const engine = new FakeEngine({ capabilities: { batchTokensMax: 4, contextLength: 400, shift: { kind: "shiftable", shiftsMax: rules.shiftsMax } } });
      const warm = warmed(engine, Int32Array.from(before));
      const held = applied(engine, warm, planPatch(warm, Int32Array.from(between), moveRules), Int32Array.from(between));
      const patch = planPatch(held, target, rules);
      checkPartition(patch.plan, held.tokens.length, target.length, { held: rearranged(held, patch.move).tokens, target });
      ok(patchCostTokens(patch, rules) <= patchCostTokens({ move: undefined, plan: plan(held, target, rules) }, rules), "a move is made where it saves");
      const { cellsKept, cellsShifted, tokensEncoded } = patchTotals(patch);
      equal(cellsKept + cellsShifted + tokensEncoded, target.length);
      equal(tokensEncoded, planTotals(patch.plan).tokensEncoded);
      let left = pollsMax;
      const ledger = applied(engine, held, patch, target, () => left-- <= 0);
      checkHonesty(engine, sequence, ledger, "many");
      checkRotations(engine, ledger);
      if (pollsMax !== Infinity) continue;
      deepEqual([...ledger.tokens], after);
      for (const { heldStart, start, end } of keptRuns(patch)) {
        const rotations = heldStart === start ? 0 : 1;
        for (let index = start; index < end; index += 1) equal(ledger.shifts[index], (held.shifts[heldStart + index - start] ?? 0) + rotations);
        ok(rotations === 0 || ledger.shifts.subarray(start, end).every((count) => count <= rules.shiftsMax), "rotated more often than allowed");
      }
    }
  },
});

interface Swapped {
  readonly tokens: number;
  readonly move: Move;
}

checkLaw<Swapped>({
  name: "of two blocks that change places neither is read again, unless the shorter is very short",
  cases: 1_000,
  make: (random) => {
    const start = random.below(40);
    const border = start + 1 + random.below(60);
    const end = border + 1 + random.below(60);
    return { tokens: end + random.below(30), move: { start, border, end } };
  },
  print: (sample) => JSON.stringify(sample),
  check: ({ tokens, move }) => {
    const held = { tokens: Int32Array.from({ length: tokens }, (_, index) => index), shifts: new Uint16Array(tokens) };
    const target = Int32Array.from({ length: tokens }, (_, index) => placeBefore(move, index));
    const shorter = Math.min(move.border - move.start, move.end - move.border);
    const { tokensEncoded } = patchTotals(planPatch(held, target, moveRules));
    // The last token is always read; where it is the shorter block's own, that is shorter by it.
    ok(tokensEncoded <= (shorter <= 16 ? shorter + 1 : 1), `${tokensEncoded} tokens of ${shorter}`);
  },
});
