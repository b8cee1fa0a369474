// Owns the prompt: which document spans the model sees, in what order, with which sentinels; and the token at the cursor
// that is taken back to be healed. Pure. Knows no cell.
//
//   [begin] <file_sep>path\n <fim_prefix> before the anchor <fim_suffix> after the cursor <fim_middle> anchor..cursor
import { at } from "../base/assert";
import type { TokenRope } from "../tokens/rope";
import { tokenIndex, type Range, type TokenIndex, type Utf16Offset } from "../text/frames";
import type { Window } from "./window";

/** What a document looks like from one cursor. */
export interface Viewpoint {
  readonly rope: TokenRope;
  /** The document's path as the model is told it. */
  readonly path: string;
  readonly window: Window;
  readonly anchor: Utf16Offset;
  readonly cursor: Utf16Offset;
}

export interface Prompt {
  /** Without the token that is healed. */
  readonly tokens: Int32Array;
  /** Index of the first token of the fresh part: the middle's sentinel, or what stands behind the anchor where the model knows none. */
  readonly freshFrom: TokenIndex;
  /** Bytes of the token taken back at the cursor: the first new tokens must spell them. Empty when there is none. */
  readonly healed: Uint8Array;
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

/** Sentinels and path around the text; what a window must leave free besides the completion itself. */
export function frameTokens(rope: TokenRope, path: string): number {
  return rope.tokenizer.tokenise(path + "\n").length + 5;
}

export function layout(view: Viewpoint, special: PromptTokens): Prompt {
  return special.fim === undefined ? leftContext(view, special.begin) : fillInTheMiddle(view, special.fim, special.begin);
}

function fillInTheMiddle({ rope, path, window, anchor, cursor }: Viewpoint, fim: FimSentinels, begin: number | undefined): Prompt {
  const builder = new PromptBuilder();
  if (begin !== undefined) builder.sentinel(begin);
  if (fim.fileSeparator !== undefined) {
    builder.sentinel(fim.fileSeparator);
    builder.text(rope.tokenizer.tokenise(path + "\n"));
  }
  builder.sentinel(fim.prefix);
  builder.text(rope.tokensOf({ start: window.start, end: anchor }));
  builder.sentinel(fim.suffix);
  builder.text(rope.tokensOf({ start: cursor, end: window.end }));
  const freshFrom = builder.length;
  builder.sentinel(fim.middle);
  const { kept, healed } = takeBack(rope, { start: anchor, end: cursor });
  builder.text(kept);
  return builder.finish(freshFrom, healed);
}

/** A model without fill-in-the-middle sees what stands before the cursor. */
function leftContext({ rope, window, anchor, cursor }: Viewpoint, begin: number | undefined): Prompt {
  const builder = new PromptBuilder();
  if (begin !== undefined) builder.sentinel(begin);
  const freshFrom = builder.length + rope.tokensOf({ start: window.start, end: anchor }).length;
  const range = { start: window.start, end: cursor };
  const { kept, healed } = takeBack(rope, range);
  // Something must be decoded for the first logits: a lone token stays.
  if (builder.length + kept.length === 0) {
    builder.text(rope.tokensOf(range));
    return builder.finish(0, new Uint8Array(0));
  }
  builder.text(kept);
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
  length = 0;

  sentinel(token: number): void {
    this.parts.push(Int32Array.of(token));
    this.length += 1;
  }

  text(tokens: Int32Array): void {
    this.parts.push(tokens);
    this.length += tokens.length;
  }

  finish(freshFrom: number, healed: Uint8Array): Prompt {
    const tokens = new Int32Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      tokens.set(part, offset);
      offset += part.length;
    }
    return { tokens, freshFrom: tokenIndex(freshFrom), healed };
  }
}
