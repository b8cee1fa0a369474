// Owns what has changed places: a run of cells that no alignment can keep, since it stands before other kept cells now and
// stood behind them, or the other way round. Finds the longest and plans with it. Pure: touches no engine.
// An alignment keeps one order (Myers 1986); a block that was cut and put in elsewhere, or the lines that a jump of the cursor
// brings back from the prompt's middle to their place, are read anew under it though their cells are there.
import { at } from "../base/assert";
import { LedgerBuilder, type Ledger } from "./ledger";
import { costTokens, plan, planTotals, type Plan, type PlanRules, type PlanTotals } from "./plan";

/** Cells `start..start+length` are to stand before the one that is at `to`; `to` lies outside of them. */
export interface Move {
  readonly start: number;
  readonly length: number;
  readonly to: number;
}

/** A plan, and what is moved before it is applied. */
export interface Patch {
  readonly move: Move | undefined;
  /** What the plan was made from: the held cells, moved. */
  readonly ledger: Ledger;
  readonly plan: Plan;
}

/** A shorter run is read again: its cells were computed with other text before them, and the call costs as much. */
const moveTokensMin = 16;

/** The plan that `rules` give, and under `moves` one with a run that has changed places where that is cheaper. */
export function planPatch(held: Ledger, target: Int32Array, rules: PlanRules): Patch {
  const inOrder: Patch = { move: undefined, ledger: held, plan: plan(held, target, rules) };
  const move = rules.keep === "moves" ? findMove(inOrder.plan, held.tokens, target, rules.middle?.from ?? target.length - 1) : undefined;
  if (move === undefined) return inOrder;
  const ledger = movedLedger(held, move);
  if (ledger.shifts.some((count) => rules.shiftsMax < count)) return inOrder;
  const moved = { move, ledger, plan: plan(ledger, target, rules) };
  return patchCostTokens(moved, rules) < patchCostTokens(inOrder, rules) ? moved : inOrder;
}

/** What a patch costs, in tokens of prefill. */
export function patchCostTokens(patch: Patch, rules: Pick<PlanRules, "shiftCostTokens" | "callCostTokens">): number {
  return costTokens(patchTotals(patch), rules);
}

/** As `planTotals`, a kept cell's place before being the one before the move. */
export function patchTotals({ move, plan: made }: Patch): PlanTotals {
  const totals = planTotals(made);
  if (move === undefined) return totals;
  let cellsKept = 0;
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of made.sections) {
    if (kind === "keep") for (let i = 0; i < length; i += 1) if (placeBefore(move, heldIndex + i) === position + i) cellsKept += 1;
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return { ...totals, cellsKept, cellsShifted: totals.cellsKept + totals.cellsShifted - cellsKept };
}

/** Where the cell that is at `index` after `move` was before it. */
function placeBefore({ start, length, to }: Move, index: number): number {
  const first = start < to ? to - length : to;
  if (first <= index && index < first + length) return start + index - first;
  if (start < to) return start <= index && index < first ? index + length : index;
  return first + length <= index && index < start + length ? index - length : index;
}

/** The cells that change places are `first..middle` and `middle..end`: each block comes to stand where the other was. */
export function blocksOf({ start, length, to }: Move): { readonly first: number; readonly middle: number; readonly end: number } {
  return start < to ? { first: start, middle: start + length, end: to } : { first: to, middle: start, end: start + length };
}

/** `ledger` after `move`: rows change places, are rotated once more, and all from there on are older by an edit. */
export function movedLedger(ledger: Ledger, move: Move): Ledger {
  const { first, middle, end } = blocksOf(move);
  const count = ledger.tokens.length;
  const builder = new LedgerBuilder(count);
  builder.keep(ledger, 0, first, false, 0);
  builder.keep(ledger, middle, end - middle, true, 1);
  builder.keep(ledger, first, middle - first, true, 1);
  builder.keep(ledger, end, count - end, true, 0);
  return builder.finish(Math.min(ledger.exactEnd, first));
}

/** Tokens of a window that is looked up; a run is found where one lies within it. */
const windowTokens = 8;

/** The longest run that `base` deletes in one place and encodes in another, before `targetEnd`. */
function findMove(base: Plan, held: Int32Array, target: Int32Array, targetEnd: number): Move | undefined {
  const { deleted, encoded } = gapsOf(base);
  const windows = new Map<number, Gap & { readonly at: number }>();
  for (const gap of deleted) {
    for (let start = gap.start; start + windowTokens <= gap.end; start += 1) {
      const key = windowKey(held, start);
      if (!windows.has(key)) windows.set(key, { ...gap, at: start });
    }
  }
  let best: Move | undefined;
  if (windows.size === 0) return undefined;
  for (const gap of encoded) {
    const end = Math.min(gap.end, targetEnd);
    for (let start = gap.start; start + windowTokens <= end; start += 1) {
      const found = windows.get(windowKey(target, start));
      // What is deleted and encoded between the same kept runs is in order.
      if (found === undefined || found.heldBefore === gap.heldBefore) continue;
      let before = 0;
      while (found.start < found.at - before && gap.start < start - before && held[found.at - before - 1] === target[start - before - 1]) before += 1;
      let behind = 0;
      while (found.at + behind < found.end && start + behind < end && held[found.at + behind] === target[start + behind]) behind += 1;
      // Two windows may share a key without being equal.
      if (behind < windowTokens) continue;
      if (moveTokensMin <= before + behind && (best?.length ?? 0) < before + behind) {
        best = { start: found.at - before, length: before + behind, to: gap.heldBefore };
      }
      start += behind - 1;
    }
  }
  return best;
}

/** What a plan deletes (held indices) or encodes (target indices) between two kept runs. */
interface Gap {
  readonly start: number;
  readonly end: number;
  /** Held cells before the gap. */
  readonly heldBefore: number;
}

function gapsOf(base: Plan): { readonly deleted: readonly Gap[]; readonly encoded: readonly Gap[] } {
  const deleted: Gap[] = [];
  const encoded: Gap[] = [];
  let heldIndex = 0;
  let position = 0;
  let heldBefore = 0;
  for (const { kind, length } of base.sections) {
    if (kind === "delete") deleted.push({ start: heldIndex, end: heldIndex + length, heldBefore });
    if (kind === "encode") encoded.push({ start: position, end: position + length, heldBefore });
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
    if (kind === "keep") heldBefore = heldIndex;
  }
  return { deleted, encoded };
}

function windowKey(tokens: Int32Array, start: number): number {
  let key = 0;
  for (let index = start; index < start + windowTokens; index += 1) key = (Math.imul(key, 31) + at(tokens, index)) | 0;
  return key;
}
