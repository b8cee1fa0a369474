// Owns a suggestion as a value: what it would add to the text at the cursor.

export interface SuggestionItem {
  readonly text: string;
  /** Where on the cursor's line the replaced range begins, in UTF-16 code units. */
  readonly startCharacter: number;
}

/** The part of a suggestion that follows the cursor: what stands before it is written already. */
export function insertedText(item: SuggestionItem, cursorCharacter: number): string {
  return item.text.slice(Math.max(0, cursorCharacter - item.startCharacter));
}
