// Owns how many tokens a part of a text takes, counted no further than asked and without reading a leaf that is far too
// long. Pure. Knows no budget.
import { at } from "../base/assert";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { TokenRope } from "./rope";

/** A leaf of more units than this for each token that would do is not tokenised: it has more tokens than that. */
const unitsPerTokenMax = 4;

/** Tokens that `range` takes, counted no further than just above `enough`. A leaf is never read beyond what that needs. */
export function tokensWithin(rope: TokenRope, range: Range<Utf16Offset>, enough: number): number {
  let tokens = 0;
  if (range.end <= range.start) return 0;
  for (let index = rope.leafAt(range.start); index < rope.leaves.length && rope.startOf(index) < range.end; index += 1) {
    const start = utf16(Math.max(range.start, rope.startOf(index)));
    const end = utf16(Math.min(range.end, rope.startOf(index + 1)));
    const isHuge = enough * unitsPerTokenMax < end - start;
    if (isHuge) return enough + 1;
    const leaf = at(rope.leaves, index);
    tokens += end - start === leaf.text.length ? leaf.tokens.length : rope.tokensOf({ start, end }).length;
    if (enough < tokens) return tokens;
  }
  return tokens;
}
