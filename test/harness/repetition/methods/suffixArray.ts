// Owns suffix array and longest common prefixes of a sequence of symbols, and the adjacent repeats that they show.
// (arXiv 2505.10402 §2.3: Rep = { R[Suf[i] .. Suf[i] + LCP[i]) | LCP[i] > 0 and Suf[i-1] = Suf[i] + LCP[i] })
import { at } from "../../../../sidecar/base/assert";

/** The starts of all suffixes in the order of what they spell; a suffix stands before what it begins. */
export function suffixArray(symbols: readonly number[]): readonly number[] {
  const starts = symbols.map((_, index) => index);
  let ranks: readonly number[] = symbols;
  for (let width = 1; ; width *= 2) {
    const second = (start: number): number => (start + width < ranks.length ? at(ranks, start + width) : -Infinity);
    const compare = (a: number, b: number): number => {
      const byFirst = at(ranks, a) - at(ranks, b);
      if (byFirst !== 0) return byFirst;
      return second(a) === second(b) ? 0 : second(a) < second(b) ? -1 : 1;
    };
    starts.sort(compare);
    const next = starts.map(() => 0);
    let rank = 0;
    starts.forEach((start, index) => {
      if (0 < index && compare(at(starts, index - 1), start) !== 0) rank += 1;
      next[start] = rank;
    });
    ranks = next;
    if (rank + 1 >= starts.length || width >= starts.length) return starts;
  }
}

/** For each place of the array, how much its suffix shares with the one before it; 0 for the first. (Kasai) */
export function commonPrefixes(symbols: readonly number[], suffixes: readonly number[]): readonly number[] {
  const placeOf = symbols.map(() => 0);
  suffixes.forEach((start, place) => {
    placeOf[start] = place;
  });
  const lengths = symbols.map(() => 0);
  let length = 0;
  for (let start = 0; start < symbols.length; start += 1) {
    const place = at(placeOf, start);
    if (place === 0) {
      length = 0;
      continue;
    }
    const before = at(suffixes, place - 1);
    while (start + length < symbols.length && before + length < symbols.length && symbols[start + length] === symbols[before + length]) length += 1;
    lengths[place] = length;
    length = Math.max(0, length - 1);
  }
  return lengths;
}

/** A block of `length` symbols from `start` on, directly followed by another copy of itself. */
export interface AdjacentRepeat {
  readonly start: number;
  readonly length: number;
}

export function adjacentRepeats(symbols: readonly number[]): readonly AdjacentRepeat[] {
  const suffixes = suffixArray(symbols);
  const lengths = commonPrefixes(symbols, suffixes);
  return suffixes.flatMap((start, place) => {
    const length = at(lengths, place);
    return place > 0 && length > 0 && suffixes[place - 1] === start + length ? [{ start, length }] : [];
  });
}
