// Which kept runs the middle of a prompt may have. `3>5x4`: four tokens that stand from 3 on in the cells and from 5 on in the prompt.
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../sidecar/base/random";
import type { Run } from "../../../sidecar/cache/align";
import { middleRuns, type MiddleRule } from "../../../sidecar/cache/middleRuns";
import { plan, printPlan } from "../../../sidecar/cache/plan";
import { freeRules } from "../../support/checkPatch";
import { checkLaw } from "../../support/law";

const parseRuns = (notation: string): readonly Run[] => [...notation.matchAll(/(\d+)>(\d+)x(\d+)/g)].map(([, held, target, length]) =>
  ({ heldStart: Number(held), targetStart: Number(target), length: Number(length) }));
const printRuns = (runs: readonly Run[]): string => runs.map(({ heldStart, targetStart, length }) => `${heldStart}>${targetStart}x${length}`).join(" ");

function checkRuns(name: string, before: string, rule: MiddleRule, after: string): void {
  test(name, () => equal(printRuns(middleRuns(parseRuns(before), rule)), after));
}

const stays = { from: 20, turnedTokensMax: 0 };
checkRuns("typing appends: the middle stays", "0>0x30", stays, "0>0x30");
checkRuns("so it does behind a change above or below", "0>0x5 7>9x21", stays, "0>0x5 7>9x21");
checkRuns("also where the change ends right before it", "0>0x5 22>20x10", stays, "0>0x5 22>20x10");
checkRuns("behind a change in it nothing is kept", "0>0x24 25>25x3 30>29x9", stays, "0>0x24");
checkRuns("without its sentinel none of it is", "0>0x20 21>22x5", stays, "0>0x20");
checkRuns("what is before it has runs as it likes", "0>0x4 6>5x6 14>12x9", stays, "0>0x4 6>5x6 14>12x9");
checkRuns("after a jump nothing stays, though it is the same", "0>0x5 7>9x21", { ...stays, turnedTokensMax: 10 }, "0>0x5 7>9x11");
checkRuns("unless there is too much of it", "0>0x5 7>9x21 40>33x9", { ...stays, turnedTokensMax: 9 }, "0>0x5 7>9x21");
checkRuns("nothing held", "", stays, "");

test("a plan under the rule reads what the middle may not keep in the place of what was there", () => {
  const held = { tokens: Int32Array.from([1, 2, 3, 9, 4, 5, 6, 7]), shifts: new Uint16Array(8) };
  const target = Int32Array.from([1, 2, 3, 9, 4, 8, 6, 7, 10]);
  equal(printPlan(plan(held, target, freeRules)), "=5 -1 +1 =2 +1");
  equal(printPlan(plan(held, target, { ...freeRules, middle: { from: 3, turnedTokensMax: 0 } })), "=5 -3 +4");
  equal(printPlan(plan(held, target, { ...freeRules, middle: { from: 3, turnedTokensMax: 99 } })), "=3 -5 +6");
});

interface Case extends MiddleRule {
  readonly runs: readonly Run[];
}

function randomCase(random: Random): Case {
  const runs: Run[] = [];
  let heldStart = random.below(3);
  let targetStart = random.below(3);
  for (let count = random.below(6); 0 < count; count -= 1) {
    const length = 1 + random.below(10);
    runs.push({ heldStart, targetStart, length });
    const inserted = random.below(3);
    // A gap on one side at least: else it were one run.
    heldStart += length + (inserted === 0 ? 1 : 0) + random.below(3);
    targetStart += length + inserted;
  }
  return { runs, from: random.below(40), turnedTokensMax: random.below(3) === 0 ? random.below(12) : 0 };
}

checkLaw<Case>({
  name: "of the middle one run from its start stays, or nothing; before it all runs stay",
  cases: 2_000,
  make: randomCase,
  print: (sample) => JSON.stringify(sample),
  check: ({ runs, ...rule }) => {
    const cells = (some: readonly Run[]): ReadonlyMap<number, number> =>
      new Map(some.flatMap(({ heldStart, targetStart, length }) => Array.from({ length }, (_, index) => [targetStart + index, heldStart + index] as const)));
    const before = cells(runs);
    const after = cells(middleRuns(runs, rule));
    for (const [target, held] of after) equal(before.get(target), held);
    for (const target of before.keys()) if (target < rule.from) ok(after.has(target), `${target} is gone`);
    const kept = [...after.keys()].filter((target) => rule.from <= target);
    ok(kept.length === 0 || rule.turnedTokensMax < kept.length, `${kept.length} stay`);
    kept.forEach((target, index) => {
      equal(target, rule.from + index);
      if (0 < index) equal(after.get(target), (after.get(target - 1) ?? NaN) + 1);
    });
    if (rule.turnedTokensMax === 0 && before.has(rule.from)) ok(0 < kept.length, "the middle's start is gone");
  },
});
