// Owns the notation of texts as blocks of tokens, and what is asserted of cells that were moved.
import { ok } from "node:assert/strict";
import type { Ledger } from "../../sidecar/cache/ledger";
import { sequence } from "./checkPatch";
import type { FakeEngine } from "./fakeEngine";

/** `a20 b40`: twenty tokens that stand nowhere else, then forty others; the same letter stands for the same tokens. */
export function parseBlocks(notation: string): Int32Array {
  const blocks = [...notation.matchAll(/([a-z])(\d+)/g)];
  return Int32Array.from(blocks.flatMap(([, letter = "a", length]) => {
    const first = (letter.charCodeAt(0) - 96) * 100;
    return Array.from({ length: Number(length) }, (_, index) => first + index);
  }));
}

/** The ledger never says that a cell was rotated less often than it was. */
export function checkRotations(engine: FakeEngine, ledger: Ledger): void {
  engine.cellsOf(sequence).forEach(({ shifts }, index) => {
    ok(shifts <= (ledger.shifts[index] ?? 0), `cell ${index}: ${shifts} rotations, ${ledger.shifts[index]} counted`);
  });
}
