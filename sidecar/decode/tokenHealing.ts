// Owns the repair of the token that the cursor cut: the first new tokens must spell the bytes that were taken back.
// Nothing to do with healing cells. Knows the vocabulary only through its index.
import { startsWith, type PieceIndex } from "../tokens/pieceIndex";
import type { Tokenizer } from "../tokens/tokenizer";
import type { LogitProcessor } from "./processor";

export class TokenHealing implements LogitProcessor {
  /** Bytes that are still to be spelled, before each accepted token and now. */
  private readonly left: Uint8Array[];

  constructor(bytes: Uint8Array, private readonly index: PieceIndex, private readonly tokenizer: Tokenizer) {
    this.left = [bytes];
  }

  acts(): boolean {
    return 0 < this.current().length;
  }

  lower(logits: Float32Array): boolean {
    const left = this.current();
    if (left.length === 0) return false;
    const fitting = this.index.fitting(left);
    // A vocabulary without these bytes can't be constrained to them: stand down rather than forbid everything.
    if (fitting.length === 0) return false;
    const kept = Float32Array.from(fitting, (token) => logits[token] ?? -Infinity);
    logits.fill(-Infinity);
    fitting.forEach((token, i) => {
      logits[token] = kept[i] ?? -Infinity;
    });
    return true;
  }

  accept(token: number): void {
    const left = this.current();
    const piece = this.tokenizer.pieceOf(token);
    if (startsWith(left, piece)) this.left.push(left.subarray(piece.length));
    else this.left.push(left.subarray(left.length));
  }

  rollBack(count: number): void {
    this.left.length -= count;
  }

  private current(): Uint8Array {
    return this.left[this.left.length - 1] ?? new Uint8Array(0);
  }
}
