// Owns the end of a word that was chosen in a list: what is written behind it doesn't make another word of it.
// Asked behind token healing, which spells the word; knows the vocabulary only through its index.
import { startsWith, type PieceIndex } from "../tokens/pieceIndex";
import type { Tokenizer } from "../tokens/tokenizer";
import type { LogitProcessor } from "./processor";

export class WordEnd implements LogitProcessor {
  /** Bytes that are still to be spelled, before each accepted token and now; undefined once something stands behind the word. */
  private readonly left: (Uint8Array | undefined)[];

  /** @param bytes what the new tokens must spell, to the end of the word */
  constructor(bytes: Uint8Array, private readonly index: PieceIndex, private readonly tokenizer: Tokenizer) {
    this.left = [bytes];
  }

  acts(): boolean {
    return this.left.at(-1) !== undefined;
  }

  lower(logits: Float32Array): boolean {
    const left = this.left.at(-1);
    if (left === undefined) return false;
    for (const byte of wordBytes) for (const token of this.index.fitting(Uint8Array.of(...left, byte))) {
      // What is shorter spells a part of the word.
      if (left.length < this.tokenizer.pieceOf(token).length) logits[token] = -Infinity;
    }
    return true;
  }

  accept(token: number): void {
    const left = this.left.at(-1);
    const piece = this.tokenizer.pieceOf(token);
    const isWithin = left !== undefined && 0 < left.length && piece.length <= left.length && startsWith(left, piece);
    this.left.push(isWithin ? left.subarray(piece.length) : undefined);
  }

  rollBack(count: number): void {
    this.left.length -= count;
  }
}

/** What goes on with a word: ASCII's letters and digits, `_`, `$`, and any character beyond ASCII. */
const wordBytes: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => 0x80 <= byte || isWordEnd(String.fromCharCode(byte)));

/** Whether `text` ends in what another letter would go on with. */
export function isWordEnd(text: string): boolean {
  return /[\w$]$/.test(text);
}
