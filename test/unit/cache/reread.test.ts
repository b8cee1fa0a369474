// What a repair makes of a plan, in the notation of plans: which kept cells are read again, in which order, and no more of
// them than there is a budget for.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { at } from "../../../sidecar/base/assert";
import type { Random } from "../../../sidecar/base/random";
import { applyPlan } from "../../../sidecar/cache/applyPlan";
import { LedgerBuilder, printLedger, type Ledger } from "../../../sidecar/cache/ledger";
import { outlookAfter } from "../../../sidecar/cache/freshness";
import { rowsFor } from "../../../sidecar/cache/patch";
import { checkPartition, plan, planTotals, printPlan, type Plan } from "../../../sidecar/cache/plan";
import { withRereads, type Reread } from "../../../sidecar/cache/reread";
import { applied, freeRules, park, sequence, warmed } from "../../support/checkPatch";
import { FakeEngine } from "../../support/fakeEngine";
import { checkLaw } from "../../support/law";
import { parsePlan } from "../../support/planNotation";
import { checkHonesty } from "../../support/scratch";

/** `5 exact, 5 stale 1`: cells of different tokens, what each has seen, and where exactness ends. */
function parseCells(notation: string): Ledger {
  const edits: number[] = [];
  let exactEnd = 0;
  for (const run of notation.split(", ")) {
    const [count, freshness, seen] = run.split(" ");
    for (let index = 0; index < Number(count); index += 1) edits.push(Number(seen ?? 0));
    if (freshness === "exact") exactEnd = edits.length;
  }
  const builder = new LedgerBuilder(edits.length);
  builder.encode(Int32Array.from(edits, (_, index) => index));
  const { tokens, shifts, origins } = builder.finish();
  // What is stale was encoded on other cells.
  return { tokens, shifts, edits: Uint16Array.from(edits), origins: { high: origins.high.fill(0, exactEnd), low: origins.low.fill(0, exactEnd) }, exactEnd };
}

/** What a plan makes of such cells: what it encodes are tokens that none of them has. */
function made({ sections }: Plan, { tokens }: Ledger): Int32Array {
  const target: number[] = [];
  let heldIndex = 0;
  for (const { kind, length } of sections) {
    for (let index = 0; index < length; index += 1) {
      if (kind !== "delete") target.push(kind === "encode" ? 1_000 + target.length : at(tokens, heldIndex + index));
    }
    if (kind !== "encode") heldIndex += length;
  }
  return Int32Array.from(target);
}

function reread(before: string, cells: string, asked: Reread): string {
  const base = parsePlan(before);
  const held = parseCells(cells);
  return printPlan(withRereads(base, outlookAfter(base, held, made(base, held)), asked));
}

interface Wanted {
  readonly cells: string;
  readonly ranges: readonly (readonly [number, number])[];
  readonly tokensMax?: number;
  readonly gapTokensMin?: number;
}

function checkReread(name: string, before: string, { cells, ranges, tokensMax = 100, gapTokensMin = 0 }: Wanted, after: string): void {
  test(name, () => {
    equal(reread(before, cells, { ranges: ranges.map(([start, end]) => ({ start, end })), tokensMax, gapTokensMin }), after);
  });
}

const inserted = "=3 -2 +4 =10@+2";
checkReread("kept cells are read again up to the budget", inserted, { cells: "15 exact", ranges: [[7, 17]], tokensMax: 4 }, "=3 -2 +4 ~4 =6@+2");
checkReread("the first range comes first", inserted, { cells: "15 exact", ranges: [[13, 17], [7, 17]], tokensMax: 6 }, "=3 -2 +4 ~2 =4@+2 ~4");
checkReread("all of them, where the budget allows", inserted, { cells: "15 exact", ranges: [[0, 99]] }, "=3 -2 +4 ~10");
checkReread("what the plan reads anyway costs nothing", inserted, { cells: "15 exact", ranges: [[3, 9]], tokensMax: 2 }, "=3 -2 +4 ~2 =8@+2");
checkReread("a cell named twice is read once", inserted, { cells: "15 exact", ranges: [[8, 10], [9, 11]], tokensMax: 3 }, "=3 -2 +4 =1@+2 ~3 =6@+2");
checkReread("without a budget nothing is", inserted, { cells: "15 exact", ranges: [[7, 17]], tokensMax: 0 }, inserted);
checkReread("nothing beyond the end", inserted, { cells: "15 exact", ranges: [[17, 40]] }, inserted);
checkReread("an empty range is none", inserted, { cells: "15 exact", ranges: [[9, 9], [12, 11]] }, inserted);
checkReread("exact cells before the change stay", inserted, { cells: "15 exact", ranges: [[0, 7]] }, inserted);
checkReread("behind a deletion alone", "=3 -2 =10@-2", { cells: "15 exact", ranges: [[3, 5]] }, "=3 -2 ~2 =8@-2");

checkReread("nothing exact, and nothing read since the last change, is read again",
  "=15", { cells: "5 exact, 5 stale 1, 5 stale 0", ranges: [[0, 15]] }, "=5 ~5 =5");
checkReread("a change ages what was read before it", "=6 -1 +1 =8", { cells: "5 exact, 10 stale 0", ranges: [[0, 15]] }, "=6 -1 +1 ~8");
checkReread("stale cells before the change may be read", "=10 -1 +2 =4@+1", { cells: "5 exact, 10 stale 2", ranges: [[5, 8]] }, "=5 ~3 =2 -1 +2 =4@+1");

checkReread("a gap too short for a call is closed", "=20", { cells: "20 stale 1", ranges: [[2, 4], [6, 8]], gapTokensMin: 3 }, "=2 ~6 =12");
checkReread("a gap just long enough is left", "=20", { cells: "20 stale 1", ranges: [[2, 4], [6, 8]], gapTokensMin: 2 }, "=2 ~2 =2 ~2 =12");
checkReread("the gap right behind the change is closed too", inserted, { cells: "15 exact", ranges: [[9, 11]], gapTokensMin: 3 }, "=3 -2 +4 ~4 =6@+2");
checkReread("the head is no gap", "=20", { cells: "4 exact, 16 stale 1", ranges: [[6, 8]], gapTokensMin: 10 }, "=6 ~2 =12");
checkReread("nor is a stale head", "=20", { cells: "20 stale 1", ranges: [[1, 3]], gapTokensMin: 10 }, "=1 ~2 =17");
checkReread("nor is the tail", "=20", { cells: "20 stale 1", ranges: [[15, 18]], gapTokensMin: 10 }, "=15 ~3 =2");

test("ranges are asked for only while there are tokens left", () => {
  function* ranges(): Generator<{ readonly start: number; readonly end: number }> {
    yield { start: 7, end: 9 };
    throw new Error("asked for more");
  }
  equal(reread(inserted, "15 exact", { ranges: ranges(), tokensMax: 2, gapTokensMin: 0 }), "=3 -2 +4 ~2 =8@+2");
});

test("what is read again before the change ages nothing up to the change", () => {
  const engine = new FakeEngine();
  const tokens = (...runs: readonly (readonly [start: number, count: number])[]): Int32Array =>
    Int32Array.from(runs.flatMap(([start, count]) => Array.from({ length: count }, (_, index) => start + index)));
  const before = tokens([10, 20]);
  const between = tokens([50, 1], [11, 19]);
  const { ledger } = applied(engine, warmed(engine, before), between, freeRules);
  equal(printLedger(ledger), "0..1 exact, 1..19 stale 1, 19..20 stale 0");
  const after = tokens([50, 1], [11, 9], [60, 1], [21, 9]);
  const chosen = parsePlan("=3 ~2 =5 -1 +1 =8 -1 +1");
  const { ledger: patched } = applyPlan({ engine, sequence, park }, ledger, chosen, after, () => false);
  equal(printLedger(patched), "0..1 exact, 1..3 stale 1, 3..5 stale 0, 5..10 stale 1, 10..11 stale 0, 11..19 stale 2, 19..20 stale 0");
  checkHonesty(engine, sequence, patched, "many");
});

/** @param byIt of the aged cells, those that stand behind a change of the plan */
function checkAged(notation: string, cells: string, aged: string, byIt = aged): void {
  test(`${notation} of ${cells} ages ${aged === "" ? "none" : aged}`, () => {
    const base = parsePlan(notation);
    const held = parseCells(cells);
    const { isAged, cellsAgedByIt } = outlookAfter(base, held, made(base, held));
    equal([...isAged.keys()].filter((index) => isAged[index] === 1).join(" "), aged);
    equal(cellsAgedByIt, byIt === "" ? 0 : byIt.split(" ").length);
  });
}
checkAged("+9", "0 exact", "");
checkAged("=9 -1 +3", "10 exact", "");
checkAged("=3 -2 =4", "9 exact", "3 4 5 6");
checkAged("-2 =4", "6 exact", "0 1 2 3");
checkAged("=3 +1 =4 -1 +1", "8 exact", "4 5 6 7");
checkAged("=6", "2 exact, 2 stale 0, 2 stale 3", "4 5", "");
test("behind what changes places all is aged by it", () => {
  const held = parseCells("9 exact");
  const order = { move: { start: 2, border: 4, end: 7 }, plan: parsePlan("=8 -1 +1") };
  const rows = rowsFor(order, held);
  const target = Int32Array.from([...rows.tokens.subarray(0, 8), 1_000]);
  equal(outlookAfter(order.plan, rows, target, order.move.start).cellsAgedByIt, 6);
});

checkAged("=5 -1 +1 =2", "2 exact, 2 stale 3, 4 stale 0", "2 3 6 7", "6 7");

/** New cells that `plan` keeps, that won't be exact, and before which something has changed since they were read. */
function eligible(plan: Plan, held: Ledger, target: Int32Array): readonly number[] {
  const scratch = new LedgerBuilder(target.length);
  scratch.encode(target);
  const { origins } = scratch.finish();
  const cells: number[] = [];
  let heldIndex = 0;
  let position = 0;
  for (const [index, { kind, length }] of plan.sections.entries()) {
    for (let step = 0; step < length; step += 1) {
      const isTrue = held.origins.high[heldIndex] === origins.high[position] && held.origins.low[heldIndex] === origins.low[position];
      if (kind === "keep" && !isTrue && (0 < index || 0 < at(held.edits, heldIndex))) cells.push(position);
      if (kind !== "encode") heldIndex += 1;
      if (kind !== "delete") position += 1;
    }
  }
  return cells;
}

function repaired(base: Plan, ledger: Ledger, target: Int32Array, asked: Reread): Plan {
  return withRereads(base, outlookAfter(base, ledger, target), asked);
}

interface Repaired {
  readonly texts: readonly [before: readonly number[], between: readonly number[], after: readonly number[]];
  readonly reread: Omit<Reread, "ranges"> & { readonly ranges: readonly { readonly start: number; readonly end: number }[] };
}

function randomRepaired(random: Random): Repaired {
  const tokens = (count: number): number[] => Array.from({ length: count }, () => 10 + random.below(200));
  const edited = (from: readonly number[]): number[] => {
    const result = [...from];
    for (let edits = 1 + random.below(3); 0 < edits; edits -= 1) result.splice(random.below(result.length), random.below(4), ...tokens(random.below(5)));
    return [...result, 300];
  };
  const before = tokens(5 + random.below(50));
  const between = edited(before);
  const after = edited(between);
  const ranges = Array.from({ length: random.below(5) }, () => {
    const start = random.below(after.length + 5);
    return { start, end: start + random.below(12) };
  });
  return { texts: [before, between, after], reread: { ranges, tokensMax: random.below(20), gapTokensMin: random.below(5) } };
}

checkLaw<Repaired>({
  name: "a repaired plan is a partition that leads to the same tokens, reads no more than budget and closed gaps, and leaves out none that it may read",
  cases: 2_000,
  make: randomRepaired,
  print: (sample) => JSON.stringify(sample),
  check: ({ texts: [before, between, after], reread }) => {
    const engine = new FakeEngine();
    const { ledger } = applied(engine, warmed(engine, Int32Array.from(before)), Int32Array.from(between), freeRules);
    const target = Int32Array.from(after);
    const base = plan(ledger, target, freeRules);
    const outlook = outlookAfter(base, ledger, target);
    const chosen = withRereads(base, outlook, reread);
    checkPartition(chosen, ledger.tokens.length, target.length, { held: ledger.tokens, target });
    const own = planTotals(base).tokensEncoded;
    const ungapped = planTotals(withRereads(base, outlook, { ...reread, gapTokensMin: 0 }));
    ok(ungapped.tokensEncoded <= own + reread.tokensMax);
    const { tokensEncoded } = planTotals(chosen);
    const closedMax = Math.max(0, ungapped.gaps - 1) * Math.max(0, reread.gapTokensMin - 1);
    ok(ungapped.tokensEncoded <= tokensEncoded, "closing gaps reads more");
    ok(tokensEncoded <= ungapped.tokensEncoded + closedMax, `${tokensEncoded} of ${ungapped.tokensEncoded} + ${closedMax}`);
    const { exactEnd } = outlookAfter(chosen, ledger, target);
    ok(outlook.exactEnd <= exactEnd);
    const decodesBefore = engine.counts.decode;
    const result = applyPlan({ engine, sequence, park }, ledger, chosen, target, () => false);
    equal(engine.counts.decode - decodesBefore, planTotals(chosen).gaps, "a gap is one call of the engine");
    deepEqual([...result.ledger.tokens], [...target]);
    equal(result.ledger.exactEnd, exactEnd, "the ledger is as the outlook says");
    checkHonesty(engine, sequence, result.ledger, "many");
    const wanted = eligible(base, ledger, target).filter((index) => reread.ranges.some(({ start, end }) => start <= index && index < end));
    equal(ungapped.tokensEncoded - own, Math.min(reread.tokensMax, wanted.length));
  },
});

checkLaw<Repaired>({
  name: "a repaired plan that is broken off lacks new tokens at most: what was to be read again is there as it was",
  cases: 500,
  make: randomRepaired,
  print: (sample) => JSON.stringify(sample),
  check: ({ texts: [before, between, after], reread }) => {
    // Room for a batch beside all that is there is room enough.
    const contextLength = Math.max(before.length, between.length, after.length) + 4;
    for (let polls = 0; polls < 6; polls += 1) {
      const engine = new FakeEngine({ capabilities: { batchTokensMax: 4, contextLength } });
      const { ledger } = applied(engine, warmed(engine, Int32Array.from(before)), Int32Array.from(between), freeRules);
      const target = Int32Array.from(after);
      const base = plan(ledger, target, freeRules);
      let left = polls;
      const { ledger: reached } = applyPlan({ engine, sequence, park }, ledger, repaired(base, ledger, target, reread), target, () => left-- <= 0);
      ok(target.length - planTotals(base).tokensEncoded <= reached.tokens.length, `${reached.tokens.length} of ${target.length} cells after ${polls} polls`);
      checkHonesty(engine, sequence, reached, "many");
    }
  },
});

checkLaw<Repaired>({
  name: "in a cache with no room to spare a repaired plan leads to the same tokens, and broken off to cells that are what the ledger says",
  cases: 300,
  make: randomRepaired,
  print: (sample) => JSON.stringify(sample),
  check: ({ texts: [before, between, after], reread }) => {
    const contextLength = Math.max(before.length, between.length, after.length);
    for (const polls of [0, 1, 2, 3, 5, Infinity]) {
      const engine = new FakeEngine({ capabilities: { batchTokensMax: 4, contextLength } });
      const { ledger } = applied(engine, warmed(engine, Int32Array.from(before)), Int32Array.from(between), freeRules);
      const target = Int32Array.from(after);
      let left = polls;
      const chosen = repaired(plan(ledger, target, freeRules), ledger, target, reread);
      const { ledger: reached, complete } = applyPlan({ engine, sequence, park }, ledger, chosen, target, () => left-- <= 0);
      ok(complete || polls < Infinity);
      if (complete) deepEqual([...reached.tokens], [...target]);
      checkHonesty(engine, sequence, reached, "many");
    }
  },
});
