// Owns what can be told of a model file before llama.cpp reads it: whether it is there, whole, known and small enough, and its shape.
// Each refusal says what to do. Knows no FFI.
import { statSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { GgufError, readGgufHeader } from "./ggufHeader";
import type { GgufHeader, GgufValue } from "./ggufHeader";

/** What the cache and its costs depend on. Counts a layer, where layers differ the largest. */
export interface ModelShape {
  readonly name: string;
  readonly architecture: string;
  readonly contextLengthTrained: number;
  readonly layerCount: number;
  readonly keyHeadCount: number;
  readonly keyHeadSize: number;
  readonly valueHeadSize: number;
  /** "none" or "linear" leave the size of rotated keys alone; "yarn" and "longrope" scale them. */
  readonly ropeScaling: string;
  readonly ropeAttentionFactor: number;
  /** DeepSeek's latent attention keeps one compressed row in place of keys. */
  readonly latentAttention: boolean;
  readonly fileBytes: number;
}

/** The file can't be used as a model. */
export class ModelFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ModelFileError";
  }
}

/** @throws ModelFileError with a sentence that says what to do. */
export function readModelFile(path: string): ModelShape {
  const bytes = sizeOf(path);
  if (bytes === 0) throw new ModelFileError(`The model file ${path} is empty: download it again.`);
  let header: GgufHeader;
  try {
    header = readGgufHeader(path);
  } catch (error) {
    throw new ModelFileError(`The model file ${path} can't be read: ${reason(error)}. ${advice(error)}`);
  }
  if (header.endByte !== undefined && header.endByte > bytes) {
    throw new ModelFileError(`The model file ${path} is truncated: ${bytes} of ${header.endByte} bytes are there. Download it again.`);
  }
  if (header.tensorCount === 0) throw new ModelFileError(`The file ${path} holds a vocabulary but no weights: choose a whole model.`);
  return shapeOf(path, header);
}

/** @throws ModelFileError where weights and cache together are more than the machine has left. */
export function checkMemory(path: string, { fileBytes }: ModelShape, cacheBytes: number, memoryBytes = memoryBytesLeft()): void {
  const needed = fileBytes + cacheBytes;
  if (needed <= memoryBytes) return;
  throw new ModelFileError(
    `The model ${path} needs ${gigabytes(fileBytes)} for its weights and ${gigabytes(cacheBytes)} for its cache; ${gigabytes(memoryBytes)} may be used. ` +
      "Choose a smaller model or a stronger quantisation, or a shorter context with --context.",
  );
}

/** Bytes of keys and values that `contextLength` cells take. */
export function cacheBytesOf(shape: ModelShape, contextLength: number, bytesPerValue: number): number {
  return shape.layerCount * shape.keyHeadCount * (shape.keyHeadSize + shape.valueHeadSize) * contextLength * bytesPerValue;
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isFile()) return stat.size;
  } catch {
    throw new ModelFileError(`There is no model file at ${path}: check the path, or leave --model out to use the embedded model.`);
  }
  throw new ModelFileError(`${path} is a folder: give the path of a .gguf file.`);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function advice(error: unknown): string {
  if (!(error instanceof GgufError)) return "Check that you may read it.";
  switch (error.kind) {
    case "notGguf": return "Give a model in the GGUF format.";
    case "version": return "Convert the model again with a recent llama.cpp.";
    case "truncated":
    case "corrupt": return "Download it again.";
  }
}

function shapeOf(path: string, { metadata, fileBytes }: GgufHeader): ModelShape {
  const architecture = text(metadata.get("general.architecture"));
  if (architecture === undefined) throw new ModelFileError(`The model file ${path} names no architecture: choose another model.`);
  const get = (key: string): GgufValue | undefined => metadata.get(`${architecture}.${key}`);
  const width = largest(get("embedding_length")) ?? 0;
  const headCount = largest(get("attention.head_count")) ?? 1;
  const headSize = headCount > 0 ? Math.floor(width / headCount) : 0;
  return {
    name: text(metadata.get("general.name")) ?? architecture,
    architecture,
    contextLengthTrained: largest(get("context_length")) ?? 0,
    layerCount: largest(get("block_count")) ?? 0,
    keyHeadCount: largest(get("attention.head_count_kv")) ?? headCount,
    keyHeadSize: largest(get("attention.key_length")) ?? headSize,
    valueHeadSize: largest(get("attention.value_length")) ?? headSize,
    // An old file says "linear" by its factor alone.
    ropeScaling: text(get("rope.scaling.type")) ?? "none",
    ropeAttentionFactor: largest(get("rope.scaling.attn_factor")) ?? 1,
    latentAttention: get("attention.kv_lora_rank") !== undefined,
    fileBytes,
  };
}

function text(value: GgufValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function largest(value: GgufValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  return Array.isArray(value) && value.length > 0 ? Math.max(...(value as readonly number[])) : undefined;
}

/** What is left of the system's memory, and of the bytes that the user allows once `usedBytes` of them are taken. */
export function memoryBytesFor(
  options: { readonly memoryBytesMax?: number; readonly memoryBytesLeft?: () => number }, usedBytes: number,
): number {
  const allowed = options.memoryBytesMax === undefined ? Infinity : Math.max(0, options.memoryBytesMax - usedBytes);
  return Math.min(allowed, (options.memoryBytesLeft ?? memoryBytesLeft)());
}

/** What may be used: Linux says it exactly; elsewhere free memory leaves out what the system would give back. */
function memoryBytesLeft(): number {
  const limit = process.constrainedMemory();
  const total = 0 < limit && limit < totalmem() ? limit : totalmem();
  return process.platform === "linux" ? Math.min(total, freemem()) : 0.8 * total;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
