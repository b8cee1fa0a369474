// Owns the change of places: a run of cells that stands before other kept cells now and stood behind them, or the other way
// round. Finds the longest in what an alignment deletes and encodes, and says where each cell comes from. What comes back from
// the shelf counts as if it stood behind all others. Pure.
// An alignment keeps one order (Myers 1986): a block that was put elsewhere, or the lines that a jump of the cursor brings
// back from the prompt's middle to their place, would be read again under it though their cells are there.
import { assert, at } from "../base/assert";
import { rowsOf, type Ledger } from "./ledger";
import type { Plan, Section } from "./plan";
import { longestSharedRun, type Span } from "./sharedRun";

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

/** The longest run that `base` deletes in one place and encodes in another, before `targetEnd`. */
export function findMove(base: Plan, held: Int32Array, target: Int32Array, targetEnd: number): FoundMove | undefined {
  const gaps = gapsOf(base);
  const deleted = gaps.map(({ heldStart, heldEnd }) => ({ start: heldStart, end: heldEnd }));
  const encoded = encodedSpans(base, targetEnd);
  // What one gap deletes and encodes is in order.
  const found = longestSharedRun(held, deleted, target, encoded, (from, to) => deleted.indexOf(from) !== encoded.indexOf(to));
  const gap = found === undefined ? undefined : gaps[encoded.indexOf(found.to)];
  if (found === undefined || gap === undefined) return undefined;
  const { fromStart: heldStart, toStart: targetStart, length } = found;
  // It comes to stand behind what its new gap deletes.
  const heldEnd = heldStart + length;
  const move = gap.heldEnd <= heldStart ? { start: gap.heldEnd, border: heldStart, end: heldEnd } : { start: heldStart, border: heldEnd, end: gap.heldEnd };
  return { move, heldStart, targetStart, length };
}

/** What `base` encodes, a span for each of its gaps, as far as it stands before `targetEnd`. */
export function encodedSpans(base: Plan, targetEnd: number): readonly Span[] {
  return gapsOf(base).map(({ targetStart, targetEnd: end }) => ({ start: targetStart, end: Math.max(targetStart, Math.min(end, targetEnd)) }));
}

/** A run that stands behind all `heldCount` cells and belongs where `base` encodes the tokens from `targetStart` on. */
export function moveFromEnd(base: Plan, heldCount: number, targetStart: number, length: number): FoundMove {
  const gap = gapsOf(base).find((each) => each.targetStart <= targetStart && targetStart < each.targetEnd);
  assert(gap !== undefined, `nothing is encoded at ${targetStart}`);
  return { move: { start: gap.heldEnd, border: heldCount, end: heldCount + length }, heldStart: heldCount, targetStart, length };
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
