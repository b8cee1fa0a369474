// Owns the interface between text and tokens. Knows no engine: an engine happens to satisfy it.

export interface Tokenizer {
  /** The tokens that spell `text`, special tokens never being read out of it. */
  tokenise(text: string): Int32Array;
  /** The UTF-8 bytes that one token stands for; a sentinel stands for none. The array is shared: don't write to it. */
  pieceOf(token: number): Uint8Array;
}
