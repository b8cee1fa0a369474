// Owns what brings held cells to other tokens: a plan, and before it what changes places or comes back from the shelf. Chooses
// the cheapest. Pure.
import { rowsOf, type Ledger } from "./ledger";
import { findMove, placeBefore, planMoved, rearranged, sectionsApart, type FoundMove, type Move } from "./move";
import { candidatePlans, cheapestOf, costTokens, joined, planTotals, withoutEmpty } from "./plan";
import type { HeldCells, Plan, PlanCosts, PlanRules, PlanTotals, Section } from "./plan";
import type { ShelvedRun, Taken } from "./shelf";

/** What is taken from the shelf stands behind all other cells; then there may be a move, and the plan is for cells in the order after it. */
export interface Patch {
  readonly taken?: Taken | undefined;
  readonly move: Move | undefined;
  readonly plan: Plan;
}

/**
 * The cheapest of the plans that `rules` allow, and under `moves` of one with a run that has changed places or is one of
 * `shelved`.
 */
export function planPatch(held: HeldCells, target: Int32Array, rules: PlanRules, shelved: readonly ShelvedRun[] = []): Patch {
  const plans = candidatePlans(held, target, rules);
  const inOrder: Patch = { move: undefined, plan: cheapestOf(plans, rules) };
  const most = plans.at(-1);
  if (rules.keep !== "moves" || most === undefined) return inOrder;
  const known = withShelved(held.tokens, shelved);
  const found = findMove(most, known.tokens, target, rules.middle?.from ?? target.length - 1, known.ranges);
  if (found === undefined) return inOrder;
  const taken = takenFrom(shelved, known.ranges, found);
  const moved = movedPatch(most, found, taken, held.tokens.length);
  // Other cells stand before and after where they would without the move, and the plan has looked at their rotations.
  const position = taken === undefined ? found.heldStart : taken.run.position + taken.start;
  const shifts = taken === undefined ? held.shifts.subarray(found.heldStart, found.heldStart + found.length)
    : taken.run.rows.shifts.subarray(taken.start, taken.start + taken.count);
  if (position !== found.targetStart && shifts.some((count) => rules.shiftsMax <= count)) return inOrder;
  return patchCostTokens(moved, rules) < patchCostTokens(inOrder, rules) ? moved : inOrder;
}

/** `tokens` with all that is shelved behind them, and where each run of it begins and ends there. */
function withShelved(tokens: Int32Array, shelved: readonly ShelvedRun[]): { tokens: Int32Array; ranges: readonly { start: number; end: number }[] } {
  if (shelved.length === 0) return { tokens, ranges: [] };
  const count = shelved.reduce((sum, { rows }) => sum + rows.tokens.length, tokens.length);
  const all = new Int32Array(count);
  all.set(tokens);
  let end = tokens.length;
  const ranges = shelved.map(({ rows }) => {
    all.set(rows.tokens, end);
    const start = end;
    end += rows.tokens.length;
    return { start, end };
  });
  return { tokens: all, ranges };
}

function takenFrom(shelved: readonly ShelvedRun[], ranges: readonly { start: number; end: number }[], { heldStart, length }: FoundMove): Taken | undefined {
  const index = ranges.findIndex(({ start, end }) => start <= heldStart && heldStart < end);
  const run = shelved[index];
  const range = ranges[index];
  return run === undefined || range === undefined ? undefined : { run, start: heldStart - range.start, count: length };
}

function movedPatch(most: Plan, found: FoundMove, taken: Taken | undefined, heldCount: number): Patch {
  // Of what is shelved only the run that is taken stands behind the others.
  const own = taken === undefined ? found
    : { ...found, heldStart: heldCount, move: { start: found.move.start, border: heldCount, end: heldCount + taken.count } };
  return { taken, move: own.move, plan: { sections: joined(withoutEmpty(planMoved(most, own))) } };
}

/** The rows that the plan of a patch is for: those of `ledger` and what is taken from the shelf, in the order after the move. */
export function rowsFor({ taken, move }: Patch, ledger: Ledger): Ledger {
  return rearranged(withTaken(ledger, taken), move);
}

/** The rows of `ledger`, and behind them those that are taken from the shelf. */
export function withTaken(ledger: Ledger, taken: Taken | undefined): Ledger {
  if (taken === undefined) return ledger;
  const own = { ledger, start: 0, end: ledger.tokens.length, aged: false };
  const back = { ledger: taken.run.rows, start: taken.start, end: taken.start + taken.count, aged: false };
  return rowsOf([own, back], ledger.exactEnd);
}

/** What a patch costs, in tokens of prefill. */
export function patchCostTokens(patch: Patch, rules: PlanCosts): number {
  return costTokens(patchTotals(patch), rules);
}

/** As `planTotals`; a kept cell moves where its place after all differs from that before all. */
export function patchTotals(patch: Patch): PlanTotals {
  const totals = planTotals(patch.plan);
  if (patch.move === undefined) return totals;
  const cellsKept = keptRuns(patch).reduce((sum, { heldStart, start, end }) => sum + (heldStart === start ? end - start : 0), 0);
  return { ...totals, cellsKept, cellsShifted: totals.cellsKept + totals.cellsShifted - cellsKept };
}

/** Where the cell that the plan of a patch counts as `index` comes from: its row with those taken from the shelf, and its position. */
export function sourceOf({ taken, move }: Patch, index: number): { readonly row: number; readonly position: number } {
  const row = move === undefined ? index : placeBefore(move, index);
  const position = taken === undefined || move === undefined || row < move.border ? row : taken.run.position + taken.start + row - move.border;
  return { row, position };
}

/** The sections of its plan, cut so that no part of them comes from two places. */
export function sectionsOf({ move, plan }: Patch): readonly Section[] {
  return move === undefined ? plan.sections : sectionsApart(plan.sections, move);
}

/** A run of new cells that are there already, and at which position the first of them was. */
export interface KeptRun {
  readonly heldStart: number;
  readonly start: number;
  readonly end: number;
}

/** What is kept, in parts of which each comes from one place. */
export function keptRuns(patch: Patch): readonly KeptRun[] {
  const runs: KeptRun[] = [];
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of sectionsOf(patch)) {
    if (kind === "keep") runs.push({ heldStart: sourceOf(patch, heldIndex).position, start: position, end: position + length });
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return runs;
}

/** Runs of held cells that it deletes, so many tokens or more, by their positions; half-open. */
export function deletedRuns(patch: Patch, tokensMin: number): readonly { readonly start: number; readonly end: number }[] {
  const runs: { readonly start: number; readonly end: number }[] = [];
  let heldIndex = 0;
  for (const { kind, length } of sectionsOf(patch)) {
    const { position } = sourceOf(patch, heldIndex);
    if (kind === "delete" && tokensMin <= length) runs.push({ start: position, end: position + length });
    if (kind !== "encode") heldIndex += length;
  }
  return runs;
}
