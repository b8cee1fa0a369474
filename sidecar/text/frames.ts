// Owns the frames of the text layer: a number belongs to one frame, and the type says which.
// Makes branded numbers and ranges of them; converting between frames is lines.ts's and rope.ts's work.

/** Counts UTF-16 code units from the start of a text. */
export type Utf16Offset = number & { readonly __frame: "utf16" };
/** Counts UTF-8 bytes from the start of a text. */
export type ByteOffset = number & { readonly __frame: "byte" };
/** Counts tokens from the start of a prompt. */
export type TokenIndex = number & { readonly __frame: "token" };

export const utf16 = (value: number): Utf16Offset => value as Utf16Offset;
export const byte = (value: number): ByteOffset => value as ByteOffset;
export const tokenIndex = (value: number): TokenIndex => value as TokenIndex;

/** Half-open: `start` is inside, `end` is not. */
export interface Range<Offset extends number> {
  readonly start: Offset;
  readonly end: Offset;
}

/** A line and a character as LSP counts them: zero-based, the character in the negotiated encoding. */
export interface Place {
  readonly line: number;
  readonly character: number;
}
