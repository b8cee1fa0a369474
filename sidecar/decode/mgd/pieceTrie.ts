// Owns the vocabulary as a trie over the raw bytes of its pieces. No node is stored: the pieces stand sorted, and a node is
// the run of those that share their first bytes. Knows no name and no logit.
import { at } from "../../base/assert";
import type { PieceIndex } from "../../tokens/pieceIndex";

/** The pieces `start`..`end` of the sorted vocabulary, which share their first `depth` bytes. */
export interface PieceNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

export class PieceTrie {
  /** Token ids sorted by their bytes. */
  readonly tokens: Int32Array;
  /** Token ids that spell nothing: end tokens, sentinels, and ids that are not in use. */
  readonly silent: Int32Array;
  readonly root: PieceNode;
  /** The bytes of all pieces, in order, without gaps; piece `index` has those from `starts[index]` to `starts[index + 1]`. */
  private readonly bytes: Uint8Array;
  private readonly starts: Int32Array;
  /** The nodes below the root, by their byte: the step that every walk takes first. */
  private readonly first: readonly (PieceNode | undefined)[];

  /** Cost: one pass over the bytes of the vocabulary, which `index` has sorted already. */
  constructor(index: PieceIndex) {
    this.tokens = index.sorted;
    this.silent = index.silent;
    const count = this.tokens.length;
    this.starts = new Int32Array(count + 1);
    let length = 0;
    for (let piece = 0; piece < count; piece += 1) {
      this.starts[piece] = length;
      length += index.pieceOf(at(this.tokens, piece)).length;
    }
    this.starts[count] = length;
    this.bytes = new Uint8Array(length);
    for (let piece = 0; piece < count; piece += 1) this.bytes.set(index.pieceOf(at(this.tokens, piece)), at(this.starts, piece));
    this.root = { start: 0, end: count, depth: 0 };
    this.first = Array.from({ length: 256 }, (_, byte) => this.searched(this.root, byte));
  }

  /** The node below `node` whose pieces go on with `byte`; undefined where there is none. */
  child(node: PieceNode, byte: number): PieceNode | undefined {
    return node.depth === 0 ? this.first[byte] : this.searched(node, byte);
  }

  /** The node of the pieces that start with `bytes`. */
  walk(bytes: Uint8Array): PieceNode | undefined {
    let node: PieceNode | undefined = this.root;
    for (let index = 0; node !== undefined && index < bytes.length; index += 1) node = this.child(node, at(bytes, index));
    return node;
  }

  /** Where the pieces end that spell just the bytes of `node`: they stand first, and several tokens can spell the same. */
  endOfWhole({ start, end, depth }: PieceNode): number {
    let index = start;
    while (index < end && this.lengthOf(index) === depth) index += 1;
    return index;
  }

  /** The byte of piece `index` behind the first `depth`, which it must have. */
  byteAt(index: number, depth: number): number {
    return this.bytes[(this.starts[index] ?? 0) + depth] ?? 0;
  }

  /** The first piece of `start`..`end`, all longer than `depth` and alike before it, whose byte there isn't below `byte`. */
  firstFrom(start: number, end: number, depth: number, byte: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.byteAt(middle, depth) < byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private lengthOf(index: number): number {
    return at(this.starts, index + 1) - at(this.starts, index);
  }

  private searched(node: PieceNode, byte: number): PieceNode | undefined {
    const start = this.firstFrom(this.endOfWhole(node), node.end, node.depth, byte);
    if (start === node.end || this.byteAt(start, node.depth) !== byte) return undefined;
    return { start, end: this.firstFrom(start, node.end, node.depth, byte + 1), depth: node.depth + 1 };
  }
}
