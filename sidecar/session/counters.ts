// Owns the counters of a document: what its completions kept, moved and encoded. They sum: for each plan
// cellsKept + cellsShifted + tokensEncoded is the length of the prompt.
import type { CacheCounters } from "../protocol/data";

/** One addition to the counters; what is left out counts 0. */
export type CounterStep = Partial<CacheCounters>;

export const noCounters: CacheCounters = {
  completions: 0, cellsKept: 0, cellsShifted: 0, tokensEncoded: 0, repairTokens: 0, healTokens: 0, prefixTokens: 0, rebuilds: 0,
};

export function addCounters(counters: CacheCounters, step: CounterStep): CacheCounters {
  return {
    completions: counters.completions + (step.completions ?? 0),
    cellsKept: counters.cellsKept + (step.cellsKept ?? 0),
    cellsShifted: counters.cellsShifted + (step.cellsShifted ?? 0),
    tokensEncoded: counters.tokensEncoded + (step.tokensEncoded ?? 0),
    repairTokens: counters.repairTokens + (step.repairTokens ?? 0),
    healTokens: counters.healTokens + (step.healTokens ?? 0),
    prefixTokens: counters.prefixTokens + (step.prefixTokens ?? 0),
    rebuilds: counters.rebuilds + (step.rebuilds ?? 0),
  };
}

/** The value below which `share` of the sorted values lie (nearest rank); undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
