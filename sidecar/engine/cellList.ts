// Owns the bookkeeping of one sequence: which cells it holds, by position. Both engines keep it, so that both refuse the same things.
// A cell can be in several sequences and has one position in all of them. Knows no values, no keys and no native memory.
import { at } from "../base/assert";
import { EngineError } from "./engine";

export interface ListedCell {
  position: number;
  /** Sequences that the cell is in. It is free when there are none. */
  owners: number;
}

export class CellList<Cell extends ListedCell> {
  /** Strictly rising in position. */
  private cells: Cell[] = [];

  get count(): number {
    return this.cells.length;
  }

  get first(): Cell | undefined {
    return this.cells[0];
  }

  get last(): Cell | undefined {
    return this.cells.at(-1);
  }

  within(start: number, end: number): readonly Cell[] {
    return this.cells.slice(this.indexAt(start), this.indexAt(end));
  }

  /** The cell's position comes after all others: the caller has asked `last`. */
  append(cell: Cell): void {
    this.cells.push(cell);
  }

  /** Takes cells out and returns them; their owners are the caller's to count. */
  remove(start: number, end: number): readonly Cell[] {
    const first = this.indexAt(start);
    return this.cells.splice(first, this.indexAt(end) - first);
  }

  /** @throws EngineError where another cell stands at one of the positions, or the cell is here already. */
  add(added: readonly Cell[]): void {
    this.cells = merged(this.cells, added, "copy");
  }

  /**
   * Moves the cells of a range and returns them.
   * llama_memory_seq_add would move a shared cell in every sequence, and let two cells stand at one position: no plan wants either.
   * @throws EngineError in both cases, and where a position would fall below 0; nothing has moved then.
   */
  shift(start: number, end: number, delta: number): readonly Cell[] {
    const first = this.indexAt(start);
    const last = this.indexAt(end);
    const moving = this.cells.slice(first, last);
    const lowest = moving[0];
    const highest = moving.at(-1);
    if (lowest === undefined || highest === undefined || delta === 0) return [];
    const shared = moving.find((cell) => cell.owners > 1);
    if (shared !== undefined) throw new EngineError(`shift: the cell at position ${shared.position} is in ${shared.owners} sequences`);
    if (lowest.position + delta < 0) throw new EngineError(`shift: position ${lowest.position} by ${delta} is below 0`);
    const before = this.cells[first - 1];
    const after = this.cells[last];
    for (const cell of moving) cell.position += delta;
    const inPlace = (before === undefined || before.position < lowest.position) && (after === undefined || highest.position < after.position);
    if (inPlace) return moving;
    try {
      this.cells = merged([...this.cells.slice(0, first), ...this.cells.slice(last)], moving, "shift");
    } catch (error) {
      for (const cell of moving) cell.position -= delta;
      throw error;
    }
    return moving;
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
function merged<Cell extends ListedCell>(left: readonly Cell[], right: readonly Cell[], action: string): Cell[] {
  const first = right[0];
  const last = left.at(-1);
  if (first === undefined || last === undefined || last.position < first.position) return left.concat(right);
  const all: Cell[] = [];
  let taken = 0;
  for (const cell of right) {
    for (let next = left[taken]; next !== undefined && next.position <= cell.position; next = left[taken]) {
      if (next.position === cell.position) throw new EngineError(`${action}: two cells at position ${cell.position}`);
      all.push(next);
      taken += 1;
    }
    all.push(cell);
  }
  return all.concat(left.slice(taken));
}

/** @throws EngineError where `start`..`end` is no range of positions. */
export function checkRange(start: number, end: number): void {
  if (!(0 <= start && start <= end)) throw new EngineError(`range ${start}..${end} is no range of positions`);
}
