// Owns what is cut of a text that goes round in circles at its end, after all that was done while decoding. Pure; reads
// lexemes, not the model's tokens, so that it holds for any model.

/** Words, single marks, line ends with their indentation; other white space parts them. */
const lexeme = /\n[ \t]*|[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

/** Lexemes that the copies have together, and how many copies there are, before it is a loop and no table of zeros. */
const loopLexemesMin = 16;
const copiesMin = 4;

/** Length of `text` with one copy left of what repeats at its end. */
export function unrepeatedLength(text: string): number {
  const lexemes = [...text.matchAll(lexeme)].map((match) => ({ text: match[0], end: match.index + match[0].length }));
  for (let period = 1; period * copiesMin <= lexemes.length; period += 1) {
    let start = lexemes.length - period;
    while (0 < start && lexemes[start - 1]?.text === lexemes[start - 1 + period]?.text) start -= 1;
    const repeated = lexemes.length - start;
    if (loopLexemesMin <= repeated && copiesMin * period <= repeated) return lexemes[start + period - 1]?.end ?? text.length;
  }
  return text.length;
}
