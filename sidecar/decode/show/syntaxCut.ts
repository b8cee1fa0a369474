// Owns the cutting back of a suggestion to where it adds no syntax error. Pure: the parser is the caller's.

/** Parses for one suggestion: each costs some milliseconds in a long file. */
const parsesMax = 8;

/**
 * The longest text, of `text` and its beginnings of whole lines, that adds no syntax error: as it stands, or with what it
 * opened itself closed. Undefined where there is none.
 * @param addsError whether the document has more errors with this text at the cursor than without
 * @param closed the same text with what it opened closed
 */
export function withoutSyntaxError(text: string, addsError: (text: string) => boolean, closed: (text: string) => string): string | undefined {
  let parses = 0;
  for (let length = text.length; 0 < length; length = text.lastIndexOf("\n", length - 1)) {
    const kept = text.slice(0, length).trimEnd();
    if (kept === "") return undefined;
    for (const candidate of new Set([kept, closed(kept)])) {
      if (parses === parsesMax) return undefined;
      parses += 1;
      if (!addsError(candidate)) return candidate;
    }
  }
  return undefined;
}
