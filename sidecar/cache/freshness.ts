// Owns which cells are exact: computed with the very tokens that precede them, all of them exact themselves.
// A cell that is encoded behind exact ones remembers the tokens up to its own as one number, its origin. Where the same tokens
// stand before it again it is exact again, whatever was in between: an edit that is undone leaves nothing stale. Pure.
import { at } from "../base/assert";
import type { Ledger } from "./ledger";
import type { Plan } from "./plan";

/** The origins of cells, two words each; two zeros for a cell that was encoded behind cells that weren't exact. */
export interface Origins {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

export function newOrigins(count: number): Origins {
  return { high: new Int32Array(count), low: new Int32Array(count) };
}

/**
 * All tokens up to one, as one number: a hash of 64 bits, so that of a billion comparisons the chance is one in ten
 * billions that a cell is taken for what it isn't. Kept in two words, since a cache has ten thousands of cells.
 */
export class PrefixNumber {
  private high = 0x2545f491;
  private low = 0x4f6cdd1d;

  add(token: number): void {
    // Multiplied by odd numbers and folded, so that every bit of a word depends on all tokens before.
    const high = Math.imul(this.high ^ token, 0x9e3779b1);
    const low = Math.imul((this.low + token) ^ high, 0x85ebca6b);
    this.high = high ^ (high >>> 15);
    this.low = low ^ (low >>> 13) || 1;
  }

  /** Whether the cell was encoded behind these very tokens, its own included, all of them exact. */
  isOrigin(origins: Origins, index: number): boolean {
    return origins.low[index] === this.low && origins.high[index] === this.high;
  }

  putOrigin(origins: Origins, index: number): void {
    origins.high[index] = this.high;
    origins.low[index] = this.low;
  }

  /** Goes on from what an exact cell remembers. */
  takeOrigin(origins: Origins, index: number): void {
    this.high = at(origins.high, index);
    this.low = at(origins.low, index);
  }
}

/** What a plan makes of the cells. */
export interface Outlook {
  /** Cells before this index will be exact. */
  readonly exactEnd: number;
  /** For each new cell 1 where it is kept though what stands before it isn't what stood there when it was read. */
  readonly isAged: Uint8Array;
  /** Those of them that stand behind a change of the plan, or of the order before it. */
  readonly cellsAgedByIt: number;
}

/**
 * How fresh the cells of `held` are once `plan` has made `target` of them, where those from `movedFrom` on have changed their
 * order before it. What was encoded on stale cells isn't aged until something before it changes once more.
 */
export function outlookAfter(
  plan: Plan, held: Pick<Ledger, "edits" | "exactEnd" | "origins">, target: Int32Array, movedFrom = Infinity,
): Outlook {
  const isAged = new Uint8Array(target.length);
  let cellsAgedByIt = 0;
  let exactEnd = 0;
  const number = new PrefixNumber();
  let changed = false;
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of plan.sections) {
    if (kind === "keep") {
      // What is exact stays so up to the first change, and its origin is the number of what stands there.
      const sameCount = changed ? 0 : Math.max(0, Math.min(length, held.exactEnd - heldIndex));
      if (0 < sameCount) number.takeOrigin(held.origins, heldIndex + sameCount - 1);
      exactEnd += sameCount;
      for (let i = sameCount; i < length; i += 1) {
        number.add(at(target, position + i));
        if (number.isOrigin(held.origins, heldIndex + i)) exactEnd += exactEnd === position + i ? 1 : 0;
        else if (changed || 0 < at(held.edits, heldIndex + i)) {
          isAged[position + i] = 1;
          if (changed || movedFrom <= heldIndex + i) cellsAgedByIt += 1;
        }
      }
    } else {
      changed = true;
      if (kind !== "delete") {
        for (let i = 0; i < length; i += 1) number.add(at(target, position + i));
        if (exactEnd === position) exactEnd += length;
      }
    }
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return { exactEnd, isAged, cellsAgedByIt };
}
