// Owns the estimate of what a rotation and a call cost, in tokens of prefill: the planner weighs them against tokens read again.
// Pure arithmetic on a model's shape; the constants were measured on two CPU cores.
import type { ModelShape } from "./modelFile";
import type { CacheType } from "./shiftCapability";

/**
 * Rotating one value of a key, in nanoseconds, on one quiet core; quantised keys are unpacked and packed again.
 * The embedded model (14 layers of 2 × 64) at 8,192 tokens: 75 ms in F16, 112 ms in Q8_0; with two threads 46 ms in F16.
 */
const rotationNs: Readonly<Record<CacheType, number>> = { f32: 5, f16: 5, bf16: 5, q8_0: 8, q4_0: 8 };
/** Prefill takes this long for each weight of the model and token, on one quiet core, in full batches: 0.83 ms a token for 50.6 M weights. */
const prefillNsPerWeight = 0.0165;

/**
 * What one more call costs beside its tokens. The embedded model with two threads behind 1,024 cells: 3.8 ms for one token, 5.4 for 2,
 * 15 for 8, 27 for 16, 92 for 128: a line that meets the axis at some 2 ms, or 4 tokens of full batches.
 */
export const callCostTokens = 4;

/**
 * llama.cpp rotates all `contextLength` cells of all layers in one pass, however few have moved:
 * layers × key heads × head size × cells values, at so many nanoseconds, over the time that prefill takes for a token.
 */
export function shiftCostTokensOf(shape: ModelShape, contextLength: number, cacheType: CacheType, parameterCount: number): number {
  const values = shape.layerCount * shape.keyHeadCount * shape.keyHeadSize * contextLength;
  const tokenNs = Math.max(1, parameterCount * prefillNsPerWeight);
  return Math.ceil((values * rotationNs[cacheType]) / tokenNs);
}
