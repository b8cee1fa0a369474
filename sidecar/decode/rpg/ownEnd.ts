// Owns how a completion ends that has repeated itself: not inside a bracket of its own. A loop that is broken often leaves a
// small model nothing to say but its end, in the middle of a list or a class, and in no grammar does a text end there. What
// it opened is closed first, then it ends. Knows no document, no session and no model.
import { at } from "../../base/assert";
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Tokenizer } from "../../tokens/tokenizer";
import { openedIn, type Marks } from "../bracketScan";
import type { LogitProcessor } from "../processor";
import { hasLikeliest } from "../sampler";
import type { PenaltyAct } from "./repetitionPenalty";

export interface OwnEndBasis {
  readonly pieces: PieceIndex;
  readonly tokenizer: Tokenizer;
  readonly marks: Marks;
  readonly endTokens: ReadonlySet<number>;
  /** Of what is generated first, the bytes that stand before the cursor already. */
  readonly healedBytes: number;
  /** Whether anything has repeated in what was accepted so far. */
  readonly hasRepeated: () => boolean;
  /** Told of each end that is put off, once. */
  readonly onAct: (act: PenaltyAct) => void;
}

const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
/** Taken from all that doesn't lead to the end: more than any model is sure of anything. */
const otherNats = 40;
/** Indentation is spelled by runs of blanks, each a token of its own. */
const indentations = [...runsOf(" ", 16), ...runsOf("\t", 4)];

export class OwnEnd implements LogitProcessor {
  private readonly tokens: number[] = [];
  /** How many tokens there were when the model chose to end inside a bracket; undefined as long as it hasn't. */
  private endingFrom: number | undefined;

  constructor(private readonly basis: OwnEndBasis) {}

  acts(): boolean {
    return this.basis.hasRepeated();
  }

  lower(logits: Float32Array): boolean {
    // At the place itself it is asked again where the logits were computed anew.
    if (this.endingFrom === this.tokens.length) this.endingFrom = undefined;
    if (this.endingFrom === undefined && !this.begins(logits)) return false;
    const kept = this.kept();
    for (let token = 0; token < logits.length; token += 1) if (!kept.has(token)) logits[token] = at(logits, token) - otherNats;
    return true;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
    if (this.endingFrom !== undefined && this.tokens.length < this.endingFrom) this.endingFrom = undefined;
  }

  private begins(logits: Float32Array): boolean {
    const { basis, tokens } = this;
    if (!basis.hasRepeated() || !hasLikeliest(logits, basis.endTokens)) return false;
    const opening = this.open(this.text());
    if (opening === undefined) return false;
    this.endingFrom = tokens.length;
    const ends = Int32Array.from(basis.endTokens);
    basis.onAct({ tokenIndex: tokens.length, kind: "end", rule: "end", period: 0, count: 0, nats: otherNats, opening, tokens: ends, changed: true });
    return true;
  }

  /**
   * The tokens that close what is open or lead there; the end where nothing is, and where no closer would be read as one: in a
   * comment or a string that goes on. Each choice brings the end nearer, so that there is no loop here.
   */
  private kept(): ReadonlySet<number> {
    const { pieces, endTokens } = this.basis;
    const text = this.text();
    const open = this.open(text);
    if (open === undefined) return endTokens;
    const closer = closerOf[open] ?? "";
    const isClosedBy = (more: string): boolean => this.depth(text + more) < this.depth(text);
    if (!isClosedBy(closer)) return isClosedBy("\n" + closer) ? new Set(tokensOf("\n", pieces)) : endTokens;
    const line = text.slice(text.lastIndexOf("\n") + 1);
    const blanks = line.trim() !== "" ? tokensOf("\n", pieces) : line === "" ? indentations.flatMap((run) => tokensOf(run, pieces)) : [];
    const closers = [...pieces.fitting(Buffer.from(closer))].filter((token) => !opens(pieces.pieceOf(token)));
    return closers.length === 0 ? endTokens : new Set([...closers, ...blanks]);
  }

  private text(): string {
    return Buffer.concat(this.tokens.map((token) => this.basis.tokenizer.pieceOf(token))).subarray(this.basis.healedBytes).toString();
  }

  private depth(text: string): number {
    return openedIn(text, this.basis.marks).length;
  }

  /** The innermost bracket that `text` opens and leaves open. What stood open before, the text behind the cursor closes. */
  private open(text: string): string | undefined {
    return openedIn(text, this.basis.marks).at(-1)?.character;
  }
}

function opens(piece: Uint8Array): boolean {
  return piece.some((byte) => "([{".includes(String.fromCharCode(byte)));
}

function tokensOf(text: string, pieces: PieceIndex): readonly number[] {
  const bytes = Buffer.from(text);
  return [...pieces.fitting(bytes)].filter((token) => Buffer.compare(pieces.pieceOf(token), bytes) === 0);
}

function runsOf(blank: string, lengthMax: number): readonly string[] {
  return Array.from({ length: lengthMax }, (_, index) => blank.repeat(index + 1));
}
