// Owns the question whether tokens have become periodic: the mark of a model that loops.

/** What counts as a loop: this many copies of the same tokens at the end, and this many tokens in all of them. */
const loopCopiesMin = 5;
const loopTokensMin = 64;

/**
 * The shortest period with which the last tokens repeat exactly, at least `loopCopiesMin` times over at least
 * `loopTokensMin` tokens; undefined where they don't.
 */
export function loopPeriod(tokens: readonly number[]): number | undefined {
  for (let period = 1; loopCopiesMin * period <= tokens.length; period += 1) {
    const needed = Math.max(loopTokensMin, loopCopiesMin * period);
    if (tokens.length < needed) return undefined;
    let same = period;
    while (same < needed && tokens[tokens.length - 1 - same] === tokens[tokens.length - 1 - same + period]) same += 1;
    if (same === needed) return period;
  }
  return undefined;
}
