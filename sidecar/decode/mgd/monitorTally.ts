// Owns what the monitors of one completion did, as numbers that sum.

export interface MonitorTally {
  /** Questions put to the source. */
  asked: number;
  /** Answers that were there when they were needed and said what is legal. */
  answered: number;
  /** Answers in time that put no limit. */
  open: number;
  /** Questions whose answer was needed before it was there, or would have been put beyond the limit on questions. */
  late: number;
  /** Choices at which tokens were lowered. */
  masks: number;
  /** Of these, the ones at which another token was likeliest for it. */
  changed: number;
  /** Choices left alone because nothing legal could be chosen. */
  impossible: number;
  /** Milliseconds that decoding stood still for each answer that was needed. */
  readonly waitsMs: number[];
}

export function newTally(): MonitorTally {
  return { asked: 0, answered: 0, open: 0, late: 0, masks: 0, changed: 0, impossible: 0, waitsMs: [] };
}
