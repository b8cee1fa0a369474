// Owns writing GGUF files, version 3: metadata and tensors in, bytes out. Knows no architecture; wrong files can be had by asking for them.
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";

/** A metadata value with its type in the file. */
export type GgufEntry =
  | string
  | boolean
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly strings: readonly string[] }
  | { readonly int32s: readonly number[] }
  | { readonly float32s: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** As ggml counts: the length of a row first. */
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
  readonly type: "f32" | "f16";
}

/** A tensor of Q8_0 blocks that is too large to be held: `pattern`, whole blocks of 34 bytes, again and again. */
export interface GgufPattern {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly pattern: Buffer;
  readonly type: "q8_0";
}

const alignment = 32;
const typeNumber = { f32: 0, f16: 1, q8_0: 8 } as const;
const blockValues = 32;
const blockBytes = 34;

export function writeGguf(path: string, metadata: Readonly<Record<string, GgufEntry>>, tensors: readonly GgufTensor[]): void {
  writeFileSync(path, ggufBytes(metadata, tensors));
}

export function ggufBytes(metadata: Readonly<Record<string, GgufEntry>>, tensors: readonly GgufTensor[]): Buffer {
  return Buffer.concat([headerBytes(metadata, tensors), ...tensors.map((tensor) => padded(tensorBytes(tensor)))]);
}

/** Writes one tensor after the other: a model may be larger than memory. */
export function writeLargeGguf(path: string, metadata: Readonly<Record<string, GgufEntry>>, tensors: readonly (GgufTensor | GgufPattern)[]): void {
  const file = openSync(path, "w");
  try {
    writeSync(file, headerBytes(metadata, tensors));
    for (const tensor of tensors) {
      if (tensor.type === "q8_0") writePattern(file, tensor);
      else writeSync(file, padded(tensorBytes(tensor)));
    }
  } finally {
    closeSync(file);
  }
}

function writePattern(file: number, tensor: GgufPattern): void {
  let left = paddedLength(byteLength(tensor));
  while (left > 0) left -= writeSync(file, tensor.pattern, 0, Math.min(left, tensor.pattern.length));
}

function headerBytes(metadata: Readonly<Record<string, GgufEntry>>, tensors: readonly (GgufTensor | GgufPattern)[]): Buffer {
  const entries = Object.entries(metadata);
  const parts: Buffer[] = [Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(entries.length)];
  for (const [key, entry] of entries) parts.push(string(key), ...encode(entry));
  let offset = 0;
  for (const tensor of tensors) {
    const { name, dimensions, type } = tensor;
    parts.push(string(name), uint32(dimensions.length), ...dimensions.map(uint64), uint32(typeNumber[type]), uint64(offset));
    offset += paddedLength(byteLength(tensor));
  }
  return padded(Buffer.concat(parts));
}

function byteLength({ type, dimensions }: GgufTensor | GgufPattern): number {
  const count = dimensions.reduce((product, dimension) => product * dimension, 1);
  return type === "q8_0" ? (count / blockValues) * blockBytes : count * (type === "f32" ? 4 : 2);
}

function paddedLength(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

function encode(entry: GgufEntry): readonly Buffer[] {
  if (typeof entry === "string") return [uint32(8), string(entry)];
  if (typeof entry === "boolean") return [uint32(7), Buffer.of(entry ? 1 : 0)];
  if ("uint32" in entry) return [uint32(4), uint32(entry.uint32)];
  if ("float32" in entry) return [uint32(6), float32s([entry.float32])];
  if ("strings" in entry) return [uint32(9), uint32(8), uint64(entry.strings.length), Buffer.concat(entry.strings.map(string))];
  if ("int32s" in entry) return [uint32(9), uint32(5), uint64(entry.int32s.length), Buffer.from(Int32Array.from(entry.int32s).buffer)];
  return [uint32(9), uint32(6), uint64(entry.float32s.length), float32s(entry.float32s)];
}

function tensorBytes({ values, type }: GgufTensor): Buffer {
  if (type === "f32") return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.from(Uint16Array.from(values, halfOf).buffer);
}

const floatBox = new Float32Array(1);
const bitsBox = new Uint32Array(floatBox.buffer);

/** IEEE half precision, rounded to nearest; weights are small, so that infinities and denormals become the nearest end. */
function halfOf(value: number): number {
  floatBox[0] = value;
  const bits = (bitsBox[0] ?? 0) + 0x1000;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent <= 0) return sign;
  return exponent >= 31 ? sign | 0x7bff : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

function padded(bytes: Buffer): Buffer {
  const rest = paddedLength(bytes.length) - bytes.length;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32s(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([uint64(bytes.length), bytes]);
}
