// Owns models of random weights in the shapes of real ones, for what depends on a model's size alone: time and memory.
// The weights are one pattern again and again; nothing such a model says means anything.
import { Random } from "../../sidecar/base/random";
import { writeLargeGguf } from "./ggufWriter";
import type { GgufEntry, GgufPattern, GgufTensor } from "./ggufWriter";
import { vocabularyMetadata } from "./randomModel";

interface ModelShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly vocabularySize: number;
  /** Whether the rows of the output are the tokens' embeddings. */
  readonly tied: boolean;
}

/** Qwen2.5-Coder, as its configuration files give it. */
const shapes = {
  "0.5b": { layers: 24, width: 896, heads: 14, keyHeads: 2, headSize: 64, feedForward: 4_864, vocabularySize: 151_936, tied: true },
  "1.5b": { layers: 28, width: 1_536, heads: 12, keyHeads: 2, headSize: 128, feedForward: 8_960, vocabularySize: 151_936, tied: true },
  "7b": { layers: 28, width: 3_584, heads: 28, keyHeads: 4, headSize: 128, feedForward: 18_944, vocabularySize: 151_936, tied: false },
} as const satisfies Record<string, ModelShape>;

export type ShapeName = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as readonly ShapeName[];

export function isShapeName(name: string): name is ShapeName {
  return shapeNames.some((known) => known === name);
}

/** Weights in Q8_0: 0.5, 1.6 or 8.1 GB. */
export function writeShapedModel(path: string, name: ShapeName): void {
  const shape = shapes[name];
  writeLargeGguf(path, metadataOf(name, shape), tensorsOf(shape));
}

function metadataOf(name: ShapeName, shape: ModelShape): Record<string, GgufEntry> {
  return {
    "general.architecture": "qwen2",
    "general.name": `random weights in the shape of Qwen2.5-Coder-${name.toUpperCase()}`,
    "general.file_type": { uint32: 7 },
    "qwen2.context_length": { uint32: 131_072 },
    "qwen2.embedding_length": { uint32: shape.width },
    "qwen2.block_count": { uint32: shape.layers },
    "qwen2.feed_forward_length": { uint32: shape.feedForward },
    "qwen2.attention.head_count": { uint32: shape.heads },
    "qwen2.attention.head_count_kv": { uint32: shape.keyHeads },
    "qwen2.attention.layer_norm_rms_epsilon": { float32: 1e-6 },
    "qwen2.rope.freq_base": { float32: 1e6 },
    ...vocabularyMetadata(shape.vocabularySize),
  };
}

function tensorsOf({ layers, width, heads, keyHeads, headSize, feedForward, vocabularySize, tied }: ModelShape): readonly (GgufTensor | GgufPattern)[] {
  const pattern = randomBlocks(30_000, new Random(1));
  const matrix = (name: string, rows: number, columns: number): GgufPattern => ({ name, dimensions: [columns, rows], pattern, type: "q8_0" });
  const vector = (name: string, length: number, value: number): GgufTensor => ({
    name, dimensions: [length], type: "f32", values: new Float32Array(length).fill(value),
  });
  const tensors = [matrix("token_embd.weight", vocabularySize, width), vector("output_norm.weight", width, 1)];
  if (!tied) tensors.push(matrix("output.weight", vocabularySize, width));
  const queryWidth = heads * headSize;
  const keyWidth = keyHeads * headSize;
  for (let layer = 0; layer < layers; layer += 1) {
    const block = `blk.${layer}.`;
    tensors.push(
      vector(`${block}attn_norm.weight`, width, 1), vector(`${block}ffn_norm.weight`, width, 1),
      matrix(`${block}attn_q.weight`, queryWidth, width), vector(`${block}attn_q.bias`, queryWidth, 0),
      matrix(`${block}attn_k.weight`, keyWidth, width), vector(`${block}attn_k.bias`, keyWidth, 0),
      matrix(`${block}attn_v.weight`, keyWidth, width), vector(`${block}attn_v.bias`, keyWidth, 0),
      matrix(`${block}attn_output.weight`, width, queryWidth), matrix(`${block}ffn_gate.weight`, feedForward, width),
      matrix(`${block}ffn_up.weight`, feedForward, width), matrix(`${block}ffn_down.weight`, width, feedForward),
    );
  }
  return tensors;
}

/** Blocks of Q8_0: a scale in half precision, small enough that activations stay finite, and 32 signed bytes. */
function randomBlocks(count: number, random: Random): Buffer {
  const blocks = Buffer.alloc(count * 34);
  for (let block = 0; block < count; block += 1) {
    blocks.writeUInt16LE(0x0900, block * 34);
    for (let byte = 2; byte < 34; byte += 1) blocks.writeInt8(random.below(255) - 127, block * 34 + byte);
  }
  return blocks;
}
