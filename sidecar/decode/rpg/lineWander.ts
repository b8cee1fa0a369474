// Owns the finding of lines that go on and on out of the same pieces, in no strict order: types nested in each other, lists
// of the same few names. Pure. What repeats in strict order is a token loop's.

export interface LineWander {
  /** Tokens of the line that said, behind the two before them, what was said there before; each new one halves the count. */
  readonly count: number;
  /** What has followed the last two tokens on this line, each once. */
  readonly next: readonly number[];
}

/** Lines that are no longer than this don't wander. */
const lineTokensMin = 40;
/** Larger than any token's id, so that two of them make one number. */
const idsMax = 2 ** 24;

/**
 * The wandering at the end of `tokens`, if the line is long and its last two tokens have been there before.
 * @param inLine whether a token belongs to the inside of a line: the line begins behind the last one that doesn't
 */
export function lineWander(tokens: readonly number[], inLine: (token: number) => boolean): LineWander | undefined {
  const start = tokens.findLastIndex((token) => !inLine(token)) + 1;
  if (tokens.length - start < lineTokensMin) return undefined;
  const followers = new Map<number, Set<number>>();
  let count = 0;
  for (let index = start + 2; index < tokens.length; index += 1) {
    const known = followers.get(pairBefore(tokens, index));
    const token = tokens[index] ?? 0;
    count = known?.has(token) === true ? count + 1 : count / 2;
    if (known === undefined) followers.set(pairBefore(tokens, index), new Set([token]));
    else known.add(token);
  }
  const next = followers.get(pairBefore(tokens, tokens.length));
  return next === undefined ? undefined : { count, next: [...next] };
}

function pairBefore(tokens: readonly number[], index: number): number {
  return (tokens[index - 2] ?? 0) * idsMax + (tokens[index - 1] ?? 0);
}
