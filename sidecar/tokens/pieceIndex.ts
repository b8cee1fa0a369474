// Owns the vocabulary in the order of its bytes, so that the tokens which fit a given text are found without a scan.
import { at } from "../base/assert";
import type { Tokenizer } from "./tokenizer";

export class PieceIndex {
  /** Token ids sorted by their bytes; tokens without bytes are left out. */
  readonly sorted: Int32Array;
  /** The token ids that were left out. */
  readonly silent: Int32Array;

  constructor(private readonly tokenizer: Tokenizer, vocabularySize: number) {
    const tokens: number[] = [];
    const silent: number[] = [];
    for (let token = 0; token < vocabularySize; token += 1) (0 < tokenizer.pieceOf(token).length ? tokens : silent).push(token);
    tokens.sort((a, b) => Buffer.compare(tokenizer.pieceOf(a), tokenizer.pieceOf(b)));
    this.sorted = Int32Array.from(tokens);
    this.silent = Int32Array.from(silent);
  }

  /** The bytes of a token; shared, not to be written to. */
  pieceOf(token: number): Uint8Array {
    return this.tokenizer.pieceOf(token);
  }

  /** The tokens that can stand next where `bytes` must come: they start with all of them, or are a start of them. */
  fitting(bytes: Uint8Array): Int32Array {
    const start = this.firstNotBefore(bytes);
    let end = start;
    while (end < this.sorted.length && startsWith(this.piece(end), bytes)) end += 1;
    const starts: number[] = [];
    for (let length = 1; length < bytes.length; length += 1) {
      const part = bytes.subarray(0, length);
      for (let i = this.firstNotBefore(part); i < this.sorted.length && Buffer.compare(this.piece(i), part) === 0; i += 1) {
        starts.push(at(this.sorted, i));
      }
    }
    const fitting = new Int32Array(starts.length + end - start);
    fitting.set(starts);
    fitting.set(this.sorted.subarray(start, end), starts.length);
    return fitting;
  }

  private piece(index: number): Uint8Array {
    return this.tokenizer.pieceOf(at(this.sorted, index));
  }

  private firstNotBefore(bytes: Uint8Array): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.piece(middle), bytes) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length < start.length) return false;
  for (let i = 0; i < start.length; i += 1) if (bytes[i] !== start[i]) return false;
  return true;
}
