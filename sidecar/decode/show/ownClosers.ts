// Owns the closers that a completion lacks for what it opened itself. Pure.
import { openedIn, type Marks } from "../bracketScan";

const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * `text` with what it opened closed: what it opened on its last line on that line, what it opened before, and what ends its
 * last line, on lines of their own, indented as the lines that opened it. The same text where it has opened nothing.
 * @param lineBefore the cursor's line before it
 */
export function withOwnClosers(text: string, lineBefore: string, marks: Marks): string {
  const open = openedIn(text, marks).toReversed();
  let closed = text;
  let lineOfLast: number | undefined;
  for (const { character, offset } of open) {
    const line = text.lastIndexOf("\n", offset);
    const isOnLastLine = !text.slice(offset).includes("\n") && offset + 1 < text.trimEnd().length;
    // What was opened on one line is closed on one line.
    if (!isOnLastLine && line !== lineOfLast) closed = `${closed.trimEnd()}\n${indentationOf(lineBefore + text, lineBefore.length + offset)}`;
    lineOfLast = line;
    closed += closerOf[character] ?? "";
  }
  return closed;
}

function indentationOf(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}
