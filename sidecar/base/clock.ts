// Owns time as a parameter: nothing else in the sidecar reads a clock.

export interface Clock {
  /** Milliseconds since an arbitrary start, never going back. */
  nowMs(): number;
}

export const realClock: Clock = { nowMs: () => performance.now() };

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  constructor(private currentMs = 0) {}
  nowMs(): number {
    return this.currentMs;
  }
  advance(ms: number): void {
    this.currentMs += ms;
  }
}
