// Owns the contract of a logit processor. Processors only lower logits, and can take back what they accepted (Choice).
import type { OtherWork } from "./otherWork";

export interface LogitProcessor {
  /** Whether `lower` has anything to do at the next choice: where none has, no logit is copied. One without it always may. */
  acts?(): boolean;
  /**
   * Lowers logits in place, to -Infinity for what can't be chosen; false where it left all as they were.
   * @param work what there is to do while it waits; it changes nothing that a processor sees
   */
  lower(logits: Float32Array, work?: OtherWork): boolean;
  /** Whether what the latest `lower` did hung on a lead of less than `nats`: logits off by so much could have it do otherwise. */
  isCloseCall?(nats: number): boolean;
  /** The token was chosen. */
  accept(token: number): void;
  /** Takes back the latest `count` accepted tokens. */
  rollBack(count: number): void;
}
