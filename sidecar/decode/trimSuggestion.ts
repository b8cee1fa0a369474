// Owns what of a finished text is shown: without what the document already has after the cursor, without closers that
// nothing opened, without blank ends. Pure.
import { closersAllowed, openedIn, overclosedAt, type Marks } from "./bracketScan";
import { finishedLength, type StopContext } from "./stop";

export interface TrimContext extends StopContext {
  /** Document text before and after the cursor, as much as brackets need. */
  readonly before: string;
  readonly after: string;
}

/** `endedWhole` is false where a budget broke the text off: its last line is then dropped unless it is the only one. */
export function trimSuggestion(text: string, endedWhole: boolean, context: TrimContext): string {
  // Where the model has ended, so has its last line.
  const whole = finishedLength(endedWhole ? text + "\n" : text, context);
  let kept = text.slice(0, whole ?? text.length);
  if (whole === undefined && !endedWhole && kept.trimStart().includes("\n")) kept = kept.slice(0, kept.lastIndexOf("\n"));
  kept = kept.slice(0, overclosedAt(kept, closersAllowed(context.before, context.after, context), context));
  kept = kept.slice(0, kept.length - overlap(kept, restOfLine(context.after), context));
  return kept.trimEnd();
}

function restOfLine(after: string): string {
  const end = after.indexOf("\n");
  return (end === -1 ? after : after.slice(0, end)).trimEnd();
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
