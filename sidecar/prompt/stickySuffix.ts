// Owns the suffix that stays: an old one is kept while the new one begins alike, so that edits near the cursor don't make
// the engine read it again. Copilot's rule (currentFile.tsx): the same first token, and a Levenshtein distance under a
// tenth over the first fifty. Pure.
import { at } from "../base/assert";

const comparedTokens = 50;
const differingShareMax = 0.1;

/** `kept` where it still serves, else `fresh`. */
export function stickySuffix(kept: Int32Array | undefined, fresh: Int32Array): Int32Array {
  if (kept === undefined || kept[0] !== fresh[0]) return fresh;
  const left = kept.subarray(0, comparedTokens);
  const right = fresh.subarray(0, comparedTokens);
  return distance(left, right) < differingShareMax * Math.max(left.length, right.length) ? kept : fresh;
}

/** Insertions, deletions and replacements of tokens that turn `left` into `right` (Levenshtein). */
function distance(left: Int32Array, right: Int32Array): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 0; i < left.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < right.length; j += 1) {
      const replaced = at(row, j) + (left[i] === right[j] ? 0 : 1);
      next.push(Math.min(replaced, at(row, j + 1) + 1, at(next, j) + 1));
    }
    row = next;
  }
  return at(row, right.length);
}
