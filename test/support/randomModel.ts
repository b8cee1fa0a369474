// Owns models of random weights in the Llama architecture, with a small byte-level vocabulary: no trained model is needed to test a cache.
// With one layer, K and V depend on the token alone, so that a patched cache must give a cold one's logits.
import { Random } from "../../sidecar/base/random";
import { writeGguf } from "./ggufWriter";
import type { GgufEntry, GgufTensor } from "./ggufWriter";

export interface RandomModelShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly feedForward: number;
  readonly contextLength: number;
  readonly weights: "f32" | "f16";
  readonly seed: number;
  /** Entries to add or to replace: how foreign and broken models are made. */
  readonly metadata: Readonly<Record<string, GgufEntry>>;
}

const shapeDefault: RandomModelShape = {
  layers: 1, width: 256, heads: 4, keyHeads: 2, feedForward: 256, contextLength: 2_048, weights: "f32", seed: 1, metadata: {},
};

export const randomModelSentinels = { end: 0, prefix: 1, middle: 2, suffix: 3, pad: 4, repository: 5, fileSeparator: 6 } as const;
const sentinels = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];
/** Pairs merged by the tokeniser, in order; Ġ stands for a space and Ċ for a line end. */
const merges = [
  "Ġ Ġ", "ĠĠ ĠĠ", "t h", "i n", "e r", "o n", "r e", "th e", "c on", "con s", "cons t", "Ġ =", "r et", "re t", "u r", "ur n", "ret urn", "Ġ const",
  "f un", "fun c", "func t", "i on", "funct ion", "l e", "le t", ") ;", ") Ċ", "; Ċ", "Ċ Ċ", "a l", "v al", "Ġ val", "n a", "na m", "nam e",
];

/** Tokens of the vocabulary, sentinels included. */
export const randomModelVocabulary: readonly string[] = buildVocabulary();

export function writeRandomModel(path: string, shape: Partial<RandomModelShape> = {}): void {
  const full = { ...shapeDefault, ...shape };
  writeGguf(path, { ...metadataOf(full), ...full.metadata }, tensorsOf(full));
}

/** Entries that give a model a SentencePiece vocabulary, which puts a space before each text. As long as the byte-level one. */
export function sentencePieceMetadata(): Record<string, GgufEntry> {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const words = ["▁", "a", "b", "▁a", "▁b", "ab", "▁ab", "x", "▁=", "=", "▁▁"];
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...words];
  while (tokens.length < randomModelVocabulary.length) tokens.push(`unused${tokens.length}`);
  return {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.pre": "default",
    "tokenizer.ggml.tokens": { strings: tokens },
    "tokenizer.ggml.scores": { float32s: tokens.map((_, token) => -token) },
    "tokenizer.ggml.token_type": { int32s: tokens.map((_, token) => (token === 0 ? 2 : token < 3 ? 3 : token < 259 ? 6 : 1)) },
    "tokenizer.ggml.bos_token_id": { uint32: 1 },
    "tokenizer.ggml.eos_token_id": { uint32: 2 },
    "tokenizer.ggml.unknown_token_id": { uint32: 0 },
    "tokenizer.ggml.add_space_prefix": true,
    "tokenizer.ggml.add_bos_token": true,
    ...noFimTokens,
  };
}

/** Ids that name no token. */
export const noFimTokens: Readonly<Record<string, GgufEntry>> = Object.fromEntries(
  ["pre", "suf", "mid", "pad", "rep", "sep"].map((name) => [`tokenizer.ggml.fim_${name}_token_id`, { uint32: 0xffffffff }]),
);

function metadataOf(shape: RandomModelShape): Record<string, GgufEntry> {
  return {
    "general.architecture": "llama",
    "general.name": `random weights, ${shape.layers} layers`,
    "general.file_type": { uint32: shape.weights === "f32" ? 0 : 1 },
    "llama.context_length": { uint32: shape.contextLength },
    "llama.embedding_length": { uint32: shape.width },
    "llama.block_count": { uint32: shape.layers },
    "llama.feed_forward_length": { uint32: shape.feedForward },
    "llama.attention.head_count": { uint32: shape.heads },
    "llama.attention.head_count_kv": { uint32: shape.keyHeads },
    "llama.attention.layer_norm_rms_epsilon": { float32: 1e-6 },
    "llama.rope.freq_base": { float32: 100_000 },
    "llama.rope.dimension_count": { uint32: shape.width / shape.heads },
    "llama.vocab_size": { uint32: randomModelVocabulary.length },
    ...vocabularyMetadata(randomModelVocabulary.length),
  };
}

/** The byte-level vocabulary, filled up to `size` with tokens that no text has. */
export function vocabularyMetadata(size: number): Record<string, GgufEntry> {
  const { end, prefix, middle, suffix, pad, repository, fileSeparator } = randomModelSentinels;
  const tokens = Array.from({ length: size }, (_, token) => randomModelVocabulary[token] ?? `unused${token}`);
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": { strings: tokens },
    "tokenizer.ggml.token_type": { int32s: tokens.map((_, token) => (token < sentinels.length ? 3 : 1)) },
    "tokenizer.ggml.merges": { strings: usableMerges() },
    "tokenizer.ggml.eos_token_id": { uint32: end },
    "tokenizer.ggml.add_bos_token": false,
    "tokenizer.ggml.fim_pre_token_id": { uint32: prefix },
    "tokenizer.ggml.fim_suf_token_id": { uint32: suffix },
    "tokenizer.ggml.fim_mid_token_id": { uint32: middle },
    "tokenizer.ggml.fim_pad_token_id": { uint32: pad },
    "tokenizer.ggml.fim_rep_token_id": { uint32: repository },
    "tokenizer.ggml.fim_sep_token_id": { uint32: fileSeparator },
  };
}

function tensorsOf(shape: RandomModelShape): readonly GgufTensor[] {
  const { width, feedForward, weights } = shape;
  const random = new Random(shape.seed);
  const keyWidth = (width / shape.heads) * shape.keyHeads;
  const matrix = (name: string, rows: number, columns: number, scale = 1 / Math.sqrt(columns)): GgufTensor => ({
    name, dimensions: [columns, rows], type: weights, values: Float32Array.from({ length: rows * columns }, () => scale * normal(random)),
  });
  const ones = (name: string): GgufTensor => ({ name, dimensions: [width], type: "f32", values: new Float32Array(width).fill(1) });
  const tensors = [
    matrix("token_embd.weight", randomModelVocabulary.length, width, 1), ones("output_norm.weight"),
    matrix("output.weight", randomModelVocabulary.length, width),
  ];
  for (let layer = 0; layer < shape.layers; layer += 1) {
    const block = `blk.${layer}.`;
    tensors.push(
      ones(`${block}attn_norm.weight`), ones(`${block}ffn_norm.weight`),
      matrix(`${block}attn_q.weight`, width, width), matrix(`${block}attn_k.weight`, keyWidth, width), matrix(`${block}attn_v.weight`, keyWidth, width),
      matrix(`${block}attn_output.weight`, width, width), matrix(`${block}ffn_gate.weight`, feedForward, width),
      matrix(`${block}ffn_up.weight`, feedForward, width), matrix(`${block}ffn_down.weight`, width, feedForward),
    );
  }
  return tensors;
}

/** A normally distributed number (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function buildVocabulary(): readonly string[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byteLetter(byte));
  const vocabulary = [...sentinels, ...bytes];
  for (const merge of merges) {
    const [left = "", right = ""] = merge.split(" ");
    // A merge whose parts no earlier merge makes would never happen; the tokeniser refuses it.
    if (vocabulary.includes(left) && vocabulary.includes(right) && !vocabulary.includes(left + right)) vocabulary.push(left + right);
  }
  return vocabulary;
}

function usableMerges(): readonly string[] {
  return merges.filter((merge) => merge.split(" ").every((part) => randomModelVocabulary.includes(part)));
}

/** GPT-2 writes each byte as a visible letter: printable Latin-1 as itself, the others from U+0100 on, in order. */
function byteLetter(byte: number): string {
  const visible = (code: number): boolean => (33 <= code && code <= 126) || (161 <= code && code <= 172) || (174 <= code && code <= 255);
  if (visible(byte)) return String.fromCharCode(byte);
  let hidden = 0;
  for (let code = 0; code < byte; code += 1) if (!visible(code)) hidden += 1;
  return String.fromCharCode(256 + hidden);
}
