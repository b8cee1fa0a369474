// Owns when a completion is whole: at the end of the line, of the construct it began, or of the block around the cursor.
// Pure: reads the text generated so far and a little of what stands around the cursor.
import { isOpenAtEnd, openedIn, type Marks } from "./bracketScan";

export interface StopContext extends Marks {
  /** Nothing but the rest of the line is wanted: there is code right of the cursor. */
  readonly singleLine: boolean;
  /** Columns of white space before the cursor's line. */
  readonly indentation: number;
  /** Columns before the line that opens the block around the cursor; undefined at the top level. */
  readonly blockIndentation: number | undefined;
  /** The first line below the cursor that isn't blank, trimmed. */
  readonly lineBelow: string;
  /** What stands on the cursor's line before it. */
  readonly lineBefore: string;
  /** A line that ends in a colon opens a block. */
  readonly colonBlocks: boolean;
  /** The block around the cursor has nothing in it yet: all of it is wanted, not one statement. */
  readonly emptyBody: boolean;
}

/** The length of the whole completion within `text`, or undefined while it isn't whole. */
export function finishedLength(text: string, context: StopContext): number | undefined {
  let lineStart = 0;
  for (let lineEnd = text.indexOf("\n"); lineEnd !== -1; lineEnd = text.indexOf("\n", lineStart)) {
    if (endsBefore(text, lineStart, lineEnd, context)) return Math.max(0, lineStart - 1);
    if (isWhole(text.slice(0, lineEnd), context)) {
      // A construct with a body by indentation ends only where a line outside of it begins.
      if (!awaitsBody(text.slice(0, lineEnd), context)) return lineEnd;
    }
    lineStart = lineEnd + 1;
  }
  return endsBefore(text, lineStart, text.length, context) && 0 < lineStart ? lineStart - 1 : undefined;
}

/** Whether the line at `lineStart` no longer belongs to the completion. Its indentation is known once it has other text. */
function endsBefore(text: string, lineStart: number, lineEnd: number, context: StopContext): boolean {
  const line = text.slice(lineStart, lineEnd);
  if (lineStart === 0) return lineEnd < text.length && line.trim() !== "" && isLineBelow(context.lineBefore + line, context);
  const indentation = columnsOf(line);
  if (indentation === undefined) return false;
  if (lineEnd < text.length && isLineBelow(line, context)) return true;
  const before = text.slice(0, lineStart);
  if (context.blockIndentation !== undefined && indentation <= context.blockIndentation) return !closesOwn(before, line, context);
  if (openedIn(before, context).length > 0) return false;
  if (context.colonBlocks && awaitsBody(before.slice(0, -1), context)) return indentation <= bodyOwner(before, context);
  return false;
}

/** A line that begins by closing what the completion opened belongs to it, however little it is indented. */
function closesOwn(before: string, line: string, context: StopContext): boolean {
  return /^\s*[)\]}]/.test(line) && openedIn(before, context).length > 0;
}

function isLineBelow(line: string, context: StopContext): boolean {
  return context.lineBelow !== "" && /[^\s)\]};,]/.test(line) && line.trim() === context.lineBelow;
}

/** All that was opened is closed, and there is something. */
function isWhole(text: string, context: StopContext): boolean {
  if (context.singleLine) return true;
  if (text.trim() === "" || context.emptyBody) return false;
  return !isOpenAtEnd(text, context);
}

/** In a language whose blocks follow a colon: some line of the completion has begun one. */
function awaitsBody(text: string, context: StopContext): boolean {
  return context.colonBlocks && !context.singleLine && text.split("\n").some((line) => /:\s*(#.*)?$/.test(line));
}

/** Columns of the line that began the outermost body: a line no deeper than this is outside. */
function bodyOwner(text: string, context: StopContext): number {
  const lines = text.split("\n");
  const owner = lines.findIndex((line) => /:\s*(#.*)?$/.test(line));
  return owner <= 0 ? context.indentation : (columnsOf(lines[owner] ?? "") ?? context.indentation);
}

/** Columns of white space before the first other character, a tab counting as four; undefined on a blank line. */
export function columnsOf(line: string): number | undefined {
  let columns = 0;
  for (const character of line) {
    if (character === " ") columns += 1;
    else if (character === "\t") columns += 4;
    else return character === "\r" ? undefined : columns;
  }
  return undefined;
}
