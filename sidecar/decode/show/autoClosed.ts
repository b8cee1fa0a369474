// Owns what an editor has closed by itself right of the cursor: a completion may close it too, and then takes its place.
// Pure. Whether a closer there was typed or put there doesn't matter: it may stand there only once.
import { closedIn, type Marks } from "../bracketScan";

/** Closers right behind the cursor, with nothing but the end of a statement behind them. */
const closersOnly = /^([)\]}"'`]+)[;,]?[ \t\r]*$/;
const closersFirst = /^[)\]}"'`]+/;

/** The closers directly right of the cursor; empty where there are none. */
export function closersRightOf(restOfLine: string): string {
  return closersFirst.exec(restOfLine)?.[0] ?? "";
}

/** Whether nothing but closers stands right of the cursor, so that more than the rest of a line can be written there. */
export function isOnlyClosers(restOfLine: string): boolean {
  return closersOnly.test(restOfLine);
}

/** Whether the cursor stands in a string that began on its line with this quote. */
function isOpenQuote(lineBefore: string, quote: string): boolean {
  let open: string | undefined;
  for (let i = 0; i < lineBefore.length; i += 1) {
    const character = lineBefore.charAt(i);
    if (character === "\\") i += 1;
    else if (open !== undefined) open = character === open ? undefined : open;
    else if (character === '"' || character === "'" || character === "`") open = character;
  }
  return open === quote;
}

/**
 * How many of the closers right of the cursor `text` closes itself, in their order: so many are replaced by it.
 * @param closers as `closersRightOf` gives them @param lineBefore the cursor's line before it
 */
export function closersReplaced(text: string, closers: string, lineBefore: string, marks: Marks): number {
  let replaced = 0;
  let from = 0;
  while (replaced < closers.length) {
    const closer = closers.charAt(replaced);
    const end = isQuote(closer)
      ? (replaced === 0 && !isOpenQuote(lineBefore, closer) ? -1 : quoteEnd(text, closer, from))
      : bracketEnd(text, closer, from, marks);
    if (end === -1) return replaced;
    replaced += 1;
    from = end;
  }
  return replaced;
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === "`";
}

/** The offset behind the first such quote that isn't escaped; -1 where there is none on the line. */
function quoteEnd(text: string, quote: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    if (text.charAt(i) === "\\") i += 1;
    else if (text.charAt(i) === quote) return i + 1;
    else if (text.charAt(i) === "\n" && quote !== "`") return -1;
  }
  return -1;
}

/** The offset behind the first closer that has no opener behind `from`; -1 where there is none or it is another one. */
function bracketEnd(text: string, closer: string, from: number, marks: Marks): number {
  const [first] = closedIn(text.slice(from), marks);
  return first === undefined || first.character !== closer ? -1 : from + first.offset + 1;
}
