// Owns how languages write comments and strings, as data. Knows no scanner.

export interface CodeMarks {
  readonly lineComments: readonly ("//" | "#")[];
  /** Between the two marks of C. */
  readonly blockComments: boolean;
  readonly quotes: QuoteMarks;
  /** A slash in the place of an operand begins a regular expression. */
  readonly regex: boolean;
}

interface QuoteMarks {
  /** Characters that quote a string. */
  readonly plain: string;
  /** `'` quotes one character, or marks a name. */
  readonly character: boolean;
  /** Three quotes in a row quote a text of several lines. */
  readonly triple: boolean;
  readonly severalLines: boolean;
  /** A backtick quotes a text with code in it, or a text as it stands. */
  readonly backtick: "none" | "template" | "raw";
  /** `r` and hashes before the quote. */
  readonly rawHash: boolean;
}

const plainQuotes: QuoteMarks = { plain: "\"'", character: false, triple: false, severalLines: false, backtick: "none", rawHash: false };
const characterQuotes: QuoteMarks = { ...plainQuotes, plain: "\"", character: true };
const slashes = { lineComments: ["//"], blockComments: true, regex: false } as const;

export const ecmascriptMarks: CodeMarks = { ...slashes, regex: true, quotes: { ...plainQuotes, backtick: "template" } };
export const pythonMarks: CodeMarks = { lineComments: ["#"], blockComments: false, regex: false, quotes: { ...plainQuotes, triple: true } };
export const goMarks: CodeMarks = { ...slashes, quotes: { ...characterQuotes, backtick: "raw" } };
export const rustMarks: CodeMarks = { ...slashes, quotes: { ...characterQuotes, severalLines: true, rawHash: true } };
export const cMarks: CodeMarks = { ...slashes, quotes: characterQuotes };
export const javaMarks: CodeMarks = { ...slashes, quotes: { ...characterQuotes, triple: true } };
export const phpMarks: CodeMarks = { lineComments: ["//", "#"], blockComments: true, regex: false, quotes: { ...plainQuotes, severalLines: true } };
export const rubyMarks: CodeMarks = { lineComments: ["#"], blockComments: false, regex: true, quotes: { ...plainQuotes, severalLines: true, backtick: "raw" } };
