// Owns the finding of repeated lines in a text: neighbouring blocks that look alike once names, numbers and strings are
// masked. Deliberately not the detection of the penalty under test: cases must not be chosen by what is measured on them.

/** `copies` neighbouring blocks of `period` lines each, from line `startLine` on; the first copy is the pattern. */
export interface LineRepeat {
  readonly startLine: number;
  readonly period: number;
  readonly copies: number;
}

const periodMax = 4;
/** The line that opens a block has at least this many words and signs: shorter ones repeat in any code. */
const piecesMin = 3;

const keywords = new Set((
  "abstract and as assert async await break case catch class const continue def default del delete do elif else enum except export extends " +
  "finally for from function if implements import in instanceof interface is lambda let new not of or pass private protected public raise " +
  "readonly return static switch throw try type typeof var void while with yield"
).split(" "));

const pieces = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\d[\w.]*|[\p{L}_$][\p{L}\p{N}_$]*|[^\s]/gu;

/** A line with its indentation and keywords, all other words, numbers and strings masked; empty for a blank line. */
export function lineShape(line: string): string {
  const masked = [...line.matchAll(pieces)].map(([piece]) => {
    if (/^["'`]./.test(piece)) return "S";
    if (/^\d/.test(piece)) return "N";
    return /^[\p{L}_$]/u.test(piece) && !keywords.has(piece) ? "W" : piece;
  });
  return masked.length === 0 ? "" : line.slice(0, line.length - line.trimStart().length) + masked.join(" ");
}

/** Every maximal run of at least two neighbouring blocks of the same shapes, by the line where it starts; the shortest period first. */
export function findLineRepeats(lines: readonly string[]): readonly LineRepeat[] {
  const shapes = lines.map(lineShape);
  const found: LineRepeat[] = [];
  for (let period = 1; period <= periodMax; period += 1) {
    let startLine = 0;
    while (startLine + 2 * period <= shapes.length) {
      const copies = canRepeat(shapes, startLine, period) ? copiesFrom(shapes, startLine, period) : 1;
      const isNew = copies >= 2 && !found.some((other) => covers(other, startLine, startLine + period * copies));
      if (isNew) found.push({ startLine, period, copies });
      startLine += isNew ? period * (copies - 1) + 1 : 1;
    }
  }
  return found.toSorted((a, b) => a.startLine - b.startLine || a.period - b.period);
}

function copiesFrom(shapes: readonly string[], startLine: number, period: number): number {
  let copies = 1;
  for (let next = startLine + period; next + period <= shapes.length; next += period) {
    for (let line = 0; line < period; line += 1) if (shapes[next + line] !== shapes[startLine + line]) return copies;
    copies += 1;
  }
  return copies;
}

/** A block that is a statement by itself: no blank line, no comment first, brackets closed, nothing outside its first line's indentation. */
function canRepeat(shapes: readonly string[], startLine: number, period: number): boolean {
  const block = shapes.slice(startLine, startLine + period);
  const [first = ""] = block;
  if (block.includes("") || /^\s*(?:\/\/|\/ \/|#|\*|\/ \*)/.test(first) || /^\s*[)\]}]/.test(first)) return false;
  if (first.trim().split(" ").length < piecesMin || !/\bW\b/.test(first)) return false;
  const columns = indentationOf(first);
  return block.every((line) => columns <= indentationOf(line)) && isBalanced(block.join(" "));
}

function isBalanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if ("([{".includes(character)) open += 1;
    else if (")]}".includes(character)) open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

const indentationOf = (line: string): number => line.length - line.trimStart().length;

const covers = (repeat: LineRepeat, start: number, end: number): boolean =>
  repeat.startLine <= start && end <= repeat.startLine + repeat.period * repeat.copies;
