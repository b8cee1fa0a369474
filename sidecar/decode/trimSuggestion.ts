// Owns what of a finished text is a suggestion: without what the document already has after the cursor, without closers that
// nothing opened, without what leaked, loops or was cut by a budget, indented as the document is. Pure.
import { closersAllowed, openedIn, overclosedAt, type Marks } from "./bracketScan";
import { closersReplaced, closersRightOf } from "./show/autoClosed";
import { withoutHalfWord } from "./show/halfWord";
import { indentedAs, withoutDoubleSpace, type IndentationUnit } from "./show/indentation";
import { unleakedLength } from "./show/leakedSentinel";
import { unrepeatedLength } from "./show/repeatedTail";
import { finishedLength, type StopContext } from "./stop";

export interface TrimContext extends StopContext {
  /** Document text before and after the cursor, as much as brackets need. */
  readonly before: string;
  readonly after: string;
  /** Undefined where nothing is indented yet. */
  readonly indentationUnit: IndentationUnit | undefined;
}

/** What took away the last that was there: an outcome of that name says so. */
export type Emptied = "nothingToSay" | "sentinelLeaked" | "outsideBlock" | "unfinished" | "unopenedCloser" | "cutToNothing";

export interface Trimmed {
  /** What is to be inserted; empty where nothing is left. */
  readonly text: string;
  /** How many units right of the cursor, on its line, it replaces: closers that it has too. */
  readonly replacedUtf16: number;
  /** How much of what was written is in it: its tokens are the ones that are shown. */
  readonly keptUtf16: number;
  readonly emptied: Emptied | undefined;
}

/** `endedWhole` is false where a budget broke the text off: its last line is then dropped unless it is the only one. */
export function trimSuggestion(written: string, endedWhole: boolean, context: TrimContext): Trimmed {
  const restOfLine = restOfLineOf(context.after);
  const closers = closersRightOf(restOfLine);
  const steps: readonly (readonly [Emptied, (text: string) => string])[] = [
    ["nothingToSay", (text) => text],
    ["sentinelLeaked", (text) => text.slice(0, unleakedLength(text, context.before + context.after))],
    [startsLikeBelow(written, context) ? "cutToNothing" : "outsideBlock", (text) => finished(text, endedWhole, context)],
    ["unfinished", (text) => (text.length < written.length ? text : withoutHalfWord(text, !endedWhole))],
    ["unopenedCloser", (text) => text.slice(0, overclosedAt(text, closersAllowed(context.before, context.after.slice(closers.length), context), context))],
    ["cutToNothing", (text) => text.slice(0, text.length - cutOverlap(text, context))],
  ];
  let kept = written;
  for (const [emptied, step] of steps) {
    kept = step(kept);
    if (kept.trim() === "") return { text: "", replacedUtf16: 0, keptUtf16: 0, emptied };
  }
  kept = kept.slice(0, unrepeatedLength(kept)).trimEnd();
  const replacedUtf16 = replacedBy(kept, closers, restOfLine, context);
  const text = indentedAs(withoutDoubleSpace(kept, context.lineBefore), context.indentationUnit);
  if (replacedUtf16 === 0 && closers.startsWith("}") && text.startsWith("\n") && /\{\s*$/.test(context.lineBefore)) {
    // The brace that the editor put behind the cursor goes to the end of the body.
    const indentation = /^[ \t]*/.exec(context.lineBefore)?.[0] ?? "";
    return { text: `${text}\n${indentation}}`, replacedUtf16: 1, keptUtf16: kept.length, emptied: undefined };
  }
  return { text, replacedUtf16, keptUtf16: kept.length, emptied: undefined };
}

/** Up to where it is whole; of a text that a budget broke off, whole lines where there is one. */
function finished(text: string, endedWhole: boolean, context: TrimContext): string {
  // Where the model has ended, so has its last line.
  const whole = finishedLength(endedWhole ? text + "\n" : text, context);
  if (whole !== undefined) return text.slice(0, whole);
  return !endedWhole && text.trimStart().includes("\n") ? text.slice(0, text.lastIndexOf("\n")) : text;
}

/** Whether the first line written is the one below the cursor. */
function startsLikeBelow(text: string, { lineBefore, lineBelow }: TrimContext): boolean {
  const [first = ""] = (lineBefore + text).trimStart().split("\n");
  const [own = ""] = text.trimStart().split("\n");
  return lineBelow !== "" && (first.trim() === lineBelow || own.trim() === lineBelow);
}

function restOfLineOf(after: string): string {
  const end = after.indexOf("\n");
  return (end === -1 ? after : after.slice(0, end)).trimEnd();
}

/** A text can't say again more than this of what follows it. */
const overlapUtf16Max = 2_000;

/**
 * Length of the end of `text` that the document has behind the cursor. What it closes on a line of its own is no overlap
 * with a closer on the cursor's line: there it takes that closer's place.
 */
function cutOverlap(text: string, context: TrimContext): number {
  const length = overlap(text, context.after.slice(0, overlapUtf16Max).trimEnd(), context);
  const left = text.slice(0, text.length - length);
  const startsLine = left.includes("\n") && left.slice(left.lastIndexOf("\n")).trim() === "" && !text.slice(left.length).startsWith("\n");
  return startsLine ? 0 : length;
}

/** Units right of the cursor that `text` writes too: closers in their order, and behind the last of them what ends the statement. */
function replacedBy(text: string, closers: string, restOfLine: string, context: TrimContext): number {
  const count = closersReplaced(text, closers, context.lineBefore, context);
  const ending = /[;,]$/.exec(text)?.[0];
  return 0 < count && count === closers.length && ending !== undefined && restOfLine.startsWith(ending, count) ? count + 1 : count;
}

/**
 * Length of the longest end of `text` with which `following` starts. A closer that pairs with an opener of `text` is
 * its own, however `following` starts.
 */
export function overlap(text: string, following: string, marks: Marks): number {
  const openedCount = openedIn(text, marks).length;
  for (let length = Math.min(text.length, following.length); 0 < length; length -= 1) {
    if (!text.endsWith(following.slice(0, length))) continue;
    if (openedIn(text.slice(0, text.length - length), marks).length <= openedCount) return length;
  }
  return 0;
}
