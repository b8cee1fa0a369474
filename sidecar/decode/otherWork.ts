// Owns the contract between who has to wait for something from outside and the work that can be done in that time.

export interface OtherWork {
  /** Does a bit of it; false where none is left, or none is worth it. */
  doSome(): boolean;
  /** All time that it took so far. */
  readonly spentMs: number;
  /** Of that, the time for what has turned out to be of no use. */
  readonly inVainMs: number;
}
