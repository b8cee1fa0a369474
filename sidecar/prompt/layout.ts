// Owns the prompt: which document spans the model sees, in what order, with which sentinels; and the token at the cursor
// that is taken back to be healed. Pure. Knows no cell.
//
//   [begin] [<file_sep>path\n context] <file_sep>path\n <fim_prefix> before the anchor <fim_suffix> after the cursor <fim_middle> anchor..cursor
import { at } from "../base/assert";
import type { TokenRope } from "../tokens/rope";
import { tokenIndex, type Range, type TokenIndex, type Utf16Offset } from "../text/frames";
import type { Window } from "./window";

/** What a document looks like from one cursor. */
export interface Viewpoint {
  readonly rope: TokenRope;
  /** The document's path as the model is told it. */
  readonly path: string;
  /** All that the model sees, its landmarks included. */
  readonly window: Window;
  /** The part of it that is laid out around the cursor; the rest goes before it as plain context. */
  readonly near: Range<Utf16Offset>;
  /** Where the middle begins; at the cursor, prefix and suffix are all there is. */
  readonly anchor: Utf16Offset;
  readonly cursor: Utf16Offset;
  /** Stands in for the text after the cursor, where an old suffix is kept. */
  readonly suffix: Int32Array | undefined;
}

export interface Prompt {
  /** Without the token that is healed. */
  readonly tokens: Int32Array;
  /** Index of the first token of the fresh part: the middle's sentinel, or what stands behind the anchor where the model knows none. */
  readonly freshFrom: TokenIndex;
  /** Index of the middle's sentinel; undefined where the model knows none. */
  readonly middleFrom: TokenIndex | undefined;
  /** Bytes of the token taken back at the cursor: the first new tokens must spell them. Empty when there is none. */
  readonly healed: Uint8Array;
  /** Where the document's text stands in the prompt, in the order of the prompt. */
  readonly segments: readonly Segment[];
}

/** The tokens of a prompt that spell the document's `text`. */
export interface Segment extends Range<TokenIndex> {
  readonly text: Range<Utf16Offset>;
}

/** The sentinels of a model that can fill in the middle; `fileSeparator` where it was trained with file names. */
export interface FimSentinels {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
  readonly fileSeparator: number | undefined;
}

export interface PromptTokens {
  readonly fim: FimSentinels | undefined;
  readonly begin: number | undefined;
}

/** Sentinels and path around the text, with context too; what a window must leave free besides the completion itself. */
export function frameTokens(rope: TokenRope, path: string): number {
  return 2 * rope.tokenizer.tokenise(path + "\n").length + 6;
}

export function layout(view: Viewpoint, special: PromptTokens): Prompt {
  return special.fim === undefined ? leftContext(view, special.begin) : fillInTheMiddle(view, special.fim, special.begin);
}

function fillInTheMiddle(view: Viewpoint, fim: FimSentinels, begin: number | undefined): Prompt {
  const { rope, window, near, anchor, cursor } = view;
  const builder = new PromptBuilder(rope);
  if (begin !== undefined) builder.sentinel(begin);
  const hasContext = window.start < near.start || near.end < window.end;
  if (hasContext) {
    fileName(builder, view, fim);
    landmarks(builder, window);
    builder.text({ start: window.start, end: near.start });
    builder.text({ start: near.end, end: window.end });
  }
  const nearFrom = builder.length;
  fileName(builder, view, fim);
  builder.sentinel(fim.prefix);
  if (!hasContext) landmarks(builder, window);
  // With nothing in the middle, the token at the cursor is the prefix's last.
  const { kept, healed } = takeBack(rope, { start: anchor < cursor ? anchor : near.start, end: cursor });
  if (anchor < cursor) builder.text({ start: near.start, end: anchor });
  else builder.cut({ start: near.start, end: cursor }, kept);
  builder.sentinel(fim.suffix);
  if (view.suffix === undefined) builder.text({ start: cursor, end: near.end });
  else builder.foreign(view.suffix);
  const middleFrom = tokenIndex(builder.length);
  builder.sentinel(fim.middle);
  if (anchor < cursor) builder.cut({ start: anchor, end: cursor }, kept);
  return builder.finish(hasContext ? nearFrom : middleFrom, healed, middleFrom);
}

function fileName(builder: PromptBuilder, { rope, path }: Viewpoint, fim: FimSentinels): void {
  if (fim.fileSeparator === undefined) return;
  builder.sentinel(fim.fileSeparator);
  builder.foreign(rope.tokenizer.tokenise(path + "\n"));
}

function landmarks(builder: PromptBuilder, window: Window): void {
  for (const landmark of window.landmarks ?? []) builder.text(landmark);
}

/** A model without fill-in-the-middle sees what stands before the cursor. */
function leftContext({ rope, window, anchor, cursor }: Viewpoint, begin: number | undefined): Prompt {
  const builder = new PromptBuilder(rope);
  if (begin !== undefined) builder.sentinel(begin);
  landmarks(builder, window);
  const freshFrom = builder.length + rope.tokensOf({ start: window.start, end: anchor }).length;
  const range = { start: window.start, end: cursor };
  const { kept, healed } = takeBack(rope, range);
  // Something must be decoded for the first logits: a lone token stays.
  if (builder.length + kept.length === 0) {
    builder.text(range);
    return builder.finish(0, new Uint8Array(0));
  }
  builder.cut(range, kept);
  return builder.finish(Math.min(freshFrom, builder.length), healed);
}

/**
 * The tokens of `range` without the one at its end, whose bytes must be spelled again: the model never saw a text cut
 * inside a token. More than one is taken back only where a character's bytes are spread over several.
 */
function takeBack(rope: TokenRope, range: Range<Utf16Offset>): { readonly kept: Int32Array; readonly healed: Uint8Array } {
  const tokens = rope.tokensOf(range);
  let count = tokens.length;
  let healed = new Uint8Array(0);
  while (0 < count) {
    count -= 1;
    const piece = rope.tokenizer.pieceOf(at(tokens, count));
    healed = new Uint8Array(Buffer.concat([piece, healed]));
    const startsInsideCharacter = 0 < healed.length && (at(healed, 0) & 0xc0) === 0x80;
    if (!startsInsideCharacter) break;
  }
  return { kept: tokens.subarray(0, count), healed };
}

class PromptBuilder {
  private readonly parts: Int32Array[] = [];
  private readonly segments: Segment[] = [];
  length = 0;

  constructor(private readonly rope: TokenRope) {}

  sentinel(token: number): void {
    this.foreign(Int32Array.of(token));
  }

  /** Tokens that spell nothing of the document as it is. */
  foreign(tokens: Int32Array): void {
    this.parts.push(tokens);
    this.length += tokens.length;
  }

  text(range: Range<Utf16Offset>): void {
    this.cut(range, this.rope.tokensOf(range));
  }

  /** `range` with the tokens that are left of it. */
  cut(range: Range<Utf16Offset>, tokens: Int32Array): void {
    const start = tokenIndex(this.length);
    if (range.start < range.end) this.segments.push({ start, end: tokenIndex(start + tokens.length), text: range });
    this.foreign(tokens);
  }

  finish(freshFrom: number, healed: Uint8Array, middleFrom?: TokenIndex): Prompt {
    const tokens = new Int32Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      tokens.set(part, offset);
      offset += part.length;
    }
    return { tokens, freshFrom: tokenIndex(freshFrom), middleFrom, healed, segments: this.segments };
  }
}

/**
 * Where the tokens that spell any of the document's `ranges` stand in the prompt, one range after the other: a run a segment that
 * has some of it. Told as far as somebody asks, since finding a place cuts tokens.
 */
export function* tokenRangesOf(prompt: Prompt, rope: TokenRope, ranges: Iterable<Range<Utf16Offset>>): Generator<Range<TokenIndex>> {
  const counters = prompt.segments.map(({ text }) => tokenCounter(rope, text));
  for (const range of ranges) {
    for (const [index, { start, end, text }] of prompt.segments.entries()) {
      const from = Math.max(range.start, text.start) as Utf16Offset;
      const to = Math.min(range.end, text.end) as Utf16Offset;
      if (to <= from) continue;
      // Cut at `from` and `to` a text may take another number of tokens than uncut: the run is a near miss at most.
      const tokensBefore = at(counters, index);
      yield { start: tokenIndex(Math.min(start + tokensBefore(from), end)), end: tokenIndex(Math.min(start + tokensBefore(to), end)) };
    }
  }
}

/** Counts the tokens of `text` before an offset in it; all its leaves are walked once, however often it is asked. */
function tokenCounter(rope: TokenRope, text: Range<Utf16Offset>): (offset: Utf16Offset) => number {
  const first = rope.leafAt(text.start);
  // Tokens of `text` before each of its leaves.
  const counts = [0];
  const countsUpTo = (leaf: number): number => {
    for (let index = first + counts.length - 1; index < leaf; index += 1) counts.push(at(counts, index - first) + tokensOfLeaf(index));
    return at(counts, leaf - first);
  };
  const tokensOfLeaf = (index: number): number =>
    rope.startOf(index) < text.start ? rope.tokensOf({ start: text.start, end: rope.startOf(index + 1) }).length : at(rope.leaves, index).tokens.length;
  return (offset) => {
    const leaf = rope.leafAt(offset);
    const start = Math.max(text.start, rope.startOf(leaf)) as Utf16Offset;
    return countsUpTo(leaf) + (start < offset ? rope.tokensOf({ start, end: offset }).length : 0);
  };
}
