// Owns one sequence of the fake engine: its cells in order of position and the fold of what a next token would attend to.
// A cell can be in several sequences; it has one position. Knows no capacity and no logits.
import { at } from "../../sidecar/base/assert";
import { EngineError } from "../../sidecar/engine/engine";
import { addHash, foldTerm, subtractHash } from "./hash";
import type { Hash } from "./hash";

export interface FakeCell {
  position: number;
  readonly token: number;
  readonly value: Hash;
  /** Sequences that the cell is in. */
  owners: number;
  /** How often the cell was moved. */
  shifts: number;
}

export class FakeSequence {
  /** Strictly rising in position. */
  private cells: FakeCell[] = [];
  /** Sum over the cells of the hash of value and position. */
  fold: Hash = { a: 0, b: 0 };

  span(): { readonly min: number; readonly max: number } | undefined {
    const first = this.cells[0];
    const last = this.cells.at(-1);
    return first === undefined || last === undefined ? undefined : { min: first.position, max: last.position };
  }

  within(start: number, end: number): readonly FakeCell[] {
    return this.cells.slice(this.indexAt(start), this.indexAt(end));
  }

  /** The caller has checked that the cell's position comes after all others. */
  append(cell: FakeCell): void {
    this.cells.push(cell);
    this.fold = addHash(this.fold, foldTerm(cell.value, cell.position));
  }

  remove(start: number, end: number): readonly FakeCell[] {
    const first = this.indexAt(start);
    const removed = this.cells.splice(first, this.indexAt(end) - first);
    for (const cell of removed) this.fold = subtractHash(this.fold, foldTerm(cell.value, cell.position));
    return removed;
  }

  add(added: readonly FakeCell[]): readonly FakeCell[] {
    this.cells = merged(this.cells, added, "copy");
    for (const cell of added) this.fold = addHash(this.fold, foldTerm(cell.value, cell.position));
    return added;
  }

  /** How many cells moved. */
  shift(start: number, end: number, delta: number): number {
    const first = this.indexAt(start);
    const last = this.indexAt(end);
    const moving = this.cells.slice(first, last);
    const shared = moving.find((cell) => cell.owners > 1);
    if (shared !== undefined) throw new EngineError(`shift: the cell at position ${shared.position} is in ${shared.owners} sequences`);
    const lowest = moving[0];
    if (lowest === undefined) return 0;
    if (lowest.position + delta < 0) throw new EngineError(`shift: position ${lowest.position} by ${delta} is below 0`);
    const staying = [...this.cells.slice(0, first), ...this.cells.slice(last)];
    const moved = moving.map((cell) => ({ ...cell, position: cell.position + delta }));
    merged(staying, moved, "shift");
    for (const cell of moving) {
      this.fold = subtractHash(this.fold, foldTerm(cell.value, cell.position));
      cell.position += delta;
      cell.shifts += 1;
      this.fold = addHash(this.fold, foldTerm(cell.value, cell.position));
    }
    this.cells = merged(staying, moving, "shift");
    return moving.length;
  }

  /** Index of the first cell at or after `position`. */
  private indexAt(position: number): number {
    let low = 0;
    let high = this.cells.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(this.cells, middle).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Both lists in one, by position. @throws EngineError where two cells stand at one position. */
function merged(left: readonly FakeCell[], right: readonly FakeCell[], action: string): FakeCell[] {
  const first = right[0];
  const last = left.at(-1);
  if (first === undefined || last === undefined || last.position < first.position) return [...left, ...right];
  const all = [...left, ...right].sort((x, y) => x.position - y.position);
  for (let index = 1; index < all.length; index += 1) {
    const { position } = at(all, index);
    if (at(all, index - 1).position === position) throw new EngineError(`${action}: two cells at position ${position}`);
  }
  return all;
}
