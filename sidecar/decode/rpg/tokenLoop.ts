// Owns the finding of loops inside a line: a run of tokens that follows itself again and again. Pure.

export interface TokenLoop {
  /** Tokens of one copy. */
  readonly period: number;
  readonly copies: number;
  /** The token that goes on with it. */
  readonly next: number;
}

const periodMax = 16;
/** Shorter loops are how people write tables and rulers. */
const loopTokensMin = 16;

/**
 * The loop at the end of `tokens`, if there is one.
 * @param inLine whether a token belongs to the inside of a line: a loop does not reach over one that doesn't
 */
export function tokenLoop(tokens: readonly number[], inLine: (token: number) => boolean): TokenLoop | undefined {
  let best: TokenLoop | undefined;
  for (let period = 1; period <= periodMax && period < tokens.length; period += 1) {
    let run = 0;
    for (let index = tokens.length - 1; period <= index && tokens[index] === tokens[index - period] && inLine(tokens[index] ?? 0); index -= 1) run += 1;
    const next = tokens[tokens.length - period];
    const copies = Math.floor(run / period);
    if (run < loopTokensMin || next === undefined || copies <= (best?.copies ?? 0)) continue;
    best = { period, copies, next };
  }
  return best;
}
