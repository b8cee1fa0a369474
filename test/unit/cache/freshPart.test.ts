// Which kept cells of the fresh part are read again, in the notation of plans.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../../sidecar/base/random";
import { withFreshPart, type FreshPart } from "../../../sidecar/cache/freshPart";
import { checkPartition, plan, planTotals, printPlan, type Plan } from "../../../sidecar/cache/plan";
import { freeRules } from "../../support/checkPatch";
import { checkLaw } from "../../support/law";
import { parsePlan } from "../../support/planNotation";

function checkFresh(name: string, before: string, part: FreshPart, after: string): void {
  test(name, () => equal(printPlan(withFreshPart(parsePlan(before), part)), after));
}

/** Prefix of 10, suffix of 10 from 11 on, middle from 21 on. */
const whole: FreshPart = { freshFrom: 21, suffixFrom: 11 };
checkFresh("typing appends", "=30 -1 +2", whole, "=30 -1 +2");
checkFresh("a change above or below the cursor leaves the middle", "=3 -2 +4 =10@+2 -1 =20@+1", whole, "=3 -2 +4 =10@+2 -1 =20@+1");
checkFresh("so does one at the suffix's end", "=19 -3 +2 =10@-1", whole, "=19 -3 +2 =10@-1");
checkFresh("behind a change in the middle all is read", "=25 -1 +2 =10@+1 -3 =4@-2", whole, "=25 -1 +2 ~10 -3 ~4");
checkFresh("behind a deletion too", "=25 -1 =10@-1", whole, "=25 -1 ~10");
checkFresh("and behind what the plan reads again itself", "=25 ~2 =10", whole, "=25 ~12");
checkFresh("where the middle's sentinel is new, all of it is", "=20 +3 =10@+3", whole, "=20 +3 ~10");
checkFresh("a jump down within the middle's reach: text has left the suffix", "=11 -9 =10@-9 =9@-9 +9", whole, "=11 -9 =10@-9 ~9 +9");
checkFresh("a jump up: text has come to it", "=11 +8 =10@+8 -8 +1", { freshFrom: 25, suffixFrom: 11 }, "=11 +8 =6@+8 ~4 -8 +1");
checkFresh("a jump farther: the suffix's sentinel has moved", "=10 +5 -1 =6@+4 +1 =10@+5 =5@+5", { freshFrom: 32, suffixFrom: 22 }, "=10 -1 +5 =6@+4 +1 =10@+5 ~5");
checkFresh("a bracket that is typed over is no jump", "=11 -1 =19@-1 +1", whole, "=11 -1 =19@-1 +1");
checkFresh("nor are seven tokens", "=11 -3 +4 =20@+1 +1", whole, "=11 -3 +4 =20@+1 +1");
checkFresh("eight are", "=11 -4 +4 =20 +1", whole, "=11 -4 +4 =6 ~14 +1");
checkFresh("without a suffix only the fresh part itself counts", "=5 -2 +1 =15@-1", { freshFrom: 12, suffixFrom: undefined }, "=5 -2 +1 =15@-1");
checkFresh("nothing held", "+30", whole, "+30");

interface Case extends FreshPart {
  readonly held: readonly number[];
  readonly target: readonly number[];
}

function randomCase(random: Random): Case {
  const tokens = (count: number): number[] => Array.from({ length: count }, () => 10 + random.below(20));
  const held = tokens(10 + random.below(60));
  const target = [...held];
  for (let edits = random.below(4); 0 < edits; edits -= 1) target.splice(random.below(target.length), random.below(12), ...tokens(random.below(12)));
  target.push(9);
  const freshFrom = random.below(target.length);
  return { held, target, freshFrom, suffixFrom: random.below(3) === 0 ? undefined : random.below(freshFrom + 1) };
}

/** For each new token whether the plan keeps its cell. */
function keptBy({ sections }: Plan): readonly boolean[] {
  return sections.flatMap(({ kind, length }) => (kind === "delete" ? [] : Array<boolean>(length).fill(kind === "keep")));
}

checkLaw<Case>({
  name: "what is kept of the fresh part is a prefix of it, nothing before it changes, and the plan stays one",
  cases: 2_000,
  make: randomCase,
  print: (sample) => JSON.stringify(sample),
  check: ({ held, target, ...part }) => {
    const before = plan({ tokens: Int32Array.from(held), shifts: new Uint16Array(held.length) }, Int32Array.from(target), freeRules);
    const after = withFreshPart(before, part);
    checkPartition(after, held.length, target.length, { held: Int32Array.from(held), target: Int32Array.from(target) });
    const kept = keptBy(after);
    deepEqual(kept.slice(0, part.freshFrom), keptBy(before).slice(0, part.freshFrom));
    ok(!/truefalse.*true/.test(kept.slice(part.freshFrom).join("")), "a kept cell stands behind one that is read");
    ok(planTotals(before).tokensEncoded <= planTotals(after).tokensEncoded);
    equal(printPlan(withFreshPart(after, part)), printPlan(after));
  },
});
