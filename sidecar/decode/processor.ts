// Owns the contract of a logit processor. Processors only lower logits, and can take back what they accepted (Choice).
import type { Clock } from "../base/clock";

/** A bit of the completion's own work, for whoever has to wait; false where there is none left. */
export type Meanwhile = () => boolean;

/** Such work, and how long it took. */
export class MeteredWork {
  spentMs = 0;

  constructor(private readonly work: Meanwhile | undefined, private readonly clock: Clock) {}

  get meanwhile(): Meanwhile | undefined {
    const { work, clock } = this;
    return work && (() => {
      const startMs = clock.nowMs();
      const hasGoneOn = work();
      this.spentMs += clock.nowMs() - startMs;
      return hasGoneOn;
    });
  }
}

export interface LogitProcessor {
  /** Whether `lower` has anything to do at the next choice: where none has, no logit is copied. One without it always may. */
  acts?(): boolean;
  /**
   * Lowers logits in place, to -Infinity for what can't be chosen; false where it left all as they were.
   * @param meanwhile what to do while it waits; it never changes what this processor sees
   */
  lower(logits: Float32Array, meanwhile?: Meanwhile): boolean;
  /** Whether what the latest `lower` did hung on a lead of less than `nats`: logits off by so much could have it do otherwise. */
  isCloseCall?(nats: number): boolean;
  /** The token was chosen. */
  accept(token: number): void;
  /** Takes back the latest `count` accepted tokens. */
  rollBack(count: number): void;
}
