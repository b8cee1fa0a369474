// Owns which tokens may be chosen where one of some names has to be spelled: a walk of the trie with each name, whose cost is
// the total length of the names. Knows neither where the names come from nor what language they are of.
import { at } from "../../base/assert";
import type { PieceNode, PieceTrie } from "./pieceTrie";

/** What is left to be spelled of a legal name. */
export interface Rest {
  readonly bytes: Uint8Array;
  /** What may stand behind it: a byte that ends a name, any byte, or nothing but the end of the completion. */
  readonly follow: "break" | "any" | "nothing";
  /** Whether the completion may end behind it. */
  readonly mayEnd: boolean;
}

/** What may stand around the name. Tables have an entry for each byte, 1 for yes. */
export interface NameSetting {
  /** Bytes that end a name. */
  readonly breaks: Uint8Array;
  /** White space that may stand before the name: none, such as begins with a line end, or any. */
  readonly lead: Lead;
  /** Bytes with which something else may begin in the place of a name. */
  readonly others: Uint8Array;
  /** Whether the completion may end where nothing of the name is there. */
  readonly endsHere: boolean;
}
export type Lead = "none" | "line" | "any";

/**
 * A token may be chosen when its piece, less the white space that may lead, begins with one of `others`, or is a start of a
 * rest, or is a rest and what may follow it; white space alone may, where it may lead. A token that spells nothing may where
 * the completion may end. (maskgen of arXiv 2306.10763, over bytes)
 */
export class NameMask {
  /** By place in the sorted vocabulary; all 0 between two calls. */
  private readonly marks: Uint8Array;
  private ranges: number[] = [];
  private marked = 0;

  constructor(private readonly trie: PieceTrie) {
    this.marks = new Uint8Array(trie.tokens.length);
  }

  /** Lowers every token that may not be chosen to -Infinity; false, and nothing is lowered, where none would be left. */
  lower(logits: Float32Array, rests: readonly Rest[], setting: NameSetting): boolean {
    const canEnd = setting.endsHere || rests.some((rest) => rest.mayEnd && rest.bytes.length === 0);
    const { tokens, silent, root } = this.trie;
    this.markFrom(root, rests, setting, setting.lead);
    const canChoose = this.isAnyFinite(logits, tokens, this.ranges) || (canEnd && this.isAnyFinite(logits, silent, [0, silent.length]));
    if (canChoose && this.marked < tokens.length / 8) this.keepMarked(logits, canEnd);
    else if (canChoose) {
      this.lowerUnmarked(logits, root);
      if (!canEnd) for (const token of silent) logits[token] = -Infinity;
    }
    this.clear();
    return canChoose;
  }

  /**
   * As `lower`, among the tokens that spell `head` and more: what they spell behind it must be a name. All others stay as they are.
   * `head` is what stands before the name in a token that spells both.
   */
  lowerBehind(head: Uint8Array, logits: Float32Array, rests: readonly Rest[], setting: NameSetting): boolean {
    const node = this.trie.walk(head);
    if (node === undefined) return false;
    const { tokens, silent } = this.trie;
    const inner: PieceNode = { ...node, start: this.trie.endOfWhole(node) };
    this.markFrom(inner, rests, setting, setting.lead);
    const canChoose =
      this.isAnyFinite(logits, tokens, [...this.ranges, 0, inner.start, inner.end, tokens.length]) || this.isAnyFinite(logits, silent, [0, silent.length]);
    if (canChoose) this.lowerUnmarked(logits, inner);
    this.clear();
    return canChoose;
  }

  /** Lowers the tokens that start with `head`; false, and nothing is lowered, where no other would be left. */
  lowerStart(head: Uint8Array, logits: Float32Array): boolean {
    const node = this.trie.walk(head);
    if (node === undefined) return false;
    const { tokens, silent } = this.trie;
    const canChoose = this.isAnyFinite(logits, tokens, [0, node.start, node.end, tokens.length]) || this.isAnyFinite(logits, silent, [0, silent.length]);
    if (canChoose) this.lowerUnmarked(logits, node);
    return canChoose;
  }

  private markFrom(node: PieceNode, rests: readonly Rest[], setting: NameSetting, lead: Lead): void {
    // Long runs of blanks lead to longer ones alone: there no name is looked for that doesn't begin with one.
    const skipped = lead !== "none" && rests.every(({ bytes }) => 0 < bytes.length && !whiteSpace.includes(at(bytes, 0))) && this.isBlankBelow(node);
    if (!skipped) this.markRests(node, rests, setting.breaks);
    this.markFollowing(node, setting.others);
    for (const byte of lead === "none" ? [] : lead === "line" ? lineEnds : whiteSpace) {
      const below = this.trie.child(node, byte);
      if (below === undefined) continue;
      this.mark(below.start, this.trie.endOfWhole(below));
      this.markFrom(below, rests, setting, "any");
    }
  }

  /** In whatever order the names come, each start that two neighbours share is walked once. */
  private markRests(from: PieceNode, rests: readonly Rest[], breaks: Uint8Array): void {
    let before: Uint8Array = new Uint8Array(0);
    /** The nodes on the way of the name before, as far as there are any. */
    const path: PieceNode[] = [from];
    for (const { bytes, follow } of rests) {
      path.length = Math.min(path.length, sharedLength(before, bytes) + 1);
      const shared = path.length;
      let node = path.at(-1);
      for (let index = shared - 1; node !== undefined && index < bytes.length; index += 1) {
        node = this.trie.child(node, at(bytes, index));
        if (node === undefined) break;
        this.mark(node.start, this.trie.endOfWhole(node));
        path.push(node);
      }
      before = bytes;
      if (node === undefined) continue;
      if (follow === "any") this.mark(this.trie.endOfWhole(node), node.end);
      if (follow === "break") this.markFollowing(node, breaks);
    }
  }

  /** Marks the pieces that go on behind `node` with a byte of `table`. */
  private markFollowing({ start, end, depth }: PieceNode, table: Uint8Array): void {
    const { trie } = this;
    let index = trie.endOfWhole({ start, end, depth });
    while (index < end) {
      const byte = trie.byteAt(index, depth);
      const isIn = table[byte];
      let next = byte + 1;
      while (next < 256 && table[next] === isIn) next += 1;
      const after = trie.firstFrom(index, end, depth, next);
      if (isIn === 1) this.mark(index, after);
      index = after;
    }
  }

  /** Whether every piece that goes on behind `node` goes on with white space. */
  private isBlankBelow(node: PieceNode): boolean {
    let count = 0;
    for (const byte of whiteSpace) {
      const below = this.trie.child(node, byte);
      if (below !== undefined) count += below.end - below.start;
    }
    return count === node.end - this.trie.endOfWhole(node);
  }

  private mark(start: number, end: number): void {
    if (end <= start) return;
    this.marks.fill(1, start, end);
    this.ranges.push(start, end);
    this.marked += end - start;
  }

  private clear(): void {
    for (let index = 0; index < this.ranges.length; index += 2) this.marks.fill(0, this.ranges[index], this.ranges[index + 1]);
    this.ranges = [];
    this.marked = 0;
  }

  private isAnyFinite(logits: Float32Array, tokens: Int32Array, ranges: readonly number[]): boolean {
    for (let range = 0; range < ranges.length; range += 2) {
      for (let index = ranges[range] ?? 0; index < (ranges[range + 1] ?? 0); index += 1) {
        if ((logits[at(tokens, index)] ?? -Infinity) !== -Infinity) return true;
      }
    }
    return false;
  }

  /** For few marks: all others at one stroke. */
  private keepMarked(logits: Float32Array, keepsSilent: boolean): void {
    const kept: number[] = [];
    for (let range = 0; range < this.ranges.length; range += 2) {
      for (let index = this.ranges[range] ?? 0; index < (this.ranges[range + 1] ?? 0); index += 1) kept.push(at(this.trie.tokens, index));
    }
    if (keepsSilent) kept.push(...this.trie.silent);
    const values = Float32Array.from(kept, (token) => logits[token] ?? -Infinity);
    logits.fill(-Infinity);
    kept.forEach((token, index) => {
      logits[token] = values[index] ?? -Infinity;
    });
  }

  private lowerUnmarked(logits: Float32Array, { start, end }: PieceNode): void {
    const { tokens } = this.trie;
    for (let index = start; index < end; index += 1) if (this.marks[index] === 0) logits[tokens[index] ?? 0] = -Infinity;
  }
}

function sharedLength(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length += 1;
  return length;
}

const lineEnds: readonly number[] = [0x0a, 0x0d];
const whiteSpace: readonly number[] = [0x09, 0x0a, 0x0d, 0x20];
