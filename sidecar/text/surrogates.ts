// Owns the one rule about surrogate pairs: a text is never cut inside one. Knows nothing else about characters.

const isHigh = (unit: number): boolean => 0xd800 <= unit && unit < 0xdc00;
const isLow = (unit: number): boolean => 0xdc00 <= unit && unit < 0xe000;

/** True when the first unit is the high and the second the low half of a pair. An empty string has no unit (NaN). */
export function isPair(first: number, second: number): boolean {
  return isHigh(first) && isLow(second);
}

/** True when `offset` (UTF-16) lies between the two halves of a pair of `text`. */
export function splitsPair(text: string, offset: number): boolean {
  return isPair(text.charCodeAt(offset - 1), text.charCodeAt(offset));
}

/** `offset`, or the start of the pair that it would cut. */
export function pairStart(text: string, offset: number): number {
  return splitsPair(text, offset) ? offset - 1 : offset;
}
