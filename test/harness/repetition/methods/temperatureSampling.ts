// Owns sampling at a temperature as a processor: it draws a token and leaves no other to choose. For comparison only.
import { at } from "../../../../sidecar/base/assert";
import { Random } from "../../../../sidecar/base/random";
import type { LogitProcessor } from "../../../../sidecar/decode/processor";

export class TemperatureSampling implements LogitProcessor {
  private accepted = 0;

  constructor(private readonly temperature: number, private readonly seed: number) {}

  lower(logits: Float32Array): boolean {
    const drawn = this.draw(logits);
    const kept = at(logits, drawn);
    logits.fill(-Infinity);
    logits[drawn] = kept;
    return true;
  }

  accept(): void {
    this.accepted += 1;
  }

  rollBack(count: number): void {
    this.accepted -= count;
  }

  /** What is drawn depends on how many tokens there are, not on how often was drawn: a roll-back draws the same again. */
  private draw(logits: Float32Array): number {
    let highest = -Infinity;
    for (const logit of logits) if (highest < logit) highest = logit;
    let sum = 0;
    for (const logit of logits) sum += Math.exp((logit - highest) / this.temperature);
    let left = sum * new Random(this.seed + Math.imul(this.accepted + 1, 0x9e3779b1)).next();
    let last = 0;
    for (let token = 0; token < logits.length; token += 1) {
      const weight = Math.exp((at(logits, token) - highest) / this.temperature);
      if (weight === 0) continue;
      last = token;
      left -= weight;
      if (left < 0) return token;
    }
    return last;
  }
}
