// Owns how a range grows over a text from a boundary outwards while its tokens fit: by whole leaves, and by lines where a
// leaf has several and doesn't fit. Pure. Knows no structure and no cursor.
import { utf16, type Utf16Offset } from "../text/frames";
import type { Lines } from "../text/lines";
import type { TokenRope } from "../tokens/rope";
import { tokensWithin } from "../tokens/tokenCount";

/** The first offset from which the text up to `from` has at most `tokensMax` tokens. Without `lines`, leaves stay whole. */
export function grownUp(rope: TokenRope, lines: Lines | undefined, from: Utf16Offset, tokensMax: number): Utf16Offset {
  let start = from;
  let left = tokensMax;
  while (0 < start) {
    const leafStart = rope.startOf(rope.leafAt(utf16(start - 1)));
    const tokens = tokensWithin(rope, { start: leafStart, end: start }, left);
    if (left < tokens) break;
    left -= tokens;
    start = leafStart;
  }
  while (lines !== undefined && 0 < start) {
    const lineStart = lines.startOf(lines.lineAt(utf16(start - 1))) ?? start;
    const tokens = tokensWithin(rope, { start: lineStart, end: start }, left);
    if (left < tokens) break;
    left -= tokens;
    start = lineStart;
  }
  return start;
}

/** The last offset up to which the text from `from` on has at most `tokensMax` tokens. */
export function grownDown(rope: TokenRope, lines: Lines | undefined, from: Utf16Offset, tokensMax: number): Utf16Offset {
  let end = from;
  let left = tokensMax;
  while (end < rope.lengthUtf16) {
    const leafEnd = rope.startOf(rope.leafAt(end) + 1);
    const tokens = tokensWithin(rope, { start: end, end: leafEnd }, left);
    if (left < tokens) break;
    left -= tokens;
    end = leafEnd;
  }
  while (lines !== undefined && end < rope.lengthUtf16) {
    const lineEnd = lines.startOf(lines.lineAt(end) + 1) ?? utf16(rope.lengthUtf16);
    const tokens = tokensWithin(rope, { start: end, end: lineEnd }, left);
    if (left < tokens) break;
    left -= tokens;
    end = lineEnd;
  }
  return end;
}
