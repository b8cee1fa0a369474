// Owns the grammar-based repetition penalty as a logit processor: while a unit of the text repeats, it lowers the tokens that
// would open another copy of it (RPG, arXiv 2505.10402). Knows no document, no session and no model.
import type { Grammar } from "../../../grammars/grammars";
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Tokenizer } from "../../tokens/tokenizer";
import type { LogitProcessor } from "../processor";
import type { RepeatKind, Strengths } from "./strength";

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

/** What the penalty did before one choice. */
export interface PenaltyAct {
  /** How many new tokens came before this choice. */
  readonly tokenIndex: number;
  readonly kind: RepeatKind;
  /** The production that would be opened again, as the grammar names it; "line" where there is no grammar, "token" inside a line. */
  readonly rule: string;
  /** Units that one copy has. */
  readonly period: number;
  /** Copies counted, the free ones included. */
  readonly copies: number;
  /** What was taken from each logit, in nats. */
  readonly nats: number;
  /** The text that would open the next copy. */
  readonly opening: string;
  readonly tokens: Int32Array;
  /** Whether the likeliest token is another one for it. */
  readonly changed: boolean;
}

export class RepetitionPenalty implements LogitProcessor {
  private readonly tokens: number[] = [];

  constructor(private readonly basis: RepetitionPenaltyBasis) {}

  /** Whether the next choice is critical and something repeats: `lower` changes nothing where it isn't. */
  acts(): boolean {
    return false;
  }

  lower(_logits: Float32Array): boolean {
    return this.acts();
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
  }

  /** Gives back what the parser holds outside the JavaScript heap. Nothing may be asked afterwards. */
  close(): void {
    this.tokens.length = 0;
    void this.basis;
  }
}
