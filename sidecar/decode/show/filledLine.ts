// Owns the nearest line of a text that has more than white space on it. Pure; reads no more of the text than it must.

/** The first such line, without its end; undefined where there is none. */
export function firstFilledLine(text: string): string | undefined {
  const start = text.search(/\S/);
  if (start === -1) return undefined;
  const newline = text.indexOf("\n", start);
  return text.slice(text.lastIndexOf("\n", start) + 1, newline === -1 ? text.length : newline);
}

/** The last such line, without what white space ends it; undefined where there is none. */
export function lastFilledLine(text: string): string | undefined {
  const filled = text.trimEnd();
  return filled === "" ? undefined : filled.slice(filled.lastIndexOf("\n") + 1);
}

/** `text` up to its first line end, and what is behind that. */
export function firstLineOf(text: string): { readonly line: string; readonly below: string } {
  const newline = text.indexOf("\n");
  return newline === -1 ? { line: text, below: "" } : { line: text.slice(0, newline), below: text.slice(newline + 1) };
}
