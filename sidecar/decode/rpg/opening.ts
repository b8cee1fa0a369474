// Owns which tokens are critical at the start of a line: those that go on spelling the first line of a unit. Pure.
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Unit } from "./units";

/** More of a line than a token spells. */
const openingUtf16Max = 24;

/** The text that would open `unit` on a line that begins with `lineStart`; undefined where it can't be opened there. */
export function openingText({ head }: Unit, lineStart: string): string | undefined {
  const line = head.indentation + head.text;
  if (line.length <= lineStart.length || !line.startsWith(lineStart)) return undefined;
  const rest = line.slice(lineStart.length, lineStart.length + openingUtf16Max);
  // What closes an outer construct must stay possible, whatever is opened behind it.
  return /^\s*[)\]}>]/.test(rest) ? undefined : rest;
}

/**
 * The tokens that spell the start of `opening`, or all of it and more. Of white space only that which leaves no other
 * indentation possible: the one space or tab that a word's token may have before it can be missing.
 */
export function criticalTokens(opening: string, pieces: PieceIndex, pieceOf: (token: number) => Uint8Array): Int32Array {
  const bytes = Buffer.from(opening);
  const blanks = /^[ \t]*/.exec(opening)?.[0].length ?? 0;
  return pieces.fitting(bytes).filter((token) => {
    const length = pieceOf(token).length;
    return blanks < length || blanks - 1 <= length;
  });
}
