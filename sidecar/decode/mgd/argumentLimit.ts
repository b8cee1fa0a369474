// Owns the monitor of arguments: no call is closed before it has as many as its signature wants, none gets more than it takes.
// Where a signature isn't there when a call is about to be closed, nothing is limited. Knows the code from a scanner alone.
// Commas in a call that holds a comparison, a lambda or a spread may be none of its own: such a call is left alone.
import type { OtherWork } from "../otherWork";
import { likeliestFrom } from "../sampler";
import type { CodeScanner, Frame } from "./codeScanner";
import type { Inquired, Inquiry } from "./inquiry";
import type { NameMask, NameSetting, Rest } from "./nameMask";

export interface ArgumentBasis {
  readonly inquiry: Inquiry;
  readonly mask: () => NameMask;
  readonly pieceOf: (token: number) => Uint8Array;
  /** The innermost bracket that is open at the cursor. */
  readonly frameAtCursor: Frame | undefined;
  readonly cursorUtf16: number;
  /** The part of a generated text between the cursor and a place, which the scanner counts. */
  readonly continuation: (text: string, endUtf16: number) => string;
}

/** What is generated, and what a scanner made of it. */
interface Now {
  readonly text: string;
  readonly scanner: CodeScanner;
}

/** A character with which a call is closed with so many arguments, or one more begins behind so many. */
interface Step {
  readonly kind: "closed" | "comma" | "item";
  readonly count: number;
  readonly call: Frame;
  /** The token's text up to and with the character. */
  readonly head: string;
}

const triesMax = 16;

export class ArgumentLimit {
  constructor(private readonly basis: ArgumentBasis) {}

  /** Asks as soon as a call is open. */
  follow({ text, scanner: { frame } }: Now): void {
    if (frame !== undefined && this.isCall(frame)) this.basis.inquiry.begin(this.inquired(frame, text));
  }

  /**
   * Lowers tokens that would close a call too early or give it one too many, while one of them is likeliest; false where none is.
   * @param first was the likeliest token before some were lowered
   */
  lower(logits: Float32Array, now: Now, first: number, work?: OtherWork): boolean {
    if (now.scanner.mode !== "code") return false;
    let acted = false;
    let token = first;
    for (let count = 0; count < triesMax; count += 1) {
      token = likeliestFrom(logits, token);
      const step = token === -1 ? undefined : this.forbiddenStep(Buffer.from(this.basis.pieceOf(token)).toString(), now, work);
      if (step === undefined) return acted;
      const isItemNow = step.kind === "item" && step.call.startUtf16 === now.scanner.frame?.startUtf16;
      const mask = this.basis.mask();
      const isLowered = isItemNow ? mask.lower(logits, [closer], onlyCloser) : mask.lowerStart(Buffer.from(step.head), logits);
      if (!isLowered) return acted;
      acted = true;
    }
    return acted;
  }

  /** The first character of `piece` that its call's signature forbids. */
  private forbiddenStep(piece: string, { text, scanner }: Now, work: OtherWork | undefined): Step | undefined {
    if (!argumentMarks.test(piece) && (scanner.frame === undefined || scanner.frame.hasItem)) return undefined;
    const read = scanner.clone();
    let head = "";
    for (const character of piece) {
      const before = read.frame;
      read.read(character);
      head += character;
      const step = stepOf(before, read, character, head);
      if (step !== undefined && this.isCall(step.call) && this.isForbidden(step, text + head, work)) return step;
    }
    return undefined;
  }

  private isForbidden({ kind, count, call }: Step, text: string, work: OtherWork | undefined): boolean {
    // Whether a call has a place for a first argument is not worth standing still for.
    const answer = this.basis.inquiry.answerTo(this.inquired(call, text), kind !== "item", work);
    if (answer?.kind !== "signature") return false;
    if (kind === "closed") return count < answer.parametersMin;
    return answer.parametersMax !== undefined && answer.parametersMax <= count;
  }

  /** Of the calls that were open at the cursor, what the source says at the cursor holds for the innermost. */
  private isCall({ role, isUncertain, startUtf16 }: Frame): boolean {
    const { frameAtCursor, cursorUtf16 } = this.basis;
    return role === "call" && !isUncertain && (cursorUtf16 <= startUtf16 || startUtf16 === frameAtCursor?.startUtf16);
  }

  private inquired({ startUtf16 }: Frame, text: string): Inquired {
    return { kind: "signature", continuation: this.basis.continuation(text, startUtf16 + 1), receiver: undefined };
  }
}

function stepOf(before: Frame | undefined, { frame: after, mode }: CodeScanner, character: string, head: string): Step | undefined {
  if (before === undefined || mode === "comment") return undefined;
  if (character === ")" && after === before.parent) return { kind: "closed", count: before.commas + (before.hasItem ? 1 : 0), call: before, head };
  // What opens inside has its item in its parent.
  const same = after?.startUtf16 === before.startUtf16 ? after : after?.parent?.startUtf16 === before.startUtf16 ? after.parent : undefined;
  if (same === undefined || same.isUncertain) return undefined;
  // Where a call goes over several lines, a comma may stand behind its last argument.
  if (before.commas < same.commas) return same.hasLines ? undefined : { kind: "comma", count: same.commas, call: same, head };
  return !before.hasItem && same.hasItem ? { kind: "item", count: same.commas, call: same, head } : undefined;
}

const argumentMarks = /[(),]/;
const none = new Uint8Array(256);
const closer: Rest = { bytes: Uint8Array.of(0x29), follow: "any", mayEnd: false };
const onlyCloser: NameSetting = { breaks: none, lead: "any", others: none, endsHere: true };
