// Owns copies of text that outlive the text they were cut from: a slice keeps the whole string alive that it was cut from,
// so that a line of each of a thousand versions would keep all thousand. Pure.

/** The same text, in memory of its own. */
export function ownCopy(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}
