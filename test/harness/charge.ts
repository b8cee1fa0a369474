// Owns what is charged to a completion: every token encoded since the completion before it, whenever it happened, with
// idle healing apart. Pure: it reads counters that only rise.
import type { CacheCounters } from "../../sidecar/protocol/data";

/** What the cache did since the completion before. Summed over a trace it is what the sessions' counters rose by. */
export type Charge = Pick<CacheCounters, "tokensEncoded" | "cellsKept" | "cellsShifted" | "repairTokens" | "healTokens">;

/** The charges between completions, taken from counters that only rise. */
export class ChargeMeter {
  constructor(private before: CacheCounters) {}

  /** What was added since the last reading. */
  read(totals: CacheCounters): Charge {
    const { before } = this;
    this.before = totals;
    return {
      tokensEncoded: totals.tokensEncoded - before.tokensEncoded,
      cellsKept: totals.cellsKept - before.cellsKept,
      cellsShifted: totals.cellsShifted - before.cellsShifted,
      repairTokens: totals.repairTokens - before.repairTokens,
      healTokens: totals.healTokens - before.healTokens,
    };
  }
}
