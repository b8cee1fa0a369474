// Owns the model's tokeniser and the meaning of its special tokens. Knows no cache and no logits.
import { at } from "../../base/assert";
import { EngineError } from "../engine";
import type { FimTokens } from "../engine";
import { ModelFileError } from "./modelFile";
import type { Library, Pointer, Symbols } from "./symbols";

/** What models call their sentinels, for those whose file doesn't say it by id. */
const knownSentinels = {
  prefix: ["<|fim_prefix|>", "<fim_prefix>", "<fim-prefix>", "<｜fim▁begin｜>", "▁<PRE>", "<PRE>", "[PREFIX]", "<|code_prefix|>"],
  suffix: ["<|fim_suffix|>", "<fim_suffix>", "<fim-suffix>", "<｜fim▁hole｜>", "▁<SUF>", "<SUF>", "[SUFFIX]", "<|code_suffix|>"],
  middle: ["<|fim_middle|>", "<fim_middle>", "<fim-middle>", "<｜fim▁end｜>", "▁<MID>", "<MID>", "[MIDDLE]", "<|code_middle|>"],
  fileSeparator: ["<|file_sep|>", "<|file_separator|>", "<file_sep>"],
  other: ["<|fim_pad|>", "<fim_pad>", "<|repo_name|>", "<repo_name>", "<reponame>", "▁<EOT>", "<EOT>"],
} as const;

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

export class Vocabulary {
  readonly size: number;
  readonly fim: FimTokens | undefined;
  readonly beginToken: number | undefined;
  /** End-of-generation tokens and every sentinel: none of them has text. */
  readonly endTokens: ReadonlySet<number>;
  private readonly pieces: (Uint8Array | undefined)[] = [];
  private readonly pieceBuffer = new Uint8Array(1_024);
  private tokenBuffer = new Int32Array(4_096);
  /** SentencePiece models put a space before a text; a line end before it takes the space, and is cut off again. */
  private readonly guarded: boolean;

  constructor(library: Library, private readonly pointer: Pointer, path: string) {
    this.symbols = library.symbols;
    this.size = this.symbols.vocabTokenCount(pointer);
    const sentinels = this.findSentinels();
    const { prefix, suffix, middle, fileSeparator } = sentinels;
    this.fim = prefix === undefined || suffix === undefined || middle === undefined ? undefined : { prefix, suffix, middle, fileSeparator };
    const begin = this.symbols.vocabBegin(pointer);
    this.beginToken = begin >= 0 && this.symbols.vocabAddsBegin(pointer) ? begin : undefined;
    this.endTokens = new Set([...this.endOfGeneration(), ...sentinels.all]);
    this.guarded = !this.spellsAsIs("a b", false);
    if (this.guarded && !this.spellsAsIs("a b", true)) {
      throw new ModelFileError(`The tokeniser of ${path} changes the text that it reads: this model can't be used. Choose another.`);
    }
  }

  private readonly symbols: Symbols;

  /** Special tokens are not read out of the text. (llama_tokenize) */
  tokenise(text: string): Int32Array {
    if (text === "") return new Int32Array(0);
    return this.guarded ? this.withoutGuard(this.tokeniseRaw("\n" + text)) : this.tokeniseRaw(text);
  }

  /** Shared: not to be written to. (llama_token_to_piece) */
  pieceOf(token: number): Uint8Array {
    return (this.pieces[token] ??= this.readPiece(token));
  }

  private readPiece(token: number): Uint8Array {
    if (!Number.isInteger(token) || token < 0 || this.size <= token) throw new EngineError(`token ${token} is outside 0..${this.size}`);
    if (this.endTokens.has(token)) return noBytes;
    const buffer = this.pieceBuffer;
    const bytes = this.symbols.tokenToPiece(this.pointer, token, buffer, buffer.length, 0, false);
    if (bytes >= 0) return buffer.slice(0, bytes);
    const long = new Uint8Array(-bytes);
    return long.slice(0, Math.max(0, this.symbols.tokenToPiece(this.pointer, token, long, long.length, 0, false)));
  }

  private tokeniseRaw(text: string): Int32Array {
    const bytes = encoder.encode(text);
    // A token has at least one byte of text, but for the space that some models put first.
    if (this.tokenBuffer.length < bytes.length + 1) this.tokenBuffer = new Int32Array(bytes.length + 1);
    const count = this.symbols.tokenize(this.pointer, bytes, bytes.length, this.tokenBuffer, this.tokenBuffer.length, false, false);
    if (count < 0) throw new EngineError(`tokenise: ${bytes.length} bytes make ${-count} tokens`);
    return this.tokenBuffer.slice(0, count);
  }

  private withoutGuard(tokens: Int32Array): Int32Array {
    for (let index = 0; index < tokens.length; index += 1) {
      if (this.pieceOf(at(tokens, index)).at(-1) === 10) return tokens.slice(index + 1);
    }
    throw new EngineError("tokenise: the line end before a text is gone");
  }

  private spellsAsIs(text: string, guarded: boolean): boolean {
    const tokens = guarded ? this.withoutGuard(this.tokeniseRaw("\n" + text)) : this.tokeniseRaw(text);
    return Buffer.concat(Array.from(tokens, (token) => this.pieceOf(token))).toString("utf8") === text;
  }

  private endOfGeneration(): readonly number[] {
    const tokens: number[] = [];
    for (let token = 0; token < this.size; token += 1) if (this.symbols.vocabIsEndOfGeneration(this.pointer, token)) tokens.push(token);
    return tokens;
  }

  private findSentinels() {
    const { symbols, pointer } = this;
    const byText = this.controlTokensByText();
    const find = (byId: number, names: readonly string[]): number | undefined =>
      byId >= 0 ? byId : names.map((name) => byText.get(name)).find((token) => token !== undefined);
    const prefix = find(symbols.vocabFimPrefix(pointer), knownSentinels.prefix);
    const suffix = find(symbols.vocabFimSuffix(pointer), knownSentinels.suffix);
    const middle = find(symbols.vocabFimMiddle(pointer), knownSentinels.middle);
    const fileSeparator = find(symbols.vocabFimSeparator(pointer), knownSentinels.fileSeparator);
    const others = [symbols.vocabFimPad(pointer), symbols.vocabFimRepository(pointer), ...knownSentinels.other.map((name) => byText.get(name) ?? -1)];
    const all = [prefix, suffix, middle, fileSeparator, ...others].filter((token) => token !== undefined && token >= 0);
    return { prefix, suffix, middle, fileSeparator, all: all as readonly number[] };
  }

  /** Looked up among control tokens alone: a text that merely looks like a sentinel is text. */
  private controlTokensByText(): ReadonlyMap<string, number> {
    const tokens = new Map<string, number>();
    for (let token = 0; token < this.size; token += 1) {
      if (!this.symbols.vocabIsControl(this.pointer, token)) continue;
      const text = this.symbols.vocabText(this.pointer, token);
      if (text !== null) tokens.set(text, token);
    }
    return tokens;
  }
}
