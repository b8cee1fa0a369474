// Owns the estimate of what a rotation and a call cost, in tokens of prefill: the planner weighs them against tokens read again.
// Pure arithmetic on a model's shape; the constants were measured on two CPU cores.
import type { ModelShape } from "./modelFile";
import type { CacheType } from "./shiftCapability";

/**
 * Rotating one value of a key, in nanoseconds; quantised keys are unpacked and packed again.
 * Qwen2.5-Coder-1.5B's shape (28 layers of 2 × 128) at 8,192 tokens: 244 ms in F16, 540 ms in Q8_0.
 */
const rotationNs: Readonly<Record<CacheType, number>> = { f32: 4, f16: 4, bf16: 4, q8_0: 9, q4_0: 9 };
/** Prefill takes this long for each weight of the model and token. */
const prefillNsPerWeight = 0.012;

/** What one more call costs beside its tokens: a batch of few tokens reads all weights as a batch of many does. */
export const callCostTokens = 8;

/**
 * llama.cpp rotates all `contextLength` cells of all layers in one pass, however few have moved:
 * layers × key heads × head size × cells values, at so many nanoseconds, over the time that prefill takes for a token.
 */
export function shiftCostTokensOf(shape: ModelShape, contextLength: number, cacheType: CacheType, parameterCount: number): number {
  const values = shape.layerCount * shape.keyHeadCount * shape.keyHeadSize * contextLength;
  const tokenNs = Math.max(1, parameterCount * prefillNsPerWeight);
  return Math.ceil((values * rotationNs[cacheType]) / tokenNs);
}
