// Owns one sequence of the fake engine: its cells and the fold of what a next token would attend to.
// Knows no capacity and no logits; which cells can move where is the cell list's to say.
import { CellList } from "../../sidecar/engine/cellList";
import type { ListedCell } from "../../sidecar/engine/cellList";
import { addHash, foldTerm, subtractHash } from "./hash";
import type { Hash } from "./hash";

export interface FakeCell extends ListedCell {
  readonly token: number;
  readonly value: Hash;
  /** How often the cell was moved. */
  shifts: number;
}

export class FakeSequence {
  private readonly list = new CellList<FakeCell>();
  /** Sum over the cells of the hash of value and position. */
  fold: Hash = { a: 0, b: 0 };

  get count(): number {
    return this.list.count;
  }

  get first(): FakeCell | undefined {
    return this.list.first;
  }

  get last(): FakeCell | undefined {
    return this.list.last;
  }

  within(start: number, end: number): readonly FakeCell[] {
    return this.list.within(start, end);
  }

  append(cell: FakeCell): void {
    this.list.append(cell);
    this.include(cell);
  }

  remove(start: number, end: number): readonly FakeCell[] {
    const removed = this.list.remove(start, end);
    for (const cell of removed) this.exclude(cell, cell.position);
    return removed;
  }

  add(added: readonly FakeCell[]): void {
    this.list.add(added);
    for (const cell of added) this.include(cell);
  }

  /** How many cells moved. */
  shift(start: number, end: number, delta: number): number {
    const moved = this.list.shift(start, end, delta);
    for (const cell of moved) {
      this.exclude(cell, cell.position - delta);
      this.include(cell);
      cell.shifts += 1;
    }
    return moved.length;
  }

  private include(cell: FakeCell): void {
    this.fold = addHash(this.fold, foldTerm(cell.value, cell.position));
  }

  private exclude(cell: FakeCell, position: number): void {
    this.fold = subtractHash(this.fold, foldTerm(cell.value, position));
  }
}
