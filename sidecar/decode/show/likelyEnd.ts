// Owns whether a completion may end where the model would rather go on: a small model that has read a long middle seldom
// ranks its end first, but at a place to end it comes close. Pure.
import { isOpenAtEnd, type Marks } from "../bracketScan";
import type { Choice } from "./choice";

/**
 * How far below the chosen token's log-probability an end may be, in nats: before a line end, and within a line.
 * docs/notes/07-what-to-show.md says what was tried.
 */
const endGapNatsMax = { lineEnd: 3, withinLine: 0.7 };

/**
 * @param text what is written so far @param next what the chosen token would add to it
 */
export function isLikelyEnd({ logProbability, endLogProbability }: Choice, text: string, next: string, marks: Marks): boolean {
  const gapNats = logProbability - endLogProbability;
  const isLineEnd = /^[ \t]*\r?\n/.test(next);
  if (!(gapNats <= (isLineEnd ? endGapNatsMax.lineEnd : endGapNatsMax.withinLine))) return false;
  if (text.trim() === "" || (isWord(text.slice(-1)) && isWord(next.slice(0, 1)))) return false;
  return !isOpenAtEnd(text, marks) && !/[,:=({[.]\s*$/.test(text);
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}_$]/u.test(character);
}
