// Owns whether what was written is shown: cut back to where it adds no syntax error, long enough, and sure enough. Every no has
// a kind of its own, which the user can look up. Pure but for the parser that it is handed.
import { confidenceMin, confidenceOf } from "../decode/show/confidence";
import { isInsideWord } from "../decode/show/halfWord";
import { closingOf } from "../decode/closing";
import { withoutDanglingOperator } from "../decode/show/danglingOperator";
import { withoutSyntaxError } from "../decode/show/syntaxCut";
import { isUsefulLength } from "../decode/show/usefulLength";
import type { TrimContext } from "../decode/trimSuggestion";
import type { Outcome } from "../protocol/data";
import type { Written } from "./complete";
import type { Rest } from "./suggestionInHand";

/** How many syntax errors more there are with a text at the cursor, in place of some units behind it; less than none where it mends some. */
export type ErrorsAdded = (text: string, replacedUtf16: number) => number;

export interface ShowingRules {
  /** False for who asks by key: they want to see what there is, however short and unsure. */
  readonly withholding: boolean;
  /** Characters that a suggestion must have. */
  readonly charactersMin: number;
  /** Asked last, since it costs a parse; gives undefined where nobody can tell. */
  readonly errorsAdded: () => ErrorsAdded | undefined;
}

export type Showing =
  | { readonly kind: "shown"; readonly rest: Rest }
  | { readonly kind: "withheld"; readonly outcome: Outcome };

export function showingOf(written: Written, context: TrimContext, { withholding, charactersMin, errorsAdded }: ShowingRules): Showing {
  const { text, replacedUtf16, emptied, interruption } = written;
  if (interruption !== undefined) return withheld({ kind: interruption });
  if (text === "") return withheld({ kind: emptied ?? "nothingToSay" });
  if (withholding) {
    if (isInsideWord(context.before, context.after)) return withheld({ kind: "insideWord" });
    if (!isUsefulLength(text, charactersMin)) return withheld({ kind: "tooShort" });
    const confidence = confidenceOf(written.rawText.slice(0, written.keptUtf16), written.choices);
    if (confidence !== undefined && confidence < confidenceMin) return withheld({ kind: "lowConfidence", detail: confidence.toFixed(2) });
  }
  const rest = withoutError({ text, replacedUtf16 }, context, errorsAdded());
  if (rest === undefined) return withheld({ kind: "syntaxError" });
  if (withholding && !isUsefulLength(rest.text, charactersMin)) return withheld({ kind: "tooShort" });
  return { kind: "shown", rest };
}

/**
 * Cut back to where it adds no syntax error; without an operator at its end, and with what it opened closed, where the text has
 * fewer errors so. Undefined where nothing is left.
 */
export function withoutError(rest: Rest, context: TrimContext, errorsAdded: ErrorsAdded | undefined): Rest | undefined {
  if (errorsAdded === undefined) return rest;
  const { text, replacedUtf16 } = rest;
  const ownClosed = (kept: string): string => kept + closingOf(context.lineBefore + kept, context.lineBefore.length, context);
  const closed = context.singleLine ? (kept: string): string => kept : ownClosed;
  // A suggestion of one line may open what the next lines close, where the line ends with it.
  const mayStayOpen = context.singleLine && /^[ \t]*(\n|$)/.test(context.after);
  // A beginning of the text replaces nothing: the closers that took the place of others stand at its end.
  const replacedBy = (candidate: string): number => (candidate.startsWith(text) ? replacedUtf16 : 0);
  const known = new Map<string, number>();
  // Each is parsed once.
  const errorsWith = (candidate: string): number => {
    const errors = known.get(candidate) ?? errorsAdded(candidate, replacedBy(candidate));
    known.set(candidate, errors);
    return errors;
  };
  const addsError = (candidate: string): boolean => 0 < errorsWith(candidate) && !(mayStayOpen && errorsAdded(ownClosed(candidate), 0) <= 0);
  const kept = withoutSyntaxError(text, addsError, closed);
  if (kept === undefined) return undefined;
  // Where the text before was in want of something itself, an operator without its operand or an open bracket adds no error, and
  // becomes one while it is typed along.
  const whole = withoutDanglingOperator(kept) ?? kept;
  const shown = [whole, closed(whole)].reduce((best, other) => (errorsWith(other) < errorsWith(best) ? other : best), kept);
  return { text: shown, replacedUtf16: replacedBy(shown) };
}

function withheld(outcome: Outcome): Showing {
  return { kind: "withheld", outcome };
}
