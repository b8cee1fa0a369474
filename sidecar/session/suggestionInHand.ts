// Owns the suggestion that was given last for a document: while the user types what it says, the rest of it is the answer,
// and the engine isn't asked. Pure: follows deltas.
import type { Delta } from "../text/delta";
import type { Utf16Offset } from "../text/frames";

export class SuggestionInHand {
  private held: { readonly start: Utf16Offset; readonly text: string; readonly typedUtf16: number } | undefined;

  /** `text` was suggested at `start`. */
  give(start: Utf16Offset, text: string): void {
    this.held = { start, text, typedUtf16: 0 };
  }

  /** Keeps step with an edit: one that stays within what was typed of the suggestion leaves it, any other drops it. */
  follow(delta: Delta): void {
    const { held } = this;
    if (held === undefined) return;
    const end = held.start + held.typedUtf16;
    const touched = delta.touched();
    const isWithin = touched.every(({ old }) => held.start <= old.start && old.end <= end);
    this.held = isWithin ? { ...held, typedUtf16: held.typedUtf16 + delta.newLength - delta.oldLength } : undefined;
  }

  /** What is left to suggest at `cursor` of `text`; undefined where the user went another way, or nothing is left. */
  restAt(cursor: Utf16Offset, text: string): string | undefined {
    const { held } = this;
    if (held === undefined || cursor !== held.start + held.typedUtf16) return undefined;
    const typed = text.slice(held.start, cursor);
    return held.text.startsWith(typed) && typed.length < held.text.length ? held.text.slice(typed.length) : undefined;
  }

  drop(): void {
    this.held = undefined;
  }
}
