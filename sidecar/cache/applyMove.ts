// Owns the change of places: two neighbouring blocks of a document's cells, swapped in the engine and in a new ledger.
// Nothing is computed: keys are rotated with what else waits for it at the next decode.
import { cells } from "../engine/engine";
import { checkMirror, type CacheTarget } from "./applyPlan";
import type { Ledger } from "./ledger";
import { blocksOf, movedLedger, type Move } from "./move";

/** @throws EngineError when the engine refuses: the document's cells are then in an unknown state. */
export function applyMove(target: CacheTarget, ledger: Ledger, move: Move): Ledger {
  const { engine, sequence, park } = target;
  checkMirror(target, ledger);
  const { first, middle, end } = blocksOf(move);
  engine.copy(sequence, park, cells(first, end));
  engine.remove(sequence, cells(first, end));
  // No two cells may stand at one position, so the second block goes out of the way first.
  const away = end - first;
  engine.shift(park, cells(middle, end), away);
  engine.shift(park, cells(first, middle), end - middle);
  engine.shift(park, cells(middle + away, end + away), first - middle - away);
  engine.copy(park, sequence, cells(first, end));
  engine.remove(park, cells(first, end));
  const moved = movedLedger(ledger, move);
  checkMirror(target, moved);
  return moved;
}
