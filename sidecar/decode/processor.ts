// Owns the contract of a logit processor. Processors only lower logits, and can take back what they accepted (Choice).

export interface LogitProcessor {
  /** Lowers logits in place, to -Infinity for what can't be chosen; false where it left all as they were. */
  lower(logits: Float32Array): boolean;
  /** The token was chosen. */
  accept(token: number): void;
  /** Takes back the latest `count` accepted tokens. */
  rollBack(count: number): void;
}
