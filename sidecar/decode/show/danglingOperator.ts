// Owns where a text ends behind an operator that wants another operand. Knows no language: an operator in some is looked for in
// all, and a parser says whether it is of use there. Left out is what is an operator in some languages and an end in others.

const operand = String.raw`(?<=[\p{L}\p{N}_$)\]}"'\x60>])[ \t]*`;
const signs = String.raw`\?\?|&&|\|\||\*\*|[-+*%&|^]|[=!]==?|[<>]=|=`;
const words = String.raw`(?<=[ \t])(?:and|or|in|is|instanceof|as|extends|satisfies)`;
const dangling = new RegExp(`${operand}(?:${signs}|${words})[ \\t]*$`, "u");

/** The text up to its last operand; undefined where it ends with one. */
export function withoutDanglingOperator(text: string): string | undefined {
  const found = dangling.exec(text);
  return found === null ? undefined : text.slice(0, found.index);
}
