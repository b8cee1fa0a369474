// Owns the suggestions that were given last for a document, and what was prepared to come behind the first of them: while
// the user types what one of them says, the rest of it is the answer, and the engine isn't asked. Pure: follows deltas.
// Suggestions end their lines in \n, whatever the document does: what was typed is compared as the model reads it.
import { isWordEnd } from "../decode/wordEnd";
import type { Delta } from "../text/delta";
import type { Utf16Offset } from "../text/frames";
import { modelText } from "../tokens/modelText";

/** What is left to suggest at the cursor. */
export interface Rest {
  readonly text: string;
  /** Units right of the cursor, on its line, that `text` replaces: closers that it has too. */
  readonly replacedUtf16: number;
}

export interface Given {
  readonly start: Utf16Offset;
  /** Never empty; the one that is shown first is first. */
  readonly texts: readonly [string, ...string[]];
  /** Units behind `start` that the texts replace. */
  readonly replacedUtf16?: number;
  /** Whether they were made for a word chosen in a list: of no use as they stand once the list is closed. */
  readonly isForWord?: boolean;
  /** Whether alternatives were looked for, even if there are none. */
  readonly withOthers?: boolean;
  /** Whether names in it were written that nobody could vouch for. */
  readonly isUnvouched?: boolean;
}

interface Held extends Given {
  /** Behind `start`: what was typed since, what the editor closed by itself, what is to be replaced. */
  readonly lengthUtf16: number;
  readonly isTouched: boolean;
  /** What comes behind the first text once all of it stands there; undefined while that isn't known. */
  readonly next: string | undefined;
  readonly nextIsUnvouched?: boolean;
}

export class SuggestionInHand {
  private held: Held | undefined;

  give(given: Given): void {
    const [first, ...others] = given.texts;
    const texts: Given["texts"] = [modelText(first), ...others.map(modelText)];
    this.held = { ...given, texts, lengthUtf16: given.replacedUtf16 ?? 0, isTouched: false, next: undefined };
  }

  /** Keeps step with an edit: one that stays within what was typed of the suggestion leaves it, any other drops it. */
  follow(delta: Delta): void {
    const { held } = this;
    if (held === undefined) return;
    const end = held.start + held.lengthUtf16;
    const isWithin = delta.touched().every(({ old }) => held.start <= old.start && old.end <= end);
    this.held = isWithin ? { ...held, lengthUtf16: held.lengthUtf16 + delta.newLength - delta.oldLength, isTouched: true } : undefined;
  }

  /**
   * What is left to suggest at `cursor` of `text`, the best first; nothing where the user went another way, or all of it is there.
   * @param word what the rest must go on from, where a word was chosen in a list; undefined where none is open
   */
  restsAt(cursor: Utf16Offset, text: string, word?: string): readonly Rest[] {
    const { held } = this;
    if (held === undefined || cursor < held.start || held.start + held.lengthUtf16 < cursor) return [];
    if (word === undefined && held.isForWord === true && !held.isTouched) return [];
    const typed = modelText(text.slice(held.start, cursor));
    const beside = modelText(text.slice(cursor, held.start + held.lengthUtf16));
    const [first] = held.texts;
    const isTaken = held.next !== undefined && typed.startsWith(first);
    const texts = isTaken ? [first + held.next] : held.texts;
    const rests = texts.flatMap((each) => restOf(each, typed, beside) ?? []);
    if (word === undefined) return rests;
    const wordIsOver = (behind: string): boolean => behind !== "" && !(isWordEnd(text.slice(0, cursor).slice(-1) + word) && isWordEnd(behind.slice(0, 1)));
    return rests.filter((rest) => rest.text.startsWith(word) && wordIsOver(rest.text.slice(word.length)));
  }

  /** Whether others than the first were looked for as well. */
  get isUnvouched(): boolean {
    return this.held?.isUnvouched === true;
  }

  get hasOthers(): boolean {
    return this.held?.withOthers === true;
  }

  /** What is left of the first suggestion at `cursor`, where what comes behind it isn't known yet. */
  unprepared(cursor: Utf16Offset, text: string): string | undefined {
    const { held } = this;
    if (held === undefined || held.next !== undefined || held.isForWord === true) return undefined;
    const [first] = held.texts;
    const typed = modelText(text.slice(held.start, cursor));
    const isAtEnd = cursor === held.start + held.lengthUtf16 && first.startsWith(typed) && typed !== first;
    return isAtEnd ? first.slice(typed.length) : undefined;
  }

  /** `next` comes behind the first suggestion; empty where nothing does. */
  prepare(next: string, nextIsUnvouched = false): void {
    if (this.held !== undefined) this.held = { ...this.held, next: modelText(next), nextIsUnvouched };
  }

  /**
   * What was prepared is on screen once the first stands there: it belongs to the first from then on, and what comes behind both
   * isn't known. True where that is so now for the first time, and something was prepared.
   */
  moveOn(cursor: Utf16Offset, text: string): boolean {
    const { held } = this;
    if (held?.next === undefined || !modelText(text.slice(held.start, cursor)).startsWith(held.texts[0])) return false;
    const isUnvouched = held.isUnvouched === true || held.nextIsUnvouched === true;
    this.held = { ...held, texts: [held.texts[0] + held.next], next: undefined, isUnvouched };
    return held.next !== "";
  }

  drop(): void {
    this.held = undefined;
  }
}

/** The rest of `suggested` where `typed` stands before the cursor and `beside`, which the editor closed by itself, behind it. */
function restOf(suggested: string, typed: string, beside: string): Rest | undefined {
  if (!suggested.startsWith(typed) || suggested.length === typed.length) return undefined;
  const rest = suggested.slice(typed.length);
  if (beside === "") return { text: rest, replacedUtf16: 0 };
  if (!isClosers(beside)) return undefined;
  // What stands there already is left out at the end, so that the rest is a plain insertion wherever it can be.
  if (rest.endsWith(beside)) return rest.length === beside.length ? undefined : { text: rest.slice(0, -beside.length), replacedUtf16: 0 };
  return !beside.includes("\n") && holdsInOrder(rest, beside) ? { text: rest, replacedUtf16: beside.length } : undefined;
}

/** Whether `text` is what an editor closes by itself. */
export function isClosers(text: string): boolean {
  return /^\s*[)\]}"'`][\s)\]}"'`]*$/.test(text);
}

function holdsInOrder(text: string, characters: string): boolean {
  let from = 0;
  for (const character of characters) {
    from = text.indexOf(character, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
