// Owns what a word that is chosen in the editor's list means for a completion: it is completed as if the word stood there,
// since the editor hides whatever doesn't go on from it. Pure.
import type { TextDocument } from "../text/document";
import type { Utf16Offset } from "../text/frames";
import type { CompletionRequest } from "./events";

export interface ChosenWord {
  /** What of it stands before the cursor. */
  readonly typed: string;
  /** What the completion must begin with; empty where all of the word is there. */
  readonly rest: string;
}

/** Undefined where no word is chosen, or one that doesn't go on from what stands before the cursor: no insertion makes it whole. */
export function chosenWordAt({ word }: CompletionRequest, document: TextDocument, cursor: Utf16Offset): ChosenWord | undefined {
  if (word === undefined) return undefined;
  const start = document.lines.offsetAt(word.start, document.encoding);
  const end = document.lines.offsetAt(word.end, document.encoding);
  if (start === undefined || end !== cursor || cursor < start) return undefined;
  const typed = document.text.slice(start, cursor);
  return word.text.startsWith(typed) ? { typed, rest: word.text.slice(typed.length) } : undefined;
}
