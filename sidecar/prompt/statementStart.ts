// Owns where the statement or the function begins in which a line stands: by the structure's spans where there are some,
// else and within them by indentation. Pure. Knows no anchor.
import { utf16 } from "../text/frames";
import type { Lines } from "../text/lines";
import type { Outline } from "./constructs";

/** Where a start is looked for: from one line upwards to another, as seen from the cursor's line below both. */
export interface Reach {
  readonly fromLine: number;
  readonly highestLine: number;
  readonly cursorLine: number;
}

/** What goes on with the statement above it or closes it. */
const continues =
  /^(?:[)\]},]|\.\w|&&|\|{1,2}|[?:+*=] |=> |\*\/|(?:else|elif|catch|except|finally|rescue|ensure|end|then|fi|done|esac)\b)/;
const tabColumns = 4;

/**
 * The line at or above `fromLine` where the statement begins that must not be cut there: a construct that has ended before
 * the cursor is stepped over to its first line, and what is indented deeper than anything from there to the cursor belongs
 * to a line further up, as do lines that go on with the one above. Where that is out of reach, the nearest of the least
 * indented lines in reach that begin a statement; `fromLine` where there is none.
 */
export function statementStart({ lines, spans }: Outline, reach: Reach): number {
  const from = beforeEnded({ lines, spans }, reach);
  // The cursor's line may be blank as yet: how far the editor has indented it says where it belongs, unless that is not at all.
  let level = indentationOf(textOf(lines, reach.cursorLine)) || Infinity;
  for (let line = from; line <= reach.cursorLine; line += 1) level = Math.min(level, columnsOf(lines, line) ?? Infinity);
  const begins = linesUp(from, reach.highestLine).filter((line) => beginsStatement(lines, line));
  const least = Math.min(...begins.map((line) => columnsOf(lines, line) ?? Infinity));
  const wanted = Math.max(level, least);
  return begins.find((line) => (columnsOf(lines, line) ?? Infinity) <= wanted) ?? reach.fromLine;
}

/** The first line of the innermost function around the cursor that begins at or above `fromLine`; undefined out of reach. */
export function enclosingFunctionStart({ lines, spans }: Outline, { fromLine, highestLine, cursorLine }: Reach): number | undefined {
  let innermost: number | undefined;
  for (const span of spans) {
    if (span.kind !== "function" || lines.text.length < span.endUtf16) continue;
    const first = lines.lineAt(utf16(span.startUtf16));
    if (first < highestLine || fromLine < first || (innermost !== undefined && first <= innermost)) continue;
    if (holdsLine(lines, first, lines.lineAt(utf16(span.endUtf16)), cursorLine)) innermost = first;
  }
  return innermost;
}

/** A function without a closing brace ends with its last statement: the blank lines below belong to it where they are indented so. */
function holdsLine(lines: Lines, first: number, last: number, line: number): boolean {
  if (line <= last) return first <= line;
  for (let between = last + 1; between <= line; between += 1) if (textOf(lines, between).trim() !== "") return false;
  return (columnsOf(lines, first) ?? 0) < indentationOf(textOf(lines, line));
}

/** `fromLine`, or the first line of the outermost constructs in reach that it cuts and that end before the cursor's line. */
function beforeEnded({ lines, spans }: Outline, { fromLine, highestLine, cursorLine }: Reach): number {
  const cursorStart = lines.startOf(cursorLine) ?? lines.text.length;
  const highest = lines.startOf(highestLine) ?? 0;
  let start: number = lines.startOf(fromLine) ?? 0;
  for (;;) {
    const cut = spans.filter((span) => highest <= span.startUtf16 && span.startUtf16 < start && start < span.endUtf16 && span.endUtf16 <= cursorStart);
    if (cut.length === 0) return lines.lineAt(utf16(start));
    const first = Math.min(...cut.map((span) => span.startUtf16));
    start = lines.startOf(lines.lineAt(utf16(first))) ?? 0;
  }
}

function linesUp(from: number, highest: number): readonly number[] {
  return Array.from({ length: Math.max(0, from - highest + 1) }, (_, index) => from - index);
}

function beginsStatement(lines: Lines, line: number): boolean {
  const text = textOf(lines, line).trimStart();
  return text !== "" && !continues.test(text);
}

/** Columns before the first character of a line; undefined for a blank one. */
function columnsOf(lines: Lines, line: number): number | undefined {
  const text = textOf(lines, line);
  return text.trim() === "" ? undefined : indentationOf(text);
}

function indentationOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === "\t") columns += tabColumns - (columns % tabColumns);
    else if (character === " ") columns += 1;
    else break;
  }
  return columns;
}

function textOf(lines: Lines, line: number): string {
  return lines.text.slice(lines.startOf(line) ?? lines.text.length, lines.endOf(line) ?? lines.text.length);
}
