// Owns how a completion ends that has repeated itself: not inside what it opened. A loop that is broken often leaves a small
// model nothing to say but its end, in the middle of a list, a class or a comment, and in no grammar does a text end there. What
// is open is closed first, in the layout of the lines that opened it, then it ends. Knows no document, no session and no model.
import { at } from "../../base/assert";
import type { Grammar } from "../../../grammars/grammars";
import { countSyntaxErrors } from "../../../grammars/syntaxErrors";
import type { PieceIndex } from "../../tokens/pieceIndex";
import type { Tokenizer } from "../../tokens/tokenizer";
import type { Marks } from "../bracketScan";
import type { LogitProcessor } from "../processor";
import { hasLikeliest } from "../sampler";
import { closingOf } from "./closing";
import type { PenaltyAct } from "./repetitionPenalty";

export interface OwnEndBasis {
  readonly pieces: PieceIndex;
  readonly tokenizer: Tokenizer;
  readonly marks: Marks;
  readonly endTokens: ReadonlySet<number>;
  /** Undefined where the language has none: then nobody says whether a closing mends anything. */
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
/** What may end a statement behind a closer, where the model wants it and the language has it. */
const separator = 0x3b;

interface Ending {
  /** How many tokens there were when the model chose to end. */
  readonly fromTokens: number;
  /** What has to be written first. */
  readonly closing: Uint8Array;
}

export class OwnEnd implements LogitProcessor {
  private readonly tokens: number[] = [];
  /** Undefined as long as the model hasn't chosen to end inside what is open. */
  private ending: Ending | undefined;

  constructor(private readonly basis: OwnEndBasis) {}

  acts(): boolean {
    return this.basis.hasRepeated();
  }

  lower(logits: Float32Array): boolean {
    // At the place itself it is asked again where the logits were computed anew.
    if (this.ending?.fromTokens === this.tokens.length) this.ending = undefined;
    this.ending ??= this.begun(logits);
    if (this.ending === undefined) return false;
    const kept = this.kept(this.ending);
    for (let token = 0; token < logits.length; token += 1) if (!kept.has(token)) logits[token] = at(logits, token) - otherNats;
    return true;
  }

  accept(token: number): void {
    this.tokens.push(token);
  }

  rollBack(count: number): void {
    this.tokens.length -= count;
    if (this.ending !== undefined && this.tokens.length < this.ending.fromTokens) this.ending = undefined;
  }

  private begun(logits: Float32Array): Ending | undefined {
    const { basis, tokens } = this;
    if (!basis.hasRepeated() || !hasLikeliest(logits, basis.endTokens)) return undefined;
    const closing = this.closing();
    if (closing === "") return undefined;
    const ends = Int32Array.from(basis.endTokens);
    const opening = closing.trim();
    basis.onAct({ tokenIndex: tokens.length, kind: "end", rule: "end", period: 0, count: 0, nats: otherNats, opening, tokens: ends, changed: true });
    return { fromTokens: tokens.length, closing: Buffer.from(closing) };
  }

  /** What the parser takes for the better end: all that is open closed, where nothing follows; what the completion opened; nothing. */
  private closing(): string {
    const { marks, grammar, before, after, healedBytes } = this.basis;
    const spelled = this.spelled(0);
    const text = before + spelled.toString();
    const ownUtf16 = before.length + spelled.subarray(0, healedBytes).toString().length;
    const own = closingOf(text, ownUtf16, marks);
    if (grammar === undefined) return own;
    const closings = [...new Set([...(after.trim() === "" ? [closingOf(text, 0, marks)] : []), own])].filter((closing) => closing !== "");
    const errorsAt = (closing: string): number => countSyntaxErrors(grammar, text + closing + after);
    let best = { closing: "", errors: closings.length === 0 ? 0 : errorsAt("") };
    for (const closing of closings.toReversed()) {
      const errors = errorsAt(closing);
      if (errors <= best.errors) best = { closing, errors };
    }
    return best.closing;
  }

  /**
   * The tokens that go on with the closing; the end behind it. Each but a separator brings the end nearer, and a separator comes
   * once behind a closer, so that there is no loop here.
   */
  private kept({ fromTokens, closing }: Ending): ReadonlySet<number> {
    const { pieces, endTokens, marks } = this.basis;
    const written = this.spelled(fromTokens);
    const rest = closing.subarray(written.filter((byte) => byte !== separator).length);
    const nexts = rest.length === 0 ? [...endTokens] : startsOf(rest, pieces);
    const mayEndStatement = !marks.hashComments && isCloser(written.at(-1)) && (rest.length === 0 || rest[0] === newline);
    return new Set(mayEndStatement ? [...nexts, ...startsOf(Uint8Array.of(separator), pieces)] : nexts);
  }

  /** The bytes of the tokens from one on. */
  private spelled(fromTokens: number): Buffer {
    return Buffer.concat(this.tokens.slice(fromTokens).map((token) => this.basis.tokenizer.pieceOf(token)));
  }
}

/** The tokens that spell a beginning of `bytes`. */
function startsOf(bytes: Uint8Array, pieces: PieceIndex): readonly number[] {
  return [...pieces.fitting(bytes)].filter((token) => pieces.pieceOf(token).length <= bytes.length);
}

function isCloser(byte: number | undefined): boolean {
  return byte !== undefined && ")]}".includes(String.fromCharCode(byte));
}

const newline = 0x0a;
