// Owns the layouts of llama.cpp's structs for the known releases, as data, and the check that a library really has them.
// Knows no FFI: symbols.ts declares these to it. Source: llama.h of the release.

export type FieldType = "int32" | "uint32" | "float" | "bool" | "pointer" | "size";

export interface StructLayout {
  readonly name: string;
  readonly bytes: number;
  /** In the order of the C declaration. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** What the library's own `…_default_params` returns: a field that moved or changed its type shows here. */
  readonly defaults: Readonly<Record<string, FieldValue>>;
}

export type FieldValue = number | boolean | bigint | null;
export type StructValue = Record<string, FieldValue>;

/** The llama.cpp releases whose structs are those below: what the packages of different platforms hold. */
export const knownReleases: readonly string[] = ["v0.5.0", "v0.4.0"];

export const modelParamsLayout: StructLayout = {
  name: "llama_model_params",
  bytes: 80,
  fields: {
    devices: "pointer", tensor_buft_overrides: "pointer", n_gpu_layers: "int32", split_mode: "int32", load_mode: "int32", lazy_mode: "int32",
    main_gpu: "int32", tensor_split: "pointer", progress_callback: "pointer", progress_callback_user_data: "pointer", kv_overrides: "pointer",
    vocab_only: "bool", check_tensors: "bool", use_extra_bufts: "bool", no_host: "bool", no_alloc: "bool", load_mtp: "bool",
  },
  defaults: {
    devices: null, tensor_buft_overrides: null, n_gpu_layers: -1, split_mode: 1, load_mode: -1, lazy_mode: 1, main_gpu: 0, tensor_split: null,
    progress_callback: null, progress_callback_user_data: null, kv_overrides: null,
    vocab_only: false, check_tensors: false, use_extra_bufts: true, no_host: false, no_alloc: false, load_mtp: false,
  },
};

export const contextParamsLayout: StructLayout = {
  name: "llama_context_params",
  bytes: 160,
  fields: {
    n_ctx: "uint32", n_batch: "uint32", n_ubatch: "uint32", n_seq_max: "uint32", n_rs_seq: "uint32", n_outputs_max: "uint32",
    n_outputs_max_per_seq: "uint32", n_threads: "int32", n_threads_batch: "int32", ctx_type: "int32", rope_scaling_type: "int32",
    pooling_type: "int32", attention_type: "int32", flash_attn_type: "int32", rope_freq_base: "float", rope_freq_scale: "float",
    yarn_ext_factor: "float", yarn_attn_factor: "float", yarn_beta_fast: "float", yarn_beta_slow: "float", yarn_orig_ctx: "uint32",
    defrag_thold: "float", cb_eval: "pointer", cb_eval_user_data: "pointer", type_k: "int32", type_v: "int32", abort_callback: "pointer",
    abort_callback_data: "pointer", embeddings: "bool", offload_kqv: "bool", no_perf: "bool", op_offload: "bool", swa_full: "bool",
    kv_unified: "bool", samplers: "pointer", n_samplers: "size", ctx_other: "pointer",
  },
  defaults: {
    n_ctx: 512, n_batch: 2048, n_ubatch: 512, n_seq_max: 1, n_rs_seq: 0, n_outputs_max: 0, n_outputs_max_per_seq: 1, n_threads: 4,
    n_threads_batch: 4, ctx_type: 0, rope_scaling_type: -1, pooling_type: -1, attention_type: -1, flash_attn_type: -1, rope_freq_base: 0,
    rope_freq_scale: 0, yarn_ext_factor: -1, yarn_attn_factor: -1, yarn_beta_fast: -1, yarn_beta_slow: -1, yarn_orig_ctx: 0, defrag_thold: -1,
    cb_eval: null, type_k: 1, type_v: 1, abort_callback: null, embeddings: false, offload_kqv: true, no_perf: true, op_offload: true,
    swa_full: true, kv_unified: false, samplers: null, n_samplers: 0, ctx_other: null,
  },
};

/** Passed by value to llama_decode; the arrays are ours. */
export const batchLayout: StructLayout = {
  name: "llama_batch",
  bytes: 56,
  fields: { n_tokens: "int32", token: "pointer", embd: "pointer", pos: "pointer", n_seq_id: "pointer", seq_id: "pointer", logits: "pointer" },
  defaults: {},
};

/** What is wrong with a struct as the library fills it, or undefined. `bytes` is the size that the FFI computes from the fields. */
export function layoutFault(layout: StructLayout, bytes: number, value: Readonly<Record<string, unknown>>): string | undefined {
  if (bytes !== layout.bytes) return `${layout.name} takes ${bytes} bytes here, ${layout.bytes} were expected`;
  for (const [field, expected] of Object.entries(layout.defaults)) {
    if (value[field] !== expected) return `${layout.name}.${field} is ${String(value[field])} by default, ${String(expected)} was expected`;
  }
  return undefined;
}
