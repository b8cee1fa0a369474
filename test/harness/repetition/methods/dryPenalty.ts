// Owns DRY ("don't repeat yourself"), a token that would lengthen a repeated run is penalised exponentially: for comparison only.
// Written after the description of llama.cpp's sampler of that name (llama_sampler_dry_apply); its defaults stand here.
import { at } from "../../../../sidecar/base/assert";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";

export interface DryOptions {
  readonly multiplier: number;
  readonly base: number;
  /** Runs shorter than this are free. */
  readonly allowedLength: number;
  /** A run doesn't reach back over such a token, and such a token is never penalised. */
  readonly isBreaker: (token: number) => boolean;
}

/** The strings that llama.cpp breaks runs at by default: a token that holds one of them is a breaker. */
export const dryBreakers = ["\n", ":", "\"", "*"] as const;

/** Keeps the power in range, as llama.cpp does. */
const largestLogarithm = 88.7228391;

export class DryPenalty implements LogitProcessor {
  private readonly tokens: number[];

  /** @param context tokens before the first generated one, oldest first */
  constructor(context: readonly number[], private readonly options: DryOptions) {
    this.tokens = [...context];
  }

  lower(logits: Float32Array): boolean {
    const { multiplier, base, allowedLength, isBreaker } = this.options;
    const runs = this.lengthenedRuns();
    for (const [token, length] of runs) {
      if (isBreaker(token)) continue;
      const exponent = Math.min(length - allowedLength, Math.floor(largestLogarithm / Math.log(base)));
      logits[token] = at(logits, token) - multiplier * base ** exponent;
    }
    return runs.size > 0;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
  }

  /** For each token that once followed what the text now ends with: the length of the longest such run. */
  private lengthenedRuns(): ReadonlyMap<number, number> {
    const { allowedLength, isBreaker } = this.options;
    const longest = new Map<number, number>();
    const latestFirst = this.tokens.toReversed();
    if (latestFirst.length <= allowedLength) return longest;
    const breaker = latestFirst.findIndex(isBreaker);
    const reach = breaker === -1 ? latestFirst.length : breaker;
    if (reach < allowedLength) return longest;
    const shared = sharedStarts(latestFirst);
    for (let index = 1; index < latestFirst.length; index += 1) {
      const length = Math.min(at(shared, index), reach);
      const next = at(latestFirst, index - 1);
      if (allowedLength <= length && (longest.get(next) ?? 0) < length) longest.set(next, length);
    }
    return longest;
  }
}

/** For each index, how many values from there on equal those from 0 on (the Z function). */
function sharedStarts(values: readonly number[]): readonly number[] {
  const lengths = values.map(() => 0);
  let left = 0;
  let right = 0;
  for (let index = 1; index < values.length; index += 1) {
    let length = index < right ? Math.min(right - index, at(lengths, index - left)) : 0;
    while (index + length < values.length && values[length] === values[index + length]) length += 1;
    lengths[index] = length;
    if (right < index + length) {
      left = index;
      right = index + length;
    }
  }
  return lengths;
}
