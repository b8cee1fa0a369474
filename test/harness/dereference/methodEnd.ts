// Owns the questions where a generated text leaves the method that it was to go on with, and what closes one that it leaves
// unfinished. Pure; brackets and indentation only.
import { closerFor, openAtEnd, overclosedAt, openedIn } from "../../../sidecar/decode/bracketScan";
import type { Marks } from "../../../sidecar/decode/bracketScan";
import { marksOf } from "../../../sidecar/decode/languageMarks";
import type { CaseLanguage } from "./case";

export interface MethodBeginning {
  readonly language: CaseLanguage;
  /** The body of the method as far as it was there, without its opening brace. */
  readonly body: string;
  /** White space before the line that opens the method. */
  readonly indentation: string;
}

/** The length of what belongs to the method; undefined where all of `text` does, so far. */
export function methodEnd(text: string, beginning: MethodBeginning): number | undefined {
  const marks = marksOf(beginning.language);
  const open = openedIn(beginning.body, marks).toReversed();
  const overclosed = overclosedAt(text, open.map(closerFor).join(""), marks);
  const dedented = beginning.language === "python" ? dedentAt(text, beginning, marks) : text.length;
  const end = Math.min(overclosed, dedented);
  return end < text.length ? end : undefined;
}

/**
 * What is written behind a generation that ended before the method did, so that it is judged for what it says: braces, where nothing
 * but braces is open, as DotPrompts does (monitors4codegen, `find_method_stop`). Nothing in the middle of a call or a list: one that
 * happens to end there says too little to be right.
 */
export function methodClosing(text: string, { language, body }: MethodBeginning): string {
  const { brackets, inside } = openAtEnd(body + text, marksOf(language));
  const isWhole = (inside === undefined || inside.closer === "\n") && brackets.every(({ character }) => character === "{");
  return isWhole ? "\n}".repeat(brackets.length) : "";
}

/** Where a statement begins that is indented no deeper than the method itself; the text's length where none does. */
function dedentAt(text: string, { body, indentation }: MethodBeginning, marks: Marks): number {
  for (let lineStart = text.indexOf("\n") + 1; lineStart > 0; lineStart = text.indexOf("\n", lineStart) + 1) {
    const [, own = "", first] = /^([ \t]*)(\S)?/.exec(text.slice(lineStart)) ?? [];
    // A line is indented as it says only once something stands on it.
    if (first === undefined || columnsOf(indentation) < columnsOf(own)) continue;
    const isCloser = /[)\]}]/.test(first);
    if (!isCloser && openedIn(body + text.slice(0, lineStart), marks).length === 0) return lineStart;
  }
  return text.length;
}

const columnsOf = (blank: string): number => blank.replaceAll("\t", "    ").length;
