// Owns the borrowing of a document's cells for decoding: a scratch sequence shares them, and is gone again afterwards, so
// that the document's cells are as decoding found them (Traceless).
import { invariant } from "../base/invariants";
import { limits } from "../base/limits";
import { checkMirror } from "../cache/applyPlan";
import { cells, toEnd } from "../engine/engine";
import type { Bench } from "./bench";
import type { HeldCells } from "./session";

/** Lets `work` decode in a scratch sequence that shares the first `count` cells; gives it back whatever happens (Traceless). */
export function inScratchSequence<Result>(
  { engine, scratch, park, shelf }: Pick<Bench, "engine" | "scratch" | "park" | "shelf">, held: HeldCells, count: number, work: () => Result,
): Result {
  invariant(engine.positions(scratch) === undefined, "traceless", "the scratch sequence isn't empty");
  shelf?.giveWay(limits.preparedTokensMax + limits.completionTokensMax);
  if (0 < count) engine.copy(held.sequence, scratch, cells(0, count));
  const result = work();
  // After a throw the caller empties every sequence; until then nothing may be asked of an engine that failed.
  engine.remove(scratch, toEnd(0));
  checkMirror({ engine, sequence: held.sequence, park }, held.ledger);
  return result;
}
