// Owns telling code, comments and strings of TypeScript apart, so that a rule can look at one and not be misled by another.
// Knows no rule. A small lexer, not a parser: it needs to know only where strings, templates, expressions and comments end.

/** Two texts as long as the source: what is of the other kind is blank, line ends stay. Quotes count as code. */
export interface Masks {
  readonly code: string;
  readonly comments: string;
}

export function masksOf(source: string): Masks {
  const lexer = new Lexer(source);
  lexer.code(false);
  return { code: lexer.codeMask.join(""), comments: lexer.commentMask.join("") };
}

/** After these a slash starts a regular expression; after anything else that is a value it divides. */
const beforeExpression = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|of|in|do|else|void|throw))\s*$/;

class Lexer {
  readonly codeMask: string[];
  readonly commentMask: string[];
  private offset = 0;

  constructor(private readonly source: string) {
    const blank = (unit: string): string => (unit === "\n" ? "\n" : " ");
    this.codeMask = source.split("").map(blank);
    this.commentMask = source.split("").map(blank);
  }

  /** Reads code to the end or, inside a template, to the brace that closes its hole. */
  code(inHole: boolean): void {
    let depth = 0;
    while (this.offset < this.source.length) {
      const unit = this.source.charAt(this.offset);
      const pair = this.source.slice(this.offset, this.offset + 2);
      if (pair === "//") this.comment(this.endFrom("\n", 0));
      else if (pair === "/*") this.comment(this.endFrom("*/", 2));
      else if (unit === '"' || unit === "'") this.quoted(unit);
      else if (unit === "`") this.template();
      else if (unit === "/" && this.startsExpression()) this.expression();
      else {
        if (inHole && unit === "}" && depth === 0) return;
        depth += unit === "{" ? 1 : unit === "}" ? -1 : 0;
        this.keep();
      }
    }
  }

  private keep(): void {
    this.codeMask[this.offset] = this.source.charAt(this.offset);
    this.offset += 1;
  }

  private comment(end: number): void {
    for (; this.offset < end; this.offset += 1) this.commentMask[this.offset] = this.source.charAt(this.offset);
  }

  private quoted(quote: string): void {
    this.keep();
    while (this.offset < this.source.length && this.source.charAt(this.offset) !== quote && this.source.charAt(this.offset) !== "\n") {
      this.offset += this.source.charAt(this.offset) === "\\" ? 2 : 1;
    }
    if (this.offset < this.source.length) this.keep();
  }

  private template(): void {
    this.keep();
    while (this.offset < this.source.length && this.source.charAt(this.offset) !== "`") {
      if (this.source.startsWith("${", this.offset)) {
        this.keep();
        this.keep();
        this.code(true);
        this.keep();
      } else this.offset += this.source.charAt(this.offset) === "\\" ? 2 : 1;
    }
    if (this.offset < this.source.length) this.keep();
  }

  private expression(): void {
    let inClass = false;
    this.keep();
    while (this.offset < this.source.length && this.source.charAt(this.offset) !== "\n") {
      const unit = this.source.charAt(this.offset);
      if (unit === "/" && !inClass) return this.keep();
      if (unit === "[") inClass = true;
      if (unit === "]") inClass = false;
      this.offset += unit === "\\" ? 2 : 1;
    }
  }

  private startsExpression(): boolean {
    return beforeExpression.test(this.codeMask.slice(Math.max(0, this.offset - 200), this.offset).join(""));
  }

  private endFrom(mark: string, skipped: number): number {
    const found = this.source.indexOf(mark, this.offset + skipped);
    return found < 0 ? this.source.length : found + skipped;
  }
}
