// Owns the landmarks of a window: lines from above it that say where it stands. The headers of the classes and functions
// that it begins in, and the head of the file. Pure. Knows no cursor: they depend on the window's start alone, so that
// they stay as long as it does.
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { TokenRope } from "../tokens/rope";
import { tokensWithin } from "../tokens/tokenCount";
import type { Constructs } from "./constructs";
import { grownDown } from "./growth";

/** Share of the landmarks' tokens that headers may take; the head of the file takes what is left. */
const headersShare = 2 / 3;

/** Whole lines, in order and disjoint, all before `start`, of at most `tokensMax` tokens together. */
export function landmarksFor(
  rope: TokenRope, constructs: Constructs, start: Utf16Offset, tokensMax: number,
): readonly Range<Utf16Offset>[] {
  const headers = headersAbove(rope, constructs, start, Math.floor(tokensMax * headersShare));
  const left = tokensMax - headers.reduce((sum, range) => sum + tokensWithin(rope, range, tokensMax), 0);
  const head = headOf(rope, constructs, utf16(Math.min(start, headers[0]?.start ?? start)), left);
  return merged(head.start < head.end ? [head, ...headers] : headers);
}

/** The imports and whatever else stands behind them before the first function or class. */
function headOf(rope: TokenRope, constructs: Constructs, limit: Utf16Offset, tokensMax: number): Range<Utf16Offset> {
  const declaration = constructs.firstDeclaration();
  const start = utf16(Math.min(constructs.firstImport(declaration), limit));
  const end = utf16(Math.min(grownDown(rope, constructs.lines, start, tokensMax), declaration, limit));
  return { start, end: constructs.snappedUp(end, start, () => false) };
}

/** The innermost come first while there is room, since they say most. */
function headersAbove(rope: TokenRope, constructs: Constructs, start: Utf16Offset, tokensMax: number): readonly Range<Utf16Offset>[] {
  const headers: Range<Utf16Offset>[] = [];
  let tokens = 0;
  const enclosing = constructs.cutBy(start).filter(constructs.hasHeader).toSorted((a, b) => b.startUtf16 - a.startUtf16);
  for (const span of enclosing) {
    const header = constructs.header(span);
    const range = { start: header.start, end: utf16(Math.min(header.end, start)) };
    const rangeTokens = tokensWithin(rope, range, tokensMax);
    if (tokensMax < tokens + rangeTokens) continue;
    tokens += rangeTokens;
    headers.push(range);
  }
  return merged(headers);
}

/** Ranges by their starts, those that touch or overlap as one. */
function merged(ranges: readonly Range<Utf16Offset>[]): readonly Range<Utf16Offset>[] {
  const result: Range<Utf16Offset>[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || last.end < range.start) result.push(range);
    else result[result.length - 1] = { start: last.start, end: utf16(Math.max(last.end, range.end)) };
  }
  return result;
}
