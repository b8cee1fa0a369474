// Owns how sure the model was of a suggestion, as one number, and how sure it must have been for it to be shown. Pure.
import type { Choice } from "./choice";

/** A choice with the length of the text behind it. */
export interface PlacedChoice extends Choice {
  readonly endUtf16: number;
}

/**
 * Below this a suggestion isn't shown unless asked for by key. Chosen on recorded sessions so that nine of ten right ones are
 * kept: docs/notes/07-what-to-show.md says what was tried.
 */
export const confidenceMin = -0.72;

/**
 * Confidence in the first line of `text`, 0 at most: the mean log-probability of its tokens and of the one that ends it,
 * times the root of their number. The mean alone lets long lines pass that are wrong somewhere; the sum lets none pass.
 * @param text the beginning of what `choices` wrote
 * @returns undefined where no token is known: nothing was decoded for it
 */
export function confidenceOf(text: string, choices: readonly PlacedChoice[]): number | undefined {
  const lineEnd = firstLineEnd(text);
  const own = choices.filter((choice, index) => 0 < choice.endUtf16 && (choices[index - 1]?.endUtf16 ?? 0) <= lineEnd);
  if (own.length === 0) return undefined;
  return own.reduce((sum, choice) => sum + choice.logProbability, 0) / Math.sqrt(own.length);
}

/** Where the first line with something on it ends. */
function firstLineEnd(text: string): number {
  const found = text.indexOf("\n", text.length - text.trimStart().length);
  return found === -1 ? text.length : found;
}
