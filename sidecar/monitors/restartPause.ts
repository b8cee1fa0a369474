// Owns how long a language server that fell is left alone, and when it is given up. Reads no clock, sets no timer.

const pauseMsMin = 500;
const pauseMsMax = 30_000;
/** One that ran this long has fallen for the first time. */
const steadyMs = 60_000;
/** In a row; the last of them ends it. */
const fallsMax = 9;

export class RestartPause {
  private falls = 0;

  /** The pause after a fall, or undefined where it is not started again. `ranMs` is 0 for one that never answered. */
  afterFall(ranMs: number): number | undefined {
    if (steadyMs <= ranMs) this.falls = 0;
    this.falls += 1;
    return this.falls < fallsMax ? Math.min(pauseMsMin * 2 ** (this.falls - 1), pauseMsMax) : undefined;
  }
}
