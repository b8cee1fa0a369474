// Owns reading the header of a GGUF file: metadata and where the tensors lie. Reads no weights and judges nothing.
// Source: the GGUF specification, version 3 (and 2, which differs in nothing that is read here).
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { at } from "../../base/assert";

/** Arrays are read for their length alone, but for short ones of numbers, such as the heads of each layer. */
export type GgufValue = string | number | boolean | readonly number[] | { readonly arrayLength: number };

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensorCount: number;
  readonly fileBytes: number;
  /** Where the last tensor ends; `undefined` where a tensor's type is unknown, so that its size is too. */
  readonly endByte: number | undefined;
}

/** The file isn't a GGUF, or its header breaks off. */
export class GgufError extends Error {
  constructor(readonly kind: "notGguf" | "version" | "truncated" | "corrupt", message: string) {
    super(message);
    this.name = "GgufError";
  }
}

/** @throws GgufError; the errors of the file system pass through. */
export function readGgufHeader(path: string): GgufHeader {
  const file = openSync(path, "r");
  try {
    const fileBytes = fstatSync(file).size;
    return readHeader(new Reader(file, fileBytes), fileBytes);
  } finally {
    closeSync(file);
  }
}

function readHeader(reader: Reader, fileBytes: number): GgufHeader {
  if (fileBytes < 4 || reader.bytes(4).toString("latin1") !== "GGUF") throw new GgufError("notGguf", "it does not begin as a GGUF file does");
  const version = reader.uint32();
  if (version !== 2 && version !== 3) throw new GgufError("version", `it is GGUF version ${version}; versions 2 and 3 are known`);
  const tensorCount = reader.count();
  const metadataCount = reader.count();
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < metadataCount; index += 1) {
    const key = reader.string();
    metadata.set(key, reader.value(reader.uint32()));
  }
  const alignment = metadata.get("general.alignment");
  let tensorsEnd: number | undefined = 0;
  for (let index = 0; index < tensorCount; index += 1) {
    const end = tensorEnd(reader);
    tensorsEnd = tensorsEnd === undefined || end === undefined ? undefined : Math.max(tensorsEnd, end);
  }
  const step = typeof alignment === "number" && alignment > 0 ? alignment : 32;
  const dataStart = Math.ceil(reader.offset / step) * step;
  return { version, metadata, tensorCount, fileBytes, endByte: tensorsEnd === undefined ? undefined : dataStart + tensorsEnd };
}

/** Values in a block and bytes of a block, by ggml's type number. */
const blocks: Readonly<Record<number, readonly [values: number, bytes: number]>> = {
  0: [1, 4], 1: [1, 2], 2: [32, 18], 3: [32, 20], 6: [32, 22], 7: [32, 24], 8: [32, 34], 10: [256, 84], 11: [256, 110], 12: [256, 144],
  13: [256, 176], 14: [256, 210], 16: [256, 66], 17: [256, 74], 18: [256, 98], 19: [256, 50], 20: [32, 18], 21: [256, 110], 22: [256, 82],
  23: [256, 136], 24: [1, 1], 25: [1, 2], 26: [1, 4], 27: [1, 8], 28: [1, 8], 29: [256, 56], 30: [1, 2],
};

/** Where a tensor ends, counted from the start of the tensors' data. */
function tensorEnd(reader: Reader): number | undefined {
  reader.string();
  const dimensionCount = reader.uint32();
  if (dimensionCount > 8) throw new GgufError("corrupt", `a tensor has ${dimensionCount} dimensions`);
  let values = 1;
  for (let index = 0; index < dimensionCount; index += 1) values *= reader.count();
  const block = blocks[reader.uint32()];
  const offset = reader.count();
  return block === undefined ? undefined : offset + Math.ceil(values / block[0]) * block[1];
}

const scalarBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;
const arrayKeptMax = 1_024;

/** Reads a file front to back through a window. */
class Reader {
  private window = Buffer.alloc(0);
  private windowStart = 0;
  offset = 0;

  constructor(private readonly file: number, private readonly fileBytes: number) {}

  bytes(count: number): Buffer {
    if (count > this.fileBytes - this.offset) throw new GgufError("truncated", `its header breaks off at byte ${this.fileBytes}`);
    if (this.offset < this.windowStart || this.windowStart + this.window.length < this.offset + count) {
      this.window = Buffer.alloc(Math.max(count, Math.min(1 << 20, this.fileBytes - this.offset)));
      readSync(this.file, this.window, 0, this.window.length, this.offset);
      this.windowStart = this.offset;
    }
    const start = this.offset - this.windowStart;
    this.offset += count;
    return this.window.subarray(start, start + count);
  }

  uint32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** A 64-bit count or offset. */
  count(): number {
    const value = Number(this.bytes(8).readBigUInt64LE());
    if (!Number.isSafeInteger(value)) throw new GgufError("corrupt", `it counts to ${value}`);
    return value;
  }

  string(): string {
    return this.bytes(this.count()).toString("utf8");
  }

  value(type: number): GgufValue {
    if (type === stringType) return this.string();
    return type === arrayType ? this.array() : this.scalar(type);
  }

  private array(): GgufValue {
    const type = this.uint32();
    const arrayLength = this.count();
    if (type === stringType) {
      for (let index = 0; index < arrayLength; index += 1) this.bytes(this.count());
      return { arrayLength };
    }
    const size = scalarBytes[type];
    if (size === undefined) throw new GgufError("corrupt", `an array has elements of type ${type}`);
    if (arrayLength <= arrayKeptMax) return Array.from({ length: arrayLength }, () => Number(this.scalar(type)));
    this.bytes(arrayLength * size);
    return { arrayLength };
  }

  private scalar(type: number): number | boolean {
    const size = scalarBytes[type];
    if (size === undefined) throw new GgufError("corrupt", `a value has the type ${type}`);
    const bytes = this.bytes(size);
    switch (type) {
      case 0: return at(bytes, 0);
      case 1: return bytes.readInt8();
      case 2: return bytes.readUInt16LE();
      case 3: return bytes.readInt16LE();
      case 4: return bytes.readUInt32LE();
      case 5: return bytes.readInt32LE();
      case 6: return bytes.readFloatLE();
      case 7: return at(bytes, 0) !== 0;
      case 10: return Number(bytes.readBigUInt64LE());
      case 11: return Number(bytes.readBigInt64LE());
      default: return bytes.readDoubleLE();
    }
  }
}
