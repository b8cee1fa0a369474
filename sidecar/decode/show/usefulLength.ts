// Owns how short a suggestion may be: to take one costs a key, and reading it more than that. Pure.

/** Characters that a suggestion must save, white space apart. */
const charactersMin = 2;

/** Whether it saves more than it costs; `charactersWanted` is what the user has asked for, where that is more. */
export function isUsefulLength(text: string, charactersWanted: number): boolean {
  return Math.max(charactersMin, charactersWanted) <= text.replaceAll(/\s/g, "").length;
}
