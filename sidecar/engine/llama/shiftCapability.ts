// Owns the judgement whether kept cells of a model's cache may be moved, and how often. Pure: facts in, a capability out.
// llama_memory_can_shift alone would let through caches that a shift spoils (YaRN) or that crash on it (BF16, quantised keys unrotated).
import type { ShiftCapability } from "../engine";

export type CacheType = "f32" | "f16" | "bf16" | "q8_0" | "q4_0";

export interface CacheFacts {
  readonly cacheType: CacheType;
  readonly keyHeadSize: number;
  readonly ropeScaling: string;
  readonly ropeAttentionFactor: number;
  readonly latentAttention: boolean;
  /** enum llama_rope_type: -1 none, 0 normal, 2 NeoX; the others count a position in several numbers. */
  readonly ropeType: number;
  readonly recurrent: boolean;
  readonly hybrid: boolean;
  /** llama_memory_can_shift. False for a sliding window without a full cache, among others. */
  readonly memoryCanShift: boolean;
  readonly slidingWindow: number;
}

/** Bytes a cached value takes. */
export const cacheTypeBytes: Readonly<Record<CacheType, number>> = { f32: 4, f16: 2, bf16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/** Shifts that keys of a type stand before rounding shows: simulated and measured (F16 at 100 shifts is off by 0.2 %). */
const shiftsMax: Readonly<Record<CacheType, number>> = { f32: 100, f16: 100, bf16: 0, q8_0: 10, q4_0: 0 };

/** llama.cpp rotates quantised keys by a Hadamard matrix of this size; where it can't, a shift of them crashes. */
const hadamardSize = 64;

export function shiftCapability(facts: CacheFacts): ShiftCapability {
  const reason = whyFixed(facts);
  return reason === undefined ? { kind: "shiftable", shiftsMax: shiftsMax[facts.cacheType] } : { kind: "fixed", reason };
}

function whyFixed(facts: CacheFacts): string | undefined {
  if (facts.recurrent) return "the model is recurrent: its state has no cells that could be kept";
  if (facts.hybrid) return "the model is partly recurrent: its state can't take a token in the middle";
  if (facts.ropeType === -1) return "the model has no rotary positions, so that a key can't be rotated to a new place";
  if (facts.ropeType !== 0 && facts.ropeType !== 2) return "the model counts positions in several dimensions (M-RoPE)";
  if (facts.latentAttention) return "the model keeps latent rows in place of keys";
  if (facts.ropeScaling !== "none" && facts.ropeScaling !== "linear") {
    return `the model's positions are scaled by ${facts.ropeScaling}: each shift would scale every key`;
  }
  if (facts.ropeAttentionFactor !== 1) return "the model scales its keys with the rotation: each shift would scale them again";
  if (facts.cacheType === "bf16") return "keys in BF16 can't be rotated on a CPU";
  if ((facts.cacheType === "q8_0" || facts.cacheType === "q4_0") && facts.keyHeadSize % hadamardSize !== 0) {
    return `quantised keys of head size ${facts.keyHeadSize} can't be rotated: it is no multiple of ${hadamardSize}`;
  }
  if (shiftsMax[facts.cacheType] === 0) return `keys in ${facts.cacheType} don't stand a single shift`;
  if (!facts.memoryCanShift) {
    return facts.slidingWindow > 0 ? "the model attends through a sliding window without a full cache" : "llama.cpp can't shift this model's cache";
  }
  return undefined;
}
