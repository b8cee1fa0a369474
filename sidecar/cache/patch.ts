// Owns what brings held cells to other tokens: a plan, and before it what changes places or comes back from the shelf. Chooses
// the cheapest. Pure.
import { at } from "../base/assert";
import { PrefixNumber } from "./freshness";
import { rowsOf, type Ledger } from "./ledger";
import { encodedSpans, findMove, moveFromEnd, placeBefore, planMoved, rearranged, sectionsApart, type FoundMove, type Move } from "./move";
import { candidatePlans, cheapestOf, costTokens, joined, planTotals, withoutEmpty } from "./plan";
import type { HeldCells, Plan, PlanCosts, PlanRules, PlanTotals, Section } from "./plan";
import { longestSharedRun, type SharedRun } from "./sharedRun";
import type { ShelvedRun, Taken } from "./shelf";

/** What is taken from the shelf stands behind all other cells; then there may be a move, and the plan is for cells in the order after it. */
export interface Patch {
  readonly taken?: Taken | undefined;
  readonly move: Move | undefined;
  readonly plan: Plan;
}

/**
 * The cheapest of the plans that `rules` allow, and under `moves` of one with a run that has changed places or is one of
 * `shelved`, of which the first are likeliest to come back.
 */
export function planPatch(held: HeldCells, target: Int32Array, rules: PlanRules, shelved: readonly ShelvedRun[] = []): Patch {
  const plans = candidatePlans(held, target, rules);
  const inOrder: Patch = { move: undefined, plan: cheapestOf(plans, rules) };
  const most = plans.at(-1);
  if (rules.keep !== "moves" || most === undefined) return inOrder;
  const others = [returned(held, target, rules, most, shelved), moved(held, target, rules, most)];
  let best = inOrder;
  for (const patch of others) if (patch !== undefined && patchCostTokens(patch, rules) < patchCostTokens(best, rules)) best = patch;
  return best;
}

/** With the longest run that has changed places. Nothing does into the prompt's middle, which leans on all that stands before it. */
function moved(held: HeldCells, target: Int32Array, rules: PlanRules, most: Plan): Patch | undefined {
  const found = findMove(most, held.tokens, target, middleFrom(target, rules));
  if (found === undefined) return undefined;
  const { heldStart, targetStart, length } = found;
  // Other cells stand before and after where they would without the move, and the plan has looked at their rotations.
  if (heldStart !== targetStart && isWorn(held, heldStart, length, rules)) return undefined;
  return { move: found.move, plan: movedPlan(most, found) };
}

/** With the longest run that comes back from the shelf, into the prompt's middle only where it is exact there. */
function returned(held: HeldCells, target: Int32Array, rules: PlanRules, most: Plan, shelved: readonly ShelvedRun[]): Patch | undefined {
  if (shelved.length === 0) return undefined;
  const outside = encodedSpans(most, middleFrom(target, rules));
  const anywhere = encodedSpans(most, target.length - 1);
  let best: { readonly run: ShelvedRun; readonly shared: SharedRun } | undefined;
  for (const run of shelved) {
    const { tokens } = run.rows;
    const whole = [{ start: 0, end: tokens.length }];
    const found = longestSharedRun(tokens, whole, target, anywhere, () => true);
    const mayStand = found !== undefined && (found.toStart + found.length <= middleFrom(target, rules) || isExactThere(run.rows, found, target));
    const shared = mayStand ? found : longestSharedRun(tokens, whole, target, outside, () => true);
    if (shared === undefined || shared.length <= (best?.shared.length ?? 0)) continue;
    const isRotated = run.position + shared.fromStart !== shared.toStart;
    if (!isRotated || !isWorn(run.rows, shared.fromStart, shared.length, rules)) best = { run, shared };
  }
  if (best === undefined) return undefined;
  const { run, shared: { fromStart, toStart, length } } = best;
  const found = moveFromEnd(most, held.tokens.length, toStart, length);
  return { taken: { run, start: fromStart, count: length }, move: found.move, plan: movedPlan(most, found) };
}

function movedPlan(most: Plan, found: FoundMove): Plan {
  return { sections: joined(withoutEmpty(planMoved(most, found))) };
}

function middleFrom(target: Int32Array, { middle }: PlanRules): number {
  return middle?.from ?? target.length - 1;
}

function isWorn({ shifts }: Pick<Ledger, "shifts">, start: number, count: number, { shiftsMax }: PlanRules): boolean {
  return shifts.subarray(start, start + count).some((rotations) => shiftsMax <= rotations);
}

/** Whether the run's cells were read behind the very tokens that stand before them in `target`. */
function isExactThere({ origins }: Ledger, { fromStart, toStart, length }: SharedRun, target: Int32Array): boolean {
  const number = new PrefixNumber();
  for (let index = 0; index < toStart; index += 1) number.add(at(target, index));
  for (let index = 0; index < length; index += 1) {
    number.add(at(target, toStart + index));
    if (!number.isOrigin(origins, fromStart + index)) return false;
  }
  return true;
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
