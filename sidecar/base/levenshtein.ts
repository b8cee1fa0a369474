// Owns the edit distance of two lists, of characters or of tokens. Knows nothing of what they mean.
import { at } from "./assert";

/** Insertions, deletions and replacements of single elements that turn `left` into `right`; UTF-16 units of strings. */
export function levenshtein<Element>(left: ArrayLike<Element>, right: ArrayLike<Element>): number {
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
