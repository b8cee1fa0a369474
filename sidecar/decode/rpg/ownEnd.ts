// Owns how a completion ends that has repeated itself: not inside what it opened. A loop that is broken often leaves a small
// model nothing to say but its end, in the middle of a list, a class or a comment, and in no grammar does a text end there. What
// is open is closed first, where the parser finds that it mends something, then it ends. Knows no document, no session and no model.
import { at } from "../../base/assert";
import { limits } from "../../base/limits";
import type { Grammar } from "../../../grammars/grammars";
import { countSyntaxErrors } from "../../../grammars/syntaxErrors";
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Tokenizer } from "../../tokens/tokenizer";
import type { Marks } from "../bracketScan";
import { closingOf } from "../closing";
import type { LogitProcessor } from "../processor";
import { hasLikeliest, leadOf, likeliest } from "../sampler";
import type { PenaltyAct } from "./repetitionPenalty";

export interface OwnEndBasis {
  readonly pieces: PieceIndex;
  readonly tokenizer: Tokenizer;
  readonly marks: Marks;
  readonly endTokens: ReadonlySet<number>;
  /** Undefined where the language has none: then nobody can say whether a closing mends anything, and none is written. */
  readonly grammar: Grammar | undefined;
  /** The text that the prompt spells before the first new token. */
  readonly before: string;
  /** The text behind the cursor. Where it says nothing, nobody else closes what stood open before the cursor. */
  readonly after: string;
  /** Of what is generated first, the bytes that stand before the cursor already. */
  readonly healedBytes: number;
  /** Whether anything has repeated in what was accepted so far. */
  readonly hasRepeated: () => boolean;
  /** Told of each end that is put off, once. */
  readonly onAct: (act: PenaltyAct) => void;
}

/** Taken from all that doesn't lead to the end: more than any model is sure of anything. */
const otherNats = 40;

interface Ending {
  /** How many tokens there were when the model chose to end. */
  readonly fromTokens: number;
  /** What has to be written first. */
  readonly closing: Uint8Array;
  /** By how much the end was the likeliest. */
  readonly leadNats: number;
}

export class OwnEnd implements LogitProcessor {
  private readonly tokens: number[] = [];
  /** The ends that were put off: the latest counts, the others are there to go back to. */
  private readonly endings: Ending[] = [];
  /** Where an end was told of last, in tokens. */
  private toldAt = -1;

  constructor(private readonly basis: OwnEndBasis) {}

  acts(): boolean {
    return this.basis.hasRepeated();
  }

  lower(logits: Float32Array): boolean {
    // At the place itself it is asked again where the logits were computed anew.
    if (this.endings.at(-1)?.fromTokens === this.tokens.length) this.endings.pop();
    const rest = this.rest() ?? this.begun(logits);
    if (rest === undefined) return false;
    const kept = rest.length === 0 ? this.basis.endTokens : startsOf(rest, this.basis.pieces);
    for (let token = 0; token < logits.length; token += 1) if (!kept.has(token)) logits[token] = at(logits, token) - otherNats;
    return true;
  }

  isCloseCall(nats: number): boolean {
    const latest = this.endings.at(-1);
    return latest?.fromTokens === this.tokens.length && latest.leadNats < nats;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
    while (this.tokens.length < (this.endings.at(-1)?.fromTokens ?? 0)) this.endings.pop();
  }

  /**
   * What is left to write of the latest closing; undefined where none is under way, or where something else was written: what
   * else watches over the choice may rule a closer out.
   */
  private rest(): Uint8Array | undefined {
    const latest = this.endings.at(-1);
    if (latest === undefined) return undefined;
    const written = this.spelled(latest.fromTokens);
    return written.equals(latest.closing.subarray(0, written.length)) ? latest.closing.subarray(written.length) : undefined;
  }

  /** The closing that begins here; undefined where none does. */
  private begun(logits: Float32Array): Uint8Array | undefined {
    const { basis, tokens } = this;
    if (!basis.hasRepeated() || !hasLikeliest(logits, basis.endTokens)) return undefined;
    const text = this.closing();
    if (text === "") return undefined;
    const ending = { fromTokens: tokens.length, closing: Buffer.from(text), leadNats: leadOf(logits, likeliest(logits)) };
    this.endings.push(ending);
    if (this.toldAt !== tokens.length) {
      const ends = Int32Array.from(basis.endTokens);
      const opening = text.trim();
      basis.onAct({ tokenIndex: tokens.length, kind: "end", rule: "end", period: 0, count: 0, nats: otherNats, opening, tokens: ends, changed: true });
    }
    this.toldAt = tokens.length;
    return ending.closing;
  }

  /** The closing that leaves the parser the fewest errors; empty where none leaves it fewer than there are. */
  private closing(): string {
    const { marks, grammar, before, after, healedBytes } = this.basis;
    if (grammar === undefined) return "";
    const spelled = this.spelled(0);
    const text = before.slice(-limits.closedBeforeUtf16Max) + spelled.toString();
    const ownUtf16 = text.length - spelled.subarray(healedBytes).toString().length;
    const isLast = after.trim() === "";
    // A body may follow below the cursor, and what stood open before it is closed there.
    const froms = isLast ? [ownUtf16, 0] : [ownUtf16];
    const plain = froms.map((from) => closingOf(text, from, marks, { bodies: isLast }));
    const withSemicolons = marks.hashComments ? [] : froms.map((from) => closingOf(text, from, marks, { semicolons: true }));
    const endsStatements = /;[ \t]*\n/.test(text);
    const closings = new Set(endsStatements ? [...plain, ...withSemicolons] : [...withSemicolons, ...plain]);
    const errorsAt = (closing: string): number => countSyntaxErrors(grammar, text + closing + after.slice(0, limits.closedAfterUtf16Max));
    closings.delete("");
    const bounded = [...closings].filter((closing) => closing.length <= limits.closingUtf16Max);
    let best = { closing: "", errors: bounded.length === 0 ? 0 : errorsAt("") };
    for (const closing of bounded) {
      const errors = errorsAt(closing);
      const isBetter = errors < best.errors || (errors === best.errors && best.closing !== "") || (isLast && isBody(closing, marks) && errors <= best.errors);
      if (isBetter) best = { closing, errors };
    }
    return best.closing;
  }

  /** The bytes of the tokens from one on. */
  private spelled(fromTokens: number): Buffer {
    return Buffer.concat(this.tokens.slice(fromTokens).map((token) => this.basis.tokenizer.pieceOf(token)));
  }
}

/** Tree-sitter takes some headers without their bodies, which no compiler does. */
function isBody(closing: string, { missingBody }: Marks): boolean {
  return missingBody !== undefined && closing.trim() === missingBody.statement;
}

/** The tokens that spell a beginning of `bytes`. */
function startsOf(bytes: Uint8Array, pieces: PieceIndex): ReadonlySet<number> {
  return new Set(pieces.fitting(bytes).filter((token) => pieces.pieceOf(token).length <= bytes.length));
}
