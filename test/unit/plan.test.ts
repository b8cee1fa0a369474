// The planner and the mutator, case by case, in the notations of plans and ledgers.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { align } from "../../sidecar/cache/align";
import { plan, planInPlace, printPlan, type PlanRules } from "../../sidecar/cache/plan";
import { checkPatch, freeRules } from "../support/checkPatch";
import { checkLaw } from "../support/law";

test("a longer argument keeps the prefix and shifts the tail", () => {
  checkPatch("f(a[-, b-]{+.y.z+})$0;", "=3 -3 +4 =1@+1 -1 +1", "0..7 exact, 7..8 stale 1, 8..9 stale 0");
});
test("nothing changed: only the last token is read again", () => {
  checkPatch("f(a);", "=4 -1 +1", "0..5 exact");
});
test("an insertion at the start shifts everything", () => {
  checkPatch("{+x = +}f(a);", "+4 =4@+4 -1 +1", "0..4 exact, 4..8 stale 1, 8..9 stale 0");
});
test("a deletion in the middle encodes nothing but the last token", () => {
  checkPatch("f(a)[- + g(b)-] * c;", "=5 -7 =3@-7 -1 +1", "0..5 exact, 5..8 stale 1, 8..9 stale 0");
});
test("appending is exact", () => {
  checkPatch("f(a){+.b+}", "=4 +2", "0..6 exact");
});
test("two places are patched with one rotation", () => {
  checkPatch("a{+.b+} + c + [-d + -]e;", "=1 +2 =4@+2 -4 =4@-2 -1 +1", "0..3 exact, 3..11 stale 1, 11..12 stale 0");
});

function checkPlan(held: readonly number[], target: readonly number[], rules: Partial<PlanRules>, expected: string): void {
  const cells = { tokens: Int32Array.from(held), shifts: new Uint16Array(held.length) };
  equal(printPlan(plan(cells, Int32Array.from(target), { ...freeRules, ...rules })), expected);
}

test("cold keeps nothing", () => checkPlan([1, 2, 3], [1, 2, 3], { keep: "none" }, "-3 +3"));
test("prefix keeps the common prefix only", () => checkPlan([1, 2, 3, 4], [1, 9, 3, 4], { keep: "prefix" }, "=1 -3 +3"));
test("a rotation that costs more than it saves is left", () => checkPlan([1, 2, 3, 4], [1, 9, 2, 3, 4], { shiftCostTokens: 10 }, "=1 -3 +4"));
test("without the rotation, what stands in its place is kept", () => {
  checkPlan([1, 2, 3, 4, 5, 6, 7], [1, 9, 3, 4, 5, 8, 6, 7], { shiftCostTokens: 10 }, "=1 -1 +1 =3 -2 +3");
});
test("a kept run shorter than its gap costs is read again", () => {
  checkPlan([1, 2, 3, 4, 5, 6, 7, 8, 10, 11], [1, 2, 9, 4, 9, 6, 7, 8, 10, 11], { callCostTokens: 2 }, "=2 -3 +3 =4 -1 +1");
});
test("cells past the cap of rotations are read again", () => {
  const cells = { tokens: Int32Array.of(1, 2, 3, 4, 5), shifts: Uint16Array.of(0, 0, 0, 9, 0) };
  equal(printPlan(plan(cells, Int32Array.of(9, 1, 2, 3, 4, 5, 6), { ...freeRules, shiftsMax: 9 })), "+1 =3@+1 -1 +1 =1@+1 +1");
});
test("an empty cache encodes everything", () => checkPlan([], [1, 2], {}, "+2"));

test("healing keeps what it doesn't read anew in its place", () => {
  equal(printPlan(planInPlace(9, 3, 2)), "=3 ~2 =4");
});

checkLaw<{ readonly held: Int32Array; readonly target: Int32Array }>({
  name: "aligned runs are equal, disjoint and rising, and no shorter than the edit allows",
  cases: 2_000,
  make: (random) => {
    const held = Array.from({ length: random.below(60) }, () => random.below(6));
    const target = [...held];
    for (let edits = random.below(5); 0 < edits; edits -= 1) {
      const start = random.below(target.length + 1);
      target.splice(start, random.below(4), ...Array.from({ length: random.below(4) }, () => random.below(6)));
    }
    return { held: Int32Array.from(held), target: Int32Array.from(target) };
  },
  print: ({ held, target }) => `align([${held.join(", ")}], [${target.join(", ")}])`,
  check: ({ held, target }) => {
    let heldEnd = 0;
    let targetEnd = 0;
    let kept = 0;
    for (const run of align(held, target)) {
      if (run.heldStart < heldEnd || run.targetStart < targetEnd || run.length < 1) throw new Error("runs overlap");
      for (let i = 0; i < run.length; i += 1) equal(held[run.heldStart + i], target[run.targetStart + i]);
      heldEnd = run.heldStart + run.length;
      targetEnd = run.targetStart + run.length;
      kept += run.length;
    }
    equal(kept, longestCommon(held, target));
  },
});

/** Length of the longest common subsequence, by the table. */
function longestCommon(a: Int32Array, b: Int32Array): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const token of a) {
    const next = [0];
    b.forEach((other, j) => next.push(token === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
    row = next;
  }
  return row[b.length] ?? 0;
}
