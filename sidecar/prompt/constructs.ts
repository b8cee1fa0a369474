// Owns constructs: functions, classes and blocks as the structure tells them, widened to whole lines, and where between
// two lines a text may be cut without cutting one of them. Pure. Knows no token.
import type { StructureSpan } from "../protocol/data";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { Lines } from "../text/lines";

/** What is known of a text besides its tokens. */
export interface Outline {
  readonly lines: Lines;
  /** In any order; those that don't fit the text are left out. */
  readonly spans: readonly StructureSpan[];
}

/** Lines of a comment that are looked at to find where it begins or ends. */
const commentLinesMax = 60;
/** Lines of a signature that are shown. */
const headerLinesMax = 8;
/** Lines from the top that are looked through for the first import. */
const headLinesMax = 1_000;
/** How an import begins in the languages that have a grammar, and in some that don't. */
const imports =
  /^(?:(?:import|from|use|using|package|include|require|require_relative|mod|extern crate)\b|[#@]\s*(?:include|import)\b|(?:const|let|var)\b.*\brequire\()/;
/** A comment, or what a decorator or an attribute begins with: such a line belongs to the construct below it. */
const leadsIn = /^\s*(?:\/\/|\/\*|\*|#|--|@|;)/;

export class Constructs {
  readonly lines: Lines;
  private readonly spans: readonly StructureSpan[];
  /** Without the bodies of classes: whether a class may be cut says the class. */
  private readonly uncut: readonly StructureSpan[];

  constructor({ lines, spans }: Outline) {
    this.lines = lines;
    this.spans = spans.filter((span) => 0 <= span.startUtf16 && span.startUtf16 < span.endUtf16 && span.endUtf16 <= lines.text.length);
    const classEnds = new Set(this.spans.filter((span) => span.kind === "class").map((span) => span.endUtf16));
    this.uncut = this.spans.filter((span) => span.kind !== "block" || !classEnds.has(span.endUtf16));
  }

  /** The lines that a construct stands on, with the blank ones behind it, as a leaf has them. */
  wholeLines(span: StructureSpan): Range<Utf16Offset> {
    const first = this.lines.lineAt(utf16(span.startUtf16));
    const last = this.lines.lineAt(utf16(span.endUtf16 - 1));
    return { start: this.startOf(first), end: this.startOf(this.behindBlanks(last + 1)) };
  }

  /** The line of an offset, with the blank ones behind it. */
  lineRange(offset: Utf16Offset): Range<Utf16Offset> {
    const line = this.lines.lineAt(offset);
    return { start: this.startOf(line), end: this.startOf(this.behindBlanks(line + 1)) };
  }

  /** The constructs that stand on the line of `offset`, the longest first. */
  around(offset: Utf16Offset): readonly StructureSpan[] {
    const line = this.lines.lineAt(offset);
    const start = this.startOf(line);
    const end = this.startOf(line + 1);
    // The last line has nothing behind it: a construct may end exactly where the text does.
    const found = this.spans.filter((span) => span.startUtf16 < Math.max(end, start + 1) && start < span.endUtf16);
    return found.toSorted((a, b) => b.endUtf16 - b.startUtf16 - (a.endUtf16 - a.startUtf16));
  }

  /** The constructs that a cut at `boundary`, a line's start, goes through. */
  cutBy(boundary: Utf16Offset): readonly StructureSpan[] {
    return this.uncut.filter((span) => span.startUtf16 < boundary && boundary < span.endUtf16);
  }

  /** The first boundary from `boundary` on that cuts nothing which must stay whole; `limit` where there is none before it. */
  snappedDown(boundary: Utf16Offset, limit: Utf16Offset, mayCut: (span: StructureSpan) => boolean): Utf16Offset {
    let cut = boundary;
    while (cut < limit) {
      const whole = this.cutBy(cut).filter((span) => !mayCut(span));
      if (whole.length === 0) break;
      cut = utf16(Math.max(...whole.map((span) => this.wholeLines(span).end)));
    }
    return utf16(Math.min(limit, 0 < cut && cut < limit ? this.behindComment(cut) : cut));
  }

  /** The last boundary up to `boundary` that cuts nothing which must stay whole; `limit` where there is none behind it. */
  snappedUp(boundary: Utf16Offset, limit: Utf16Offset, mayCut: (span: StructureSpan) => boolean): Utf16Offset {
    let cut = boundary;
    while (limit < cut) {
      const whole = this.cutBy(cut).filter((span) => !mayCut(span));
      if (whole.length === 0) break;
      cut = utf16(Math.min(...whole.map((span) => this.wholeLines(span).start)));
    }
    return utf16(Math.max(limit, limit < cut ? this.beforeComment(cut) : cut));
  }

  /** Whether a construct's first line says what it is: not so where a block has no brace, or goes on with one before it. */
  readonly hasHeader = (span: StructureSpan): boolean => {
    if (span.kind !== "block") return true;
    const line = this.textOf(this.lines.lineAt(utf16(span.startUtf16))).trimStart();
    return /[{[(]/.test(this.lines.text.charAt(span.startUtf16)) && !line.startsWith("}");
  };

  /** The lines that open a construct: from its first to the one on which its body begins. */
  header(span: StructureSpan): Range<Utf16Offset> {
    const first = this.lines.lineAt(utf16(span.startUtf16));
    const bodies = this.spans.filter((other) => other.kind === "block" && span.startUtf16 < other.startUtf16 && other.endUtf16 === span.endUtf16);
    const last = bodies.length === 0 ? first : this.lastHeaderLine(Math.min(...bodies.map((body) => body.startUtf16)), first);
    return { start: this.startOf(first), end: this.startOf(Math.min(last + 1, first + headerLinesMax)) };
  }

  /** Where the first function or class begins, with its comment; the end of the text where there is none. */
  firstDeclaration(): Utf16Offset {
    let first = this.lines.text.length;
    for (const span of this.spans) if (span.kind !== "block" && span.startUtf16 < first) first = span.startUtf16;
    return first === this.lines.text.length ? utf16(first) : this.beforeComment(this.startOf(this.lines.lineAt(utf16(first))));
  }

  /** Where the first import before `limit` begins; the start of the text where there is none. A licence says little of the code. */
  firstImport(limit: Utf16Offset): Utf16Offset {
    const end = Math.min(this.lines.lineAt(limit), headLinesMax);
    for (let line = 0; line < end; line += 1) if (imports.test(this.textOf(line))) return this.startOf(line);
    return utf16(0);
  }

  /** A body that begins its line without a brace, as Python's, is no part of the header. */
  private lastHeaderLine(bodyStart: number, first: number): number {
    const line = this.lines.lineAt(utf16(bodyStart));
    const beginsLine = this.lines.text.slice(this.startOf(line), bodyStart).trim() === "";
    return Math.max(first, beginsLine && this.lines.text.charAt(bodyStart) !== "{" ? line - 1 : line);
  }

  private startOf(line: number): Utf16Offset {
    return this.lines.startOf(line) ?? utf16(this.lines.text.length);
  }

  private textOf(line: number): string {
    return this.lines.text.slice(this.startOf(line), this.startOf(line + 1));
  }

  private behindBlanks(line: number): number {
    let next = line;
    while (next < this.lines.lineCount && this.textOf(next).trim() === "") next += 1;
    return next;
  }

  /** Behind blank lines at `boundary`, and behind the comment that it cuts: half a comment is of no use. */
  private behindComment(boundary: Utf16Offset): Utf16Offset {
    const line = this.lines.lineAt(boundary);
    let next = line;
    if (leadsIn.test(this.textOf(line - 1))) while (next - line <= commentLinesMax && leadsIn.test(this.textOf(next))) next += 1;
    return this.startOf(this.behindBlanks(next - line <= commentLinesMax ? next : line));
  }

  /** `boundary`, or where the comment begins that ends there: it belongs to what stands below. */
  private beforeComment(boundary: Utf16Offset): Utf16Offset {
    const line = boundary === this.lines.text.length ? this.lines.lineCount : this.lines.lineAt(boundary);
    if (line === this.lines.lineCount) return boundary;
    let first = line;
    while (0 < first && line - first <= commentLinesMax && leadsIn.test(this.textOf(first - 1))) first -= 1;
    return line - first <= commentLinesMax ? this.startOf(first) : boundary;
  }
}
