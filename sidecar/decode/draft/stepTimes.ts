// Owns how long this machine takes for a batch of so many tokens with this model, as measured while decoding. Reads no clock.

/** Weight of the newest measurement. One that waited for another program counts as no more than `slowFactor` times the rest. */
const newest = 0.25;
const slowFactor = 2;

export class StepTimes {
  private readonly msOf = new Map<number, number>();

  note(tokens: number, ms: number): void {
    if (!(0 < ms)) return;
    const before = this.msOf.get(tokens);
    this.msOf.set(tokens, before === undefined ? ms : before + newest * (Math.min(ms, slowFactor * before) - before));
  }

  /**
   * A batch of `tokens` in units of a token alone. What was never measured, and lies beyond all that was, counts as if the
   * tokens behind the first came for nothing: it is tried, and known from then on.
   */
  cost(tokens: number): number {
    const alone = this.msOf.get(1);
    if (alone === undefined || tokens === 1) return 1;
    const exact = this.msOf.get(tokens);
    if (exact !== undefined) return exact / alone;
    const sizes = [...this.msOf.keys()].sort((a, b) => a - b);
    const below = sizes.findLast((size) => size < tokens) ?? 1;
    const above = sizes.find((size) => tokens < size);
    const belowCost = (this.msOf.get(below) ?? alone) / alone;
    if (above === undefined) return belowCost;
    return belowCost + (((this.msOf.get(above) ?? alone) / alone - belowCost) * (tokens - below)) / (above - below);
  }
}
