// Owns the parameters that a context is opened with: its length, the types of its cells, one cache for all sequences.
import { limits } from "../../base/limits";
import type { LlamaEngineOptions } from "./llamaEngineOptions";
import type { ModelShape } from "./modelFile";
import type { CacheType } from "./shiftCapability";

/** enum ggml_type. */
const ggmlType: Readonly<Record<CacheType, number>> = { f32: 0, f16: 1, q4_0: 2, q8_0: 8, bf16: 30 };
const flashAttentionType = { auto: -1, off: 0, on: 1 } as const;

/** Never longer than the model was trained for. */
export function contextLengthOf({ contextLength = limits.contextTokensDefault }: LlamaEngineOptions, { contextLengthTrained }: ModelShape): number {
  return contextLengthTrained > 0 ? Math.min(contextLength, contextLengthTrained) : contextLength;
}

/** llama_context_params, as far as they differ from the defaults. */
export function contextParameters(options: LlamaEngineOptions, cacheType: CacheType, contextLength: number) {
  const batchTokensMax = options.batchTokensMax ?? limits.batchTokensMax;
  const quantised = cacheType === "q8_0" || cacheType === "q4_0";
  // On the CPU flash attention makes batches of 2 to 40 tokens, which is what a patch decodes, take twice as long.
  const flash = options.flashAttention ?? "off";
  return {
    n_ctx: contextLength,
    n_batch: batchTokensMax,
    // A graphics card is the faster the more it has to do at once.
    n_ubatch: options.library.variant === "cpu" ? Math.min(batchTokensMax, limits.computedTokensMax) : batchTokensMax,
    n_seq_max: limits.sequencesMax,
    n_outputs_max: batchTokensMax,
    n_outputs_max_per_seq: batchTokensMax,
    type_k: ggmlType[cacheType],
    // Values can be quantised under flash attention alone.
    type_v: quantised && flash === "off" ? ggmlType.f16 : ggmlType[cacheType],
    flash_attn_type: quantised && flash === "auto" ? flashAttentionType.on : flashAttentionType[flash],
    kv_unified: true,
    swa_full: true,
    no_perf: true,
  };
}
