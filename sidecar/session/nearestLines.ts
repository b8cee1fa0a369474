// Owns the order in which a text's lines are looked through for something: ring by ring around the cursor, as far as somebody
// asks, since to look through all of a long file takes its time. Pure; what is looked for is told from outside.
import { utf16, type Range, type Utf16Offset } from "../text/frames";

/** Reach of the first ring on each side of the cursor; the next reaches four times as far. */
const ringUtf16 = 2_000;
const growth = 4;

/** The lines of `parts` that `linesWithin` finds in ranges of whole lines, those of a ring nearest first. */
export function* nearestLines(
  text: string, cursor: number, parts: readonly Range<Utf16Offset>[],
  linesWithin: (start: number, end: number) => readonly { readonly start: number; readonly end: number }[],
): Generator<Range<Utf16Offset>> {
  const farthest = Math.max(cursor, text.length - cursor);
  let inner = 0;
  for (let outer = ringUtf16; inner < farthest; outer *= growth) {
    const [aboveStart, aboveEnd, belowStart, belowEnd] = [-outer, -inner, inner, outer].map((distance) => lineStartAt(text, cursor + distance));
    const halves = inner === 0 ? [{ start: aboveStart, end: belowEnd }] : [{ start: aboveStart, end: aboveEnd }, { start: belowStart, end: belowEnd }];
    const lines = halves.flatMap(({ start = 0, end = 0 }) => parts.flatMap((part) => {
      const from = Math.max(start, part.start);
      const to = Math.min(end, part.end);
      return from < to ? linesWithin(from, to) : [];
    }));
    const distance = (line: { readonly start: number; readonly end: number }): number => Math.max(cursor - line.end, line.start - cursor);
    for (const { start, end } of lines.toSorted((a, b) => distance(a) - distance(b))) yield { start: utf16(start), end: utf16(end) };
    inner = outer;
  }
}

/** Where the line of `offset` starts; the text's own ends beyond them. */
function lineStartAt(text: string, offset: number): number {
  if (offset <= 0) return 0;
  return text.length <= offset ? text.length : text.lastIndexOf("\n", offset - 1) + 1;
}
