// Owns how long to wait before a fallen sidecar is started again, and when to stop trying. Reads no clock, sets no timer.

const delaysMs: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];

export class RestartDelays {
  private failures = 0;

  /** @param steadyMs a sidecar that ran this long starts the row again */
  constructor(private readonly steadyMs: number) {}

  /** The wait after a fall, or undefined where the row has ended. `ranMs` is 0 for one that never answered. */
  afterFall(ranMs: number): number | undefined {
    if (this.steadyMs <= ranMs) this.failures = 0;
    const delayMs = delaysMs[this.failures];
    this.failures += 1;
    return delayMs;
  }

  /** The user asks: the row starts again. */
  reset(): void {
    this.failures = 0;
  }
}
