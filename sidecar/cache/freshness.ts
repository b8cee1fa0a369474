// Owns which cells are exact: computed with the very tokens that precede them, all of them exact themselves.
// A cell that is encoded behind exact ones remembers the tokens up to its own as one number, its origin. Where the same tokens
// stand before it again it is exact again, whatever was in between: an edit that is undone leaves nothing stale. Pure.
import { at } from "../base/assert";
import type { Ledger } from "./ledger";
import type { Plan } from "./plan";

/** The number of no tokens. */
export const noTokens = 1;
/** The origin of a cell that was encoded behind cells that weren't exact: the number of no tokens at all. */
export const noOrigin = 0;

/**
 * The number of the tokens that end with `token`, where `before` is that of those before it: a hash of 53 bits, so that of a
 * billion cells that are held against one another the chance is one in nine million that one is taken for what it isn't.
 */
export function numberBehind(before: number, token: number): number {
  const high = Math.floor(before / lowFactor) | 0;
  const low = before % lowFactor | 0;
  const newHigh = mixed(high ^ Math.imul(token + 1, 0x9e3779b1) ^ low);
  const newLow = mixed(Math.imul(low ^ token, 0x85ebca6b) + high) >>> 11;
  return (newHigh >>> 0) * lowFactor + newLow || noTokens;
}

const lowFactor = 2 ** 21;

/** Each bit of the result depends on each of `word` (Mueller's "lowbias32", by Chris Wellons' search for such mixers). */
function mixed(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  const second = Math.imul(first ^ (first >>> 15), 0x846ca68b);
  return second ^ (second >>> 16);
}

/** What a plan makes of the cells. */
export interface Outlook {
  /** Cells before this index will be exact. */
  readonly exactEnd: number;
  /** For each new cell 1 where it is kept though what stands before it isn't what stood there when it was read. */
  readonly isAged: Uint8Array;
  readonly cellsAged: number;
}

/**
 * How fresh the cells of `held` are once `plan` has made `target` of them. What was encoded on stale cells isn't aged until
 * something before it changes once more.
 */
export function outlookAfter(plan: Plan, held: Pick<Ledger, "edits" | "exactEnd" | "origins">, target: Int32Array): Outlook {
  const isAged = new Uint8Array(target.length);
  let cellsAged = 0;
  let exactEnd = 0;
  let number = noTokens;
  let changed = false;
  let heldIndex = 0;
  let position = 0;
  for (const { kind, length } of plan.sections) {
    if (kind === "keep") {
      for (let i = 0; i < length; i += 1) {
        const origin = at(held.origins, heldIndex + i);
        // Up to the first change the exact cells' origins are what stands there.
        number = !changed && heldIndex + i < held.exactEnd ? origin : numberBehind(number, at(target, position + i));
        if (origin === number) exactEnd += exactEnd === position + i ? 1 : 0;
        else if (changed || 0 < at(held.edits, heldIndex + i)) {
          isAged[position + i] = 1;
          cellsAged += 1;
        }
      }
    } else {
      changed = true;
      if (kind !== "delete") {
        for (let i = 0; i < length; i += 1) number = numberBehind(number, at(target, position + i));
        if (exactEnd === position) exactEnd += length;
      }
    }
    if (kind !== "encode") heldIndex += length;
    if (kind !== "delete") position += length;
  }
  return { exactEnd, isAged, cellsAged };
}
