// Owns the reading of a text as units: lines grouped by indentation, so that a statement with its body is one unit among its
// siblings. Works on any text, whole or broken. Pure; knows no parser: who wants productions asks for them by offset.

export interface TextLine {
  /** The first character that isn't white space. */
  readonly startUtf16: number;
  /** The white space before it. */
  readonly indentation: string;
  /** Without white space at its ends. */
  readonly text: string;
}

/** A line with all that belongs to it: deeper lines below, and the closers behind them. */
export interface Unit {
  readonly head: TextLine;
  readonly content: string;
  /** Indices of its first line and of the one behind its last. */
  readonly startLine: number;
  readonly endLine: number;
}

/** Lines of `text` that end with a line end and aren't blank, in order. */
export function wholeLines(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    const line = text.slice(start, end);
    const trimmed = line.trim();
    if (trimmed !== "") {
      const indented = line.length - line.trimStart().length;
      lines.push({ startUtf16: start + indented, indentation: line.slice(0, indented), text: trimmed });
    }
    start = end + 1;
  }
  return lines;
}

/** Only closes what stands before it: belongs to the unit above, however little it is indented. */
function isCloser({ text }: TextLine): boolean {
  return /^(?:[)\]}>,;\s]+|<\/[^>]*>;?)$/.test(text);
}

/**
 * The last units at each depth at which another can be opened behind the last line, innermost depth first.
 * A unit ends where the next of its depth begins; the list of one depth begins behind the nearest line that is less indented.
 */
export function openSiblings(lines: readonly TextLine[], countMax: number): readonly (readonly Unit[])[] {
  const depths: (readonly Unit[])[] = [];
  let columns = Infinity;
  for (let index = lines.length - 1; 0 <= index; index -= 1) {
    const line = lines[index];
    if (line === undefined || isCloser(line) || columns <= line.indentation.length) continue;
    columns = line.indentation.length;
    depths.push(siblingsAt(lines, columns, countMax));
    if (columns === 0) break;
  }
  return depths;
}

function siblingsAt(lines: readonly TextLine[], columns: number, countMax: number): readonly Unit[] {
  const units: Unit[] = [];
  let end = lines.length;
  for (let index = lines.length - 1; 0 <= index && units.length < countMax; index -= 1) {
    const head = lines[index];
    if (head === undefined || isCloser(head) || columns < head.indentation.length) continue;
    if (head.indentation.length < columns) break;
    const content = lines.slice(index, end).map(({ text }) => text).join("\n");
    units.push({ head, content, startLine: index, endLine: end });
    end = index;
  }
  return units.reverse();
}

/** Whether a line or a unit says anything: one of marks only neither repeats nor breaks a repeat. */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** What two units share that differ in numbers only. */
export function withoutNumbers(content: string): string {
  return content.replace(/\d+/g, "0");
}

/** What two units share that have the same productions down to the tokens: words, numbers and strings without their text. */
export function skeletonOf(content: string): string {
  return content
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "s")
    .replace(/[\p{L}_$][\p{L}\p{N}_$]*/gu, "w")
    .replace(/\d[\d_.]*/g, "0")
    .replace(/\s+/g, " ");
}
