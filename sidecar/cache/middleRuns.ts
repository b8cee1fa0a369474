// Owns which kept runs the middle of a prompt may have: the lines before the cursor, which lean on all the rest. Pure.
import type { Run } from "./align";

export interface MiddleRule {
  /** Index of the middle's first token, its sentinel. */
  readonly from: number;
  /**
   * How much of it may be given up because the cursor has jumped, so that text has changed sides: none where it hasn't. Where
   * there is more, what is left of it stays for a repair to mend.
   */
  readonly turnedTokensMax: number;
}

/**
 * `runs`, disjoint and rising, without what stands in the middle behind a change there, or without all of the middle. What an
 * alignment finds there are the same tokens of another place, and after a jump lines that were read with the text behind
 * them that stands before the cursor now: both cost far more than they save (docs/notes/05).
 */
export function middleRuns(runs: readonly Run[], { from, turnedTokensMax }: MiddleRule): readonly Run[] {
  const first = runs.find((run) => run.targetStart <= from && from < run.targetStart + run.length);
  const end = first === undefined ? from : first.targetStart + first.length;
  const keptTo = end - from <= turnedTokensMax ? from : end;
  return runs.flatMap((run) => {
    const length = Math.min(run.length, keptTo - run.targetStart);
    return 0 < length ? [{ ...run, length }] : [];
  });
}
