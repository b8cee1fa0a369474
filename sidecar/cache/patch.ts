// Owns what brings held cells to other tokens: a plan, and what changes places before it. Chooses the cheapest. Pure.
import { findMove, placeBefore, planMoved, sectionsApart, type Move } from "./move";
import { candidatePlans, cheapestOf, costTokens, joined, planTotals, withoutEmpty } from "./plan";
import type { HeldCells, Plan, PlanCosts, PlanRules, PlanTotals } from "./plan";

/** Where there is a move, the plan is for cells in the order that they have after it. */
export interface Patch {
  readonly move: Move | undefined;
  readonly plan: Plan;
}

/** The cheapest of the plans that `rules` allow, and under `moves` of one with a run that has changed places. */
export function planPatch(held: HeldCells, target: Int32Array, rules: PlanRules): Patch {
  const plans = candidatePlans(held, target, rules);
  const inOrder: Patch = { move: undefined, plan: cheapestOf(plans, rules) };
  const most = plans.at(-1);
  if (rules.keep !== "moves" || most === undefined) return inOrder;
  const found = findMove(most, held.tokens, target, rules.middle?.from ?? target.length - 1);
  if (found === undefined) return inOrder;
  const { move, heldStart, targetStart, length } = found;
  // Other cells stand before and after where they would without the move, and the plan has looked at their rotations.
  const isWorn = heldStart !== targetStart && held.shifts.subarray(heldStart, heldStart + length).some((count) => rules.shiftsMax <= count);
  if (isWorn) return inOrder;
  const moved: Patch = { move, plan: { sections: joined(withoutEmpty(planMoved(most, found))) } };
  return patchCostTokens(moved, rules) < patchCostTokens(inOrder, rules) ? moved : inOrder;
}

/** What a patch costs, in tokens of prefill. */
export function patchCostTokens(patch: Patch, rules: PlanCosts): number {
  return costTokens(patchTotals(patch), rules);
}

/** As `planTotals`; a kept cell moves where its place after all differs from that before all. */
export function patchTotals({ move, plan }: Patch): PlanTotals {
  const totals = planTotals(plan);
  if (move === undefined) return totals;
  const cellsKept = keptRuns({ move, plan }).reduce((sum, { heldStart, start, end }) => sum + (heldStart === start ? end - start : 0), 0);
  return { ...totals, cellsKept, cellsShifted: totals.cellsKept + totals.cellsShifted - cellsKept };
}

/** A run of new cells that are there already, and where the first of them was. */
export interface KeptRun {
  readonly heldStart: number;
  readonly start: number;
  readonly end: number;
}

/** What is kept, in parts of which each comes from one place. */
export function keptRuns({ move, plan }: Patch): readonly KeptRun[] {
  const runs: KeptRun[] = [];
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of move === undefined ? plan.sections : sectionsApart(plan.sections, move)) {
    if (kind === "keep") runs.push({ heldStart: move === undefined ? heldIndex : placeBefore(move, heldIndex), start: position, end: position + length });
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return runs;
}
