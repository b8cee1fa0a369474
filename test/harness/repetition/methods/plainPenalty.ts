// Owns the plain repetition penalty, every token seen lately made less likely whatever it is: for comparison only.
// (llama.cpp, llama_sampler_penalties_apply with penalty_repeat and penalty_last_n alone)
import { at } from "../../../../sidecar/base/assert";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";

/** llama.cpp's window. */
const lastTokens = 64;

export class PlainPenalty implements LogitProcessor {
  private readonly tokens: number[];

  /** @param context tokens before the first generated one, oldest first @param strength 1 does nothing */
  constructor(context: readonly number[], private readonly strength: number) {
    this.tokens = [...context];
  }

  /** Positive logits are divided and negative ones multiplied: dividing those would make them likelier. */
  lower(logits: Float32Array): boolean {
    const seen = new Set(this.tokens.slice(-lastTokens));
    for (const token of seen) {
      const logit = at(logits, token);
      logits[token] = 0 < logit ? logit / this.strength : logit * this.strength;
    }
    return seen.size > 0;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
  }
}
