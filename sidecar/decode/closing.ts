// Owns the text that closes what another leaves open: the comment or long string that it ends in, then its brackets from the
// innermost out, each laid out as the line that opened it; and the body of a header that can't stand alone. Pure; knows no
// parser and no token: whether a closing mends anything is for others to say.
import { closerFor, indentationAt, openAtEnd, type Bracket, type Enclosure, type Marks } from "./bracketScan";

export interface ClosingStyle {
  /** A call that was a statement gets its semicolon. */
  readonly semicolons?: boolean;
  /** A header that ends the text gets the body that it can't do without. */
  readonly bodies?: boolean;
}

/** More brackets than a person leaves open: a text with so many is none of a person's. */
const openMax = 64;

/**
 * What has to be written behind `text` so that nothing stays open that was opened at `fromUtf16` or later; empty where there is
 * nothing, and where the text ends inside something older.
 */
export function closingOf(text: string, fromUtf16: number, marks: Marks, style: ClosingStyle = {}): string {
  const { brackets, inside } = openAtEnd(text, marks);
  const open = brackets.filter(({ offset }) => fromUtf16 <= offset);
  if (openMax < open.length || (inside !== undefined && inside.offset < fromUtf16)) return "";
  const writing = new Closing(text);
  if (inside !== undefined) {
    // A comment to the end of the line is no trouble where nothing has to stand behind it.
    if (inside.closer !== "\n") writing.endEnclosure(inside);
    else if (0 < open.length) writing.write("\n");
  }
  for (const bracket of open.toReversed()) {
    writing.close(bracket);
    const around = brackets[brackets.indexOf(bracket) - 1];
    const isCall = bracket.character !== "{" && (around === undefined || around.character === "{");
    if (style.semicolons === true && isCall) writing.write(";");
  }
  if (style.bodies === true && brackets.length === open.length && marks.missingBody !== undefined) writing.fillBody(marks.missingBody);
  return writing.written;
}

class Closing {
  written = "";
  /** Where the line begins that opened what the current line has closed; -1 where that has done something else. */
  private closedLineUtf16 = -1;

  constructor(private readonly text: string) {}

  write(more: string): void {
    this.written += more;
  }

  endEnclosure({ offset, closer }: Enclosure): void {
    const line = this.line();
    const words = line.trim();
    if (this.isOnCurrentLine(offset)) this.write((closer === "*/" && words !== "/*" ? " " : "") + closer);
    else if (closer !== "*/") this.writeOnOwnLine(this.indentationAt(offset), closer);
    // The star that begins a line of the comment is the closer's first half.
    else if (words === "*") this.write(line.endsWith("*") ? "/" : closer);
    else if (words.startsWith("*")) this.writeOnOwnLine(/^\s*/.exec(line)?.[0] ?? "", closer);
    else this.writeOnOwnLine(this.indentationAt(offset) + (this.text.startsWith("/**", offset) ? " " : ""), closer);
    if (closer !== "*/") this.closedLineUtf16 = this.lineStart(offset);
  }

  close(bracket: Bracket): void {
    const closer = closerFor(bracket);
    const lineUtf16 = this.lineStart(bracket.offset);
    // What was opened on one line is closed on one line; what ends its line waits for lines of its own.
    const isInLine = this.isOnCurrentLine(bracket.offset) && this.text.slice(bracket.offset + 1).trim() !== "";
    if (this.closedLineUtf16 === lineUtf16) this.write(closer);
    else if (isInLine) this.write(closer === "}" && !/\s$/.test(this.text + this.written) ? ` ${closer}` : closer);
    else this.writeOnOwnLine(this.indentationAt(bracket.offset), closer);
    this.closedLineUtf16 = lineUtf16;
  }

  /** The header is the last line that says anything. */
  fillBody({ header, statement }: NonNullable<Marks["missingBody"]>): void {
    const whole = (this.text + this.written).trimEnd();
    const line = whole.slice(whole.lastIndexOf("\n") + 1);
    if (!header.test(line)) return;
    const indentation = indentationAt(whole, whole.length);
    this.writeOnOwnLine(indentation + (indentation.includes("\t") ? "\t" : "    "), statement);
  }

  /** Behind the white space that stands there already, as far as it fits. */
  private writeOnOwnLine(indentation: string, words: string): void {
    const line = this.line();
    if (line.trim() !== "") this.write(`\n${indentation}${words}`);
    else this.write((indentation.startsWith(line) ? indentation.slice(line.length) : "") + words);
  }

  private line(): string {
    const whole = this.text + this.written;
    return whole.slice(whole.lastIndexOf("\n") + 1);
  }

  private isOnCurrentLine(offset: number): boolean {
    return !this.written.includes("\n") && !this.text.includes("\n", offset);
  }

  private lineStart(offset: number): number {
    return this.text.lastIndexOf("\n", offset - 1) + 1;
  }

  private indentationAt(offset: number): string {
    return indentationAt(this.text, offset);
  }
}
