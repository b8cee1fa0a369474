// Owns the grammar-based repetition penalty as a logit processor: while a unit of the text repeats, it lowers the tokens that
// would open another copy of it (RPG, arXiv 2505.10402). Knows no document, no session and no model.
// All that it does is a function of the tokens accepted so far: how they came, one by one or as a draft, leaves no trace.
import { at } from "../../base/assert";
import type { Grammar } from "../../../grammars/grammars";
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Tokenizer } from "../../tokens/tokenizer";
import type { LogitProcessor } from "../processor";
import { hasLikeliest, likeliest } from "../sampler";
import { LineState } from "./lineState";
import { lineWander } from "./lineWander";
import { criticalTokens, openingText } from "./opening";
import { RepeatTrack, type CountedRepeat } from "./repeatTrack";
import type { RepeatKind, Strengths } from "./strength";
import { tokenLoop } from "./tokenLoop";
import { hasWord } from "./units";

export interface RepetitionPenaltyBasis {
  /** Undefined where the language has none: lines and brackets serve instead. */
  readonly grammar: Grammar | undefined;
  /** The text that the prompt spells before the first new token: before the cursor, less what token healing took back. */
  readonly before: string;
  readonly pieces: PieceIndex;
  readonly tokenizer: Tokenizer;
  readonly strengths: Strengths;
  /** Told of every choice that is lowered, once, when `lower` does it. */
  readonly onAct: (act: PenaltyAct) => void;
}

/** What the penalty did before one choice: where several repeats are under way, what the strongest of them did. */
export interface PenaltyAct {
  /** How many new tokens came before this choice. */
  readonly tokenIndex: number;
  /** `end`: the completion would have ended inside what it opened; see `OwnEnd`. */
  readonly kind: RepeatKind | "end";
  /** The production that would be opened again, as the grammar names it; "line" where it names none, "token" inside a line; "end". */
  readonly rule: string;
  /** Units, or tokens inside a line, that one copy has. */
  readonly period: number;
  /** Lines or copies counted, the free ones included; see `UnitRepeat`. */
  readonly count: number;
  /** What was taken from each logit, in nats. */
  readonly nats: number;
  /** The text that would go on with the copy; what closes what is open where it would have ended. */
  readonly opening: string;
  readonly tokens: Int32Array;
  /** Whether the likeliest token is another one for it. */
  readonly changed: boolean;
}

type Critical = Omit<PenaltyAct, "changed">;

/** Openings whose tokens are kept: a loop has few of them, and asks at every line. */
const openingsMax = 64;

export class RepetitionPenalty implements LogitProcessor {
  private readonly tokens: number[] = [];
  private readonly line: LineState;
  private readonly track: RepeatTrack;
  private readonly pieceOf = (token: number): Uint8Array => this.basis.tokenizer.pieceOf(token);
  private readonly isInLine = (token: number): boolean => !this.pieceOf(token).includes(newline);
  /** What is critical at the next choice; undefined until it is asked for. */
  private critical: readonly Critical[] | undefined;
  private readonly tokensOfOpening = new Map<string, Int32Array>();

  /** Pairs with `close()`. */
  constructor(private readonly basis: RepetitionPenaltyBasis) {
    this.line = new LineState(basis.before);
    this.track = new RepeatTrack(basis.grammar, basis.before, basis.strengths);
  }

  /** Whether the next choice is critical and something repeats. */
  acts(): boolean {
    this.critical ??= this.criticalNow();
    return 0 < this.critical.length;
  }

  /** Whether anything has repeated so far, at the lines that have ended. */
  hasRepeated(): boolean {
    this.critical ??= this.criticalNow();
    return this.track.hasRepeated;
  }

  lower(logits: Float32Array): boolean {
    if (!this.acts()) return false;
    const acting = this.critical ?? [];
    const lowered = natsByToken(acting);
    const before = hasLikeliest(logits, lowered.keys()) ? likeliest(logits) : undefined;
    for (const [token, nats] of lowered) if (token < logits.length) logits[token] = at(logits, token) - nats;
    const strongest = acting.reduce((a, b) => (a.nats < b.nats ? b : a));
    this.basis.onAct({ ...strongest, changed: before !== undefined && before !== likeliest(logits) });
    return true;
  }

  accept(token: number): void {
    this.tokens.push(token);
    this.line.accept(this.pieceOf(token));
    this.critical = undefined;
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
    this.line.rollBack(count);
    this.track.goBack(this.tokens.length);
    this.critical = undefined;
  }

  /** Gives back what the parser holds outside the JavaScript heap. Nothing may be asked afterwards. */
  close(): void {
    this.track.close();
  }

  private criticalNow(): readonly Critical[] {
    const { tokensAtLineStart } = this.line;
    // Asked inside a line too: what it knows must not depend on where it was asked before.
    const counted = tokensAtLineStart === 0 ? [] : this.track.at(tokensAtLineStart, this.tokens, this.pieceOf);
    return [this.criticalInLine(), this.criticalWander()].filter((critical) => critical !== undefined).concat(this.criticalAtLineStart(counted));
  }

  private criticalInLine(): Critical | undefined {
    const loop = tokenLoop(this.tokens, this.isInLine);
    if (loop === undefined) return undefined;
    const { nats, free } = this.basis.strengths.tokens;
    const counted = loop.copies - free;
    if (counted <= 0) return undefined;
    const opening = Buffer.from(this.pieceOf(loop.next)).toString();
    const { period, copies: count } = loop;
    return { tokenIndex: this.tokens.length, kind: "tokens", rule: "token", period, count, nats: nats * counted, opening, tokens: Int32Array.of(loop.next) };
  }

  private criticalWander(): Critical | undefined {
    const wander = lineWander(this.tokens, this.isInLine);
    if (wander === undefined) return undefined;
    const { nats, free } = this.basis.strengths.wander;
    const { count, next } = wander;
    if (nats <= 0 || count <= free) return undefined;
    // Marks stay possible: a closer ends the line's wandering, and a separator says nothing of what comes behind it.
    const words = next.map((token) => ({ token, text: Buffer.from(this.pieceOf(token)).toString() })).filter(({ text }) => hasWord(text));
    const opening = words[0]?.text;
    if (opening === undefined) return undefined;
    const tokens = Int32Array.from(words, ({ token }) => token);
    return { tokenIndex: this.tokens.length, kind: "wander", rule: "token", period: next.length, count, nats: nats * (count - free), opening, tokens };
  }

  private criticalAtLineStart(counted: readonly CountedRepeat[]): readonly Critical[] {
    const { start } = this.line;
    if (start === undefined) return [];
    return counted.flatMap(({ repeat, rule, nats }) =>
      repeat.openings.flatMap((unit) => {
        const opening = openingText(unit, start);
        if (opening === undefined) return [];
        const { kind, period, count } = repeat;
        const tokens = this.tokensOf(opening);
        return tokens.length === 0 ? [] : [{ tokenIndex: this.tokens.length, kind, rule, period, count, nats, opening, tokens }];
      }),
    );
  }

  private tokensOf(opening: string): Int32Array {
    const known = this.tokensOfOpening.get(opening);
    if (known !== undefined) return known;
    if (openingsMax <= this.tokensOfOpening.size) this.tokensOfOpening.clear();
    const tokens = criticalTokens(opening, this.basis.pieces, this.pieceOf);
    this.tokensOfOpening.set(opening, tokens);
    return tokens;
  }
}

/** What each token loses: where several repeats have it, the most that one takes. */
function natsByToken(acting: readonly Critical[]): ReadonlyMap<number, number> {
  const nats = new Map<number, number>();
  for (const critical of acting) for (const token of critical.tokens) nats.set(token, Math.max(critical.nats, nats.get(token) ?? 0));
  return nats;
}

const newline = 0x0a;
