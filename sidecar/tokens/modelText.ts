// Owns what of a text the model is told: lines end in \n, as in what it was trained on. Knows no tokeniser.

/** `text` as the model reads it, without the \r of each \r\n; a lone \r stays, as an odd character that the user meant. */
export function modelText(text: string): string {
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}
