// Owns how the line at the end of a growing text begins, as far as another unit can still be opened on it. Goes back token
// by token. Knows bytes only.

const newline = 0x0a;

export class LineState {
  /** Behind each token: the line so far, or undefined once it has said something. */
  private readonly starts: (string | undefined)[];
  /** Behind each token: how many tokens there were at the latest line end; 0 where none was generated. */
  private readonly lineTokens: number[] = [0];

  constructor(before: string) {
    this.starts = [afterPiece("", before.slice(before.lastIndexOf("\n") + 1))];
  }

  /** What stands on the line, if that is white space and closers only. */
  get start(): string | undefined {
    return this.starts.at(-1);
  }

  /** Tokens up to the latest generated line end; 0 where there is none. */
  get tokensAtLineStart(): number {
    return this.lineTokens.at(-1) ?? 0;
  }

  accept(piece: Uint8Array): void {
    const end = piece.lastIndexOf(newline);
    const text = Buffer.from(piece.subarray(end + 1)).toString("latin1");
    const isNewLine = end !== -1;
    this.lineTokens.push(isNewLine ? this.starts.length : this.tokensAtLineStart);
    this.starts.push(afterPiece(isNewLine ? "" : this.start, text));
  }

  rollBack(count: number): void {
    this.starts.length -= count;
    this.lineTokens.length -= count;
  }
}

function afterPiece(start: string | undefined, piece: string): string | undefined {
  if (start === undefined) return undefined;
  return /^[\s)\]}>]*$/.test(piece) ? start + piece : undefined;
}
