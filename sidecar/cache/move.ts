// Owns the change of places: a run of cells that stands before other kept cells now and stood behind them, or the other way
// round. Finds the longest in what an alignment deletes and encodes, and says where each cell comes from. What waits on the
// shelf is looked through too: it counts as if it stood behind all others. Pure.
// An alignment keeps one order (Myers 1986): a block that was put elsewhere, or the lines that a jump of the cursor brings
// back from the prompt's middle to their place, would be read again under it though their cells are there.
import { at } from "../base/assert";
import { rowsOf, type Ledger } from "./ledger";
import type { Plan, Section } from "./plan";

/** Held cells start..border and border..end change places. */
export interface Move {
  readonly start: number;
  readonly border: number;
  readonly end: number;
}

/** A move, and the tokens that the moved run is kept for. */
export interface FoundMove {
  readonly move: Move;
  readonly heldStart: number;
  readonly targetStart: number;
  readonly length: number;
}

/** Fewer tokens are read again: their cells were computed with other text before them, and little is saved. */
export const moveTokensMin = 16;
/** Tokens of a window that is looked up; a run is found where one lies within it. */
const windowTokens = 8;

/**
 * The longest run that `base` deletes in one place and encodes in another, before `targetEnd`; `held` may have more tokens than
 * `base` knows: each of `shelved` is a run of them that is nowhere yet.
 */
export function findMove(
  base: Plan, held: Int32Array, target: Int32Array, targetEnd: number, shelved: readonly { readonly start: number; readonly end: number }[] = [],
): FoundMove | undefined {
  const gaps = gapsOf(base);
  const waiting = shelved.map(({ start, end }): Gap => ({ heldStart: start, heldEnd: end, targetStart: target.length, targetEnd: target.length }));
  const deleted = [...gaps, ...waiting].filter(({ heldStart, heldEnd }) => moveTokensMin <= heldEnd - heldStart);
  const encoded = gaps.filter(({ targetStart, targetEnd: end }) => moveTokensMin <= end - targetStart);
  // What one gap deletes and encodes is in order.
  if (!deleted.some((from) => encoded.some((to) => from !== to))) return undefined;
  const windows = new Map<number, number>();
  for (const gap of deleted) forEachWindow(held, gap.heldStart, gap.heldEnd, (key, start) => void (windows.has(key) || windows.set(key, start)));
  let best: FoundMove | undefined;
  for (const gap of encoded) {
    let searchedTo = gap.targetStart;
    const end = Math.min(gap.targetEnd, targetEnd);
    forEachWindow(target, gap.targetStart, end, (key, targetStart) => {
      const heldStart = targetStart < searchedTo ? undefined : windows.get(key);
      const from = heldStart === undefined ? undefined : deleted.find((other) => other.heldStart <= heldStart && heldStart < other.heldEnd);
      if (heldStart === undefined || from === undefined || from === gap) return;
      let before = 0;
      const beforeMax = Math.min(heldStart - from.heldStart, targetStart - gap.targetStart);
      while (before < beforeMax && held[heldStart - before - 1] === target[targetStart - before - 1]) before += 1;
      let behind = 0;
      const behindMax = Math.min(from.heldEnd - heldStart, end - targetStart);
      while (behind < behindMax && held[heldStart + behind] === target[targetStart + behind]) behind += 1;
      searchedTo = targetStart + behind;
      // Two windows may share a key without being equal.
      const length = before + behind;
      if (behind < windowTokens || length < Math.max(moveTokensMin, (best?.length ?? 0) + 1)) return;
      const start = heldStart - before;
      // It comes to stand behind what its new gap deletes.
      const move = gap.heldEnd <= start ? { start: gap.heldEnd, border: start, end: start + length } : { start, border: start + length, end: gap.heldEnd };
      best = { move, heldStart: start, targetStart: targetStart - before, length };
    });
  }
  return best;
}

/** `base`, made from cells in their old order, for cells in the order that they have after the move. */
export function planMoved(base: Plan, { heldStart, targetStart, length }: FoundMove): readonly Section[] {
  let heldIndex = 0;
  let position = 0;
  return base.sections.flatMap((section): readonly Section[] => {
    const { kind } = section;
    const heldBefore = heldIndex;
    const positionBefore = position;
    if (kind !== "encode") heldIndex += section.length;
    if (kind !== "delete") position += section.length;
    if (kind === "delete" && heldBefore <= heldStart && heldStart < heldIndex) return [{ kind, length: section.length - length }];
    if (kind !== "encode" || targetStart < positionBefore || position <= targetStart) return [section];
    const lead = targetStart - positionBefore;
    return [{ kind, length: lead }, { kind: "keep", length }, { kind, length: section.length - lead - length }];
  });
}

/** Where the cell that is at `index` after `move` was before it. */
export function placeBefore({ start, border, end }: Move, index: number): number {
  if (index < start || end <= index) return index;
  return index < start + end - border ? index - start + border : index - (end - border);
}

/** `sections` of cells after `move`, cut so that no part of them comes from two places. */
export function sectionsApart(sections: readonly Section[], { start, border, end }: Move): readonly Section[] {
  const borders = [start, start + end - border, end];
  let heldIndex = 0;
  return sections.flatMap(({ kind, length }): readonly Section[] => {
    if (kind === "encode") return [{ kind, length }];
    const from = heldIndex;
    heldIndex += length;
    const stops = [from, ...borders.filter((stop) => from < stop && stop < heldIndex), heldIndex];
    return stops.slice(1).map((stop, index) => ({ kind, length: stop - at(stops, index) }));
  });
}

/** The rows of `ledger` as they stand after `move`, before anything is rotated or read for it. */
export function rearranged(ledger: Ledger, move: Move | undefined): Ledger {
  if (move === undefined) return ledger;
  const { start, border, end } = move;
  const aged = true;
  return rowsOf([
    { ledger, start: 0, end: start, aged: false },
    { ledger, start: border, end, aged },
    { ledger, start, end: border, aged },
    { ledger, start: end, end: ledger.tokens.length, aged },
  ], Math.min(ledger.exactEnd, start));
}

/** What a plan deletes and encodes between two kept runs. */
interface Gap {
  readonly heldStart: number;
  readonly heldEnd: number;
  readonly targetStart: number;
  readonly targetEnd: number;
}

function gapsOf(base: Plan): readonly Gap[] {
  const gaps: Gap[] = [];
  let gap: Gap = { heldStart: 0, heldEnd: 0, targetStart: 0, targetEnd: 0 };
  const endGap = (keptLength: number): void => {
    gaps.push(gap);
    const held = gap.heldEnd + keptLength;
    const target = gap.targetEnd + keptLength;
    gap = { heldStart: held, heldEnd: held, targetStart: target, targetEnd: target };
  };
  for (const { kind, length } of base.sections) {
    if (kind === "delete") gap = { ...gap, heldEnd: gap.heldEnd + length };
    else if (kind === "encode") gap = { ...gap, targetEnd: gap.targetEnd + length };
    else endGap(length);
  }
  endGap(0);
  return gaps;
}

/** Each window within start..end with a key that equal windows share, from left to right. */
function forEachWindow(tokens: Int32Array, start: number, end: number, look: (key: number, start: number) => void): void {
  let key = 0;
  for (let index = start; index < end; index += 1) {
    if (start + windowTokens <= index) key = (key - Math.imul(at(tokens, index - windowTokens), leadingFactor)) | 0;
    key = (Math.imul(key, windowFactor) + at(tokens, index)) | 0;
    if (start + windowTokens <= index + 1) look(key, index + 1 - windowTokens);
  }
}

const windowFactor = 31;
const leadingFactor = Array.from({ length: windowTokens - 1 }).reduce<number>((power) => Math.imul(power, windowFactor), 1);
