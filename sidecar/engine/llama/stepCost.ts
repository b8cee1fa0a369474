// Owns the estimate of what a rotation and a call cost, in tokens of prefill: the planner weighs them against tokens read again.
// Pure arithmetic on a model's shape; the constants were measured on two CPU cores.
import type { ModelShape } from "./modelFile";
import type { CacheType } from "./shiftCapability";

/**
 * Rotating one value of a key, in nanoseconds, on one core; quantised keys are unpacked and packed again.
 * The embedded model (14 layers of 2 × 64) at 8,192 tokens: 43 ms in F16.
 */
const rotationNs: Readonly<Record<CacheType, number>> = { f32: 4, f16: 3, bf16: 3, q8_0: 9, q4_0: 9 };
/** Prefill takes this long for each weight of the model and token, on one core, in full batches: 0.9 ms a token for 50.6 M weights. */
const prefillNsPerWeight = 0.018;

/**
 * What one more call costs beside its tokens. The embedded model on one core: 4 ms for one token, 28 for 8, 43 for 16 and 145 for 128,
 * so that a call of few tokens costs some 9 ms more than its share of a full batch.
 */
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
