// Owns the token rope of one document: its text as leaves with their tokens, found by UTF-16 offset. Immutable.
// Knows no sentinel and no cell. Leaves are tokenised when first looked at, so that a huge file costs only its window.
import { assert, at } from "../base/assert";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import { modelText } from "./modelText";
import { Leaf, leafRuleOf, leafTexts, type LeafRule } from "./leaf";
import type { Tokenizer } from "./tokenizer";

export class TokenRope {
  /** starts[i] is the offset at which leaf i starts; one more entry holds the length of the text. */
  private readonly starts: Float64Array;

  constructor(readonly leaves: readonly Leaf[], readonly rule: LeafRule, readonly tokenizer: Tokenizer) {
    this.starts = new Float64Array(leaves.length + 1);
    let offset = 0;
    leaves.forEach((leaf, index) => {
      this.starts[index] = offset;
      offset += leaf.text.length;
    });
    this.starts[leaves.length] = offset;
  }

  static of(text: string, tokenizer: Tokenizer, rule: LeafRule = leafRuleOf(tokenizer)): TokenRope {
    return new TokenRope(leafTexts(text, rule).map((leaf) => new Leaf(leaf, tokenizer)), rule, tokenizer);
  }

  /** Length of the text in UTF-16 units. */
  get lengthUtf16(): number {
    return at(this.starts, this.leaves.length);
  }

  startOf(leafIndex: number): Utf16Offset {
    return utf16(at(this.starts, leafIndex));
  }

  /** The leaf that holds the unit at `offset`; the last one at the end of the text; 0 in an empty rope. */
  leafAt(offset: Utf16Offset): number {
    let low = 0;
    let high = Math.max(0, this.leaves.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at(this.starts, middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The tokens that spell what the model reads of the text in `range`: those of whole leaves, and fresh ones for what the range cuts. */
  tokensOf(range: Range<Utf16Offset>): Int32Array {
    assert(range.start <= range.end && range.end <= this.lengthUtf16, `range ${range.start}..${range.end} of ${this.lengthUtf16}`);
    const pieces: Int32Array[] = [];
    let total = 0;
    if (range.start < range.end) {
      for (let index = this.leafAt(range.start); index < this.leaves.length && this.startOf(index) < range.end; index += 1) {
        const piece = this.pieceTokens(index, range);
        pieces.push(piece);
        total += piece.length;
      }
    }
    const tokens = new Int32Array(total);
    let offset = 0;
    for (const piece of pieces) {
      tokens.set(piece, offset);
      offset += piece.length;
    }
    return tokens;
  }

  private pieceTokens(index: number, range: Range<Utf16Offset>): Int32Array {
    const leaf = at(this.leaves, index);
    const start = Math.max(0, range.start - this.startOf(index));
    const end = Math.min(leaf.text.length, range.end - this.startOf(index));
    return start === 0 && end === leaf.text.length ? leaf.tokens : this.tokenizer.tokenise(modelText(leaf.text.slice(start, end)));
  }

  /** The whole text. */
  text(): string {
    return this.leaves.map((leaf) => leaf.text).join("");
  }
}
