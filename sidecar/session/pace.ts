// Owns how fast this machine reads tokens with this model: measured while reading, so that a budget in milliseconds can be
// spent in tokens. Reads no clock.

/** Fewer tokens say more of a call's own cost than of the pace. */
const tokensMin = 8;
/** Weight of the newest measurement. */
const newest = 0.3;

export class Pace {
  private msPerToken: number | undefined;

  note(tokens: number, durationMs: number): void {
    if (tokens < tokensMin || durationMs <= 0) return;
    const measured = durationMs / tokens;
    this.msPerToken = this.msPerToken === undefined ? measured : (1 - newest) * this.msPerToken + newest * measured;
  }

  /** Tokens that can be read in `budgetMs`; no bound before anything was measured. */
  tokensIn(budgetMs: number): number {
    return this.msPerToken === undefined ? Infinity : Math.floor(budgetMs / this.msPerToken);
  }
}
