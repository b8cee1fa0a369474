// Owns the words that a budget or a cursor cuts: none is shown by halves, and none is written into. Pure.

const wordCharacter = /[\p{L}\p{N}_$]/u;
const lastWord = /[\p{L}\p{N}_$]+$/u;

/**
 * `text` without the word at its end, which may be half of one, and without the white space before that.
 * @param goesOn whether decoding was broken off, so that nobody knows whether the word was whole
 */
export function withoutHalfWord(text: string, goesOn: boolean): string {
  return goesOn ? text.replace(lastWord, "").trimEnd() : text;
}

/** Whether a text at the cursor would stand in the middle of a word. */
export function isInsideWord(before: string, after: string): boolean {
  return wordCharacter.test(before.slice(-1)) && wordCharacter.test(after.slice(0, 1));
}
