// Owns a tokeniser for tests: words, runs of blanks, line ends and single characters; deterministic and reversible.
// Knows no engine. Ids: the sentinels, then the 256 bytes, then some seeded words, then pieces in the order they are first met.
import type { Tokenizer } from "../../sidecar/tokens/tokenizer";

/** The sentinels stand for no text; their ids are those of the embedded model. */
export const fakeSentinels = { end: 0, prefix: 1, middle: 2, suffix: 3, pad: 4, repository: 5, fileSeparator: 6 } as const;

const sentinelCount = 7;
const byteCount = 256;
const seededWords = [
  "    ", "  ", "\t\t", "\r\n", "const", "let", "return", "function", "if", "else", "for", "while", "import", "export", "from", "class",
  "new", "this", "true", "false", "null", "value", "values", "name", "names", "index", "length", "count", "sum", "item", "items", "user",
  "users", "string", "number", "def", "self", "print", "foo", "bar", "baz", "alpha", "beta", "gamma", "delta", "é", "日本", "😀",
];
/** The vocabulary that a fake model may choose from: everything that every table holds from the start. */
export const fakeSeededCount = sentinelCount + byteCount + seededWords.length;

const pieces = /[\p{L}\p{N}\p{M}_]+|\r\n|[ \t]+|[^]/gu;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/**
 * Cuts a text at the borders between words, runs of blanks, line ends and other characters.
 * A piece keeps its token for good: when the table is full, pieces not met before are spelled byte by byte.
 */
export class FakeTokenizer implements Tokenizer {
  private readonly tokenOf = new Map<string, number>();
  private readonly bytesOf: Uint8Array[] = [];
  /** Calls of `tokenise`, and the UTF-16 units read by them: what a resync costs. */
  calls = 0;
  readUtf16 = 0;

  constructor(readonly vocabularySize = 4_096) {
    for (let token = 0; token < sentinelCount; token += 1) this.bytesOf.push(noBytes);
    for (let byte = 0; byte < byteCount; byte += 1) this.bytesOf.push(Uint8Array.of(byte));
    for (const word of seededWords) this.assign(word);
  }

  tokenise(text: string): Int32Array {
    this.calls += 1;
    this.readUtf16 += text.length;
    const tokens: number[] = [];
    for (const [piece] of text.matchAll(pieces)) this.pushTokens(piece, tokens);
    return Int32Array.from(tokens);
  }

  /** An id that no piece has taken yet stands for no bytes. */
  pieceOf(token: number): Uint8Array {
    if (!Number.isInteger(token) || token < 0 || token >= this.vocabularySize) throw new RangeError(`token ${token} is outside 0..${this.vocabularySize}`);
    return this.bytesOf[token] ?? noBytes;
  }

  /** The text of tokens that spell whole characters. */
  spell(tokens: ArrayLike<number>): string {
    return Buffer.concat(Array.from(tokens, (token) => this.pieceOf(token))).toString("utf8");
  }

  private pushTokens(piece: string, tokens: number[]): void {
    const code = piece.charCodeAt(0);
    if (piece.length === 1 && code < 0x80) {
      tokens.push(sentinelCount + code);
      return;
    }
    const token = this.tokenOf.get(piece) ?? this.assign(piece);
    if (token !== undefined) tokens.push(token);
    else for (const byte of encoder.encode(piece)) tokens.push(sentinelCount + byte);
  }

  private assign(piece: string): number | undefined {
    if (this.bytesOf.length >= this.vocabularySize) return undefined;
    const token = this.bytesOf.length;
    this.bytesOf.push(encoder.encode(piece));
    this.tokenOf.set(piece, token);
    return token;
  }
}
