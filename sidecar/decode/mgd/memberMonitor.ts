// Owns the monitor of one completion as a logit processor (monitor-guided decoding, arXiv 2306.10763): where a name is due that
// somebody can list, only listed names can be chosen. Its four verbs are `placeAt` (pre), `Inquiry` (the analysis), `NameMask`
// (maskgen) and `accept` (update). Knows no document and no server. It stands behind token healing and the repetition penalty,
// whose bans it keeps: where nothing that both allow is left, it stands aside and counts that.
// What it does is a function of the accepted tokens and of the answers that are there.
import type { Tokenizer } from "../../tokens/tokenizer";
import type { OtherWork } from "../otherWork";
import type { LogitProcessor } from "../processor";
import { likeliest, likeliestFrom } from "../sampler";
import { ArgumentLimit } from "./argumentLimit";
import type { CodeScanner } from "./codeScanner";
import { GeneratedCode, type GeneratedStep, type PlaceInside } from "./generatedCode";
import { Inquiry, type Inquired, type InquiryBasis } from "./inquiry";
import { introducedMembers, introducedNames } from "./introducedNames";
import { legalNames, restsOf, settingOf, type LegalName } from "./legalNames";
import type { MonitorAnswer } from "./memberSource";
import type { MonitorRules } from "./monitorRules";
import type { NameMask } from "./nameMask";
import { operandAt, type NamePlace } from "./namePlace";
import { nearbyOperands } from "./nearbyOperands";

export interface MonitorBasis extends InquiryBasis {
  readonly rules: MonitorRules;
  /** Has read `before`; the monitor's own. */
  readonly scanner: CodeScanner;
  /** The text before the first new token: before the cursor, less what token healing took back. */
  readonly before: string;
  /** What the first new tokens must spell. */
  readonly healed: Uint8Array;
  /** What is supposed to stand behind the cursor already, where the completion begins: the end of `before` and `healed`; most often none. */
  readonly supposed: string;
  /** The text behind the cursor, as far as its line goes. */
  readonly restOfLine: string;
  /** Made when it is first needed: a vocabulary is shared by all completions. */
  readonly mask: () => NameMask;
  readonly tokenizer: Tokenizer;
  /** How many of the likeliest tokens may be chosen: one, where decoding is greedy. */
  readonly choicesMax: number;
  /** Answers with more names put no limit. */
  readonly namesMax: number;
}

/** "asking": there is a place whose answer isn't known yet; "constrained": only names of an answer can be chosen. */
export type MonitorState = "idle" | "asking" | "constrained";

const placesInsideMax = 8;
/** Questions that are put although nobody may want to know. */
const questionsAheadMax = 8;
/** Text before the completion that tells what is likely. */
const nearbyUtf16 = 4_000;
/** Operands that are asked about beside a question. */
const besideMax = 2;

export class MemberMonitor implements LogitProcessor {
  private readonly inquiry: Inquiry;
  private readonly code: GeneratedCode;
  /** The name at the cursor, which begins before it or there. */
  private readonly atCursor: NamePlace | undefined;
  private readonly cursorUtf16: number;
  private readonly behind: Uint8Array;
  private readonly healedText: string;
  private readonly argumentLimit: ArgumentLimit;
  private aheadLeft = questionsAheadMax;
  private readonly legal = new Map<MonitorAnswer, Map<string, readonly LegalName[]>>();

  /** Asks at once what the completion will begin with, so that the answer comes while the prompt is read. */
  constructor(private readonly basis: MonitorBasis) {
    const { rules, before, restOfLine, scanner } = basis;
    this.inquiry = new Inquiry(basis);
    this.code = new GeneratedCode({ rules, scanner, before, restOfLine });
    const whole = new GeneratedCode({ rules, scanner, before, restOfLine });
    whole.accept(basis.healed);
    this.cursorUtf16 = whole.now.scanner.length - basis.supposed.length;
    this.atCursor = whole.now.place;
    this.behind = Buffer.from(behindCursor.exec(restOfLine)?.[0] ?? "");
    this.argumentLimit = new ArgumentLimit({
      inquiry: this.inquiry,
      mask: basis.mask,
      pieceOf: (token) => basis.tokenizer.pieceOf(token),
      frameAtCursor: whole.now.scanner.frame,
      cursorUtf16: this.cursorUtf16,
      continuation: (text, endUtf16) => this.continuation(text, endUtf16),
    });
    this.healedText = whole.now.text;
    if (this.atCursor !== undefined) this.inquiry.begin(this.inquired(this.atCursor, this.healedText));
  }

  get state(): MonitorState {
    const place = this.place();
    if (place === undefined) return "idle";
    const answer = this.inquiry.answerTo(this.inquired(place, this.text), false);
    if (answer === undefined) return "asking";
    return this.namesOf(answer, place, this.text).length === 0 ? "idle" : "constrained";
  }

  /** What was said about the name at the cursor, and where that begins, for the next completion there. */
  get saidAtCursor(): { readonly answer: MonitorAnswer; readonly beforeCursorUtf16: number } | undefined {
    const answer = this.inquiry.atCursor;
    return answer === undefined || this.atCursor === undefined ? undefined : { answer, beforeCursorUtf16: this.cursorUtf16 - this.atCursor.originUtf16 };
  }

  get rules(): MonitorRules {
    return this.basis.rules;
  }

  heard(): ReturnType<Inquiry["heard"]> {
    return this.inquiry.heard();
  }

  acts(): boolean {
    return !this.inquiry.isSpent || this.place() !== undefined || this.code.now.scanner.frame !== undefined;
  }

  lower(logits: Float32Array, work?: OtherWork): boolean {
    const before = likeliest(logits);
    const hasMember = this.lowerName(logits, work);
    const hasInside = this.lowerInside(logits, before, work);
    const hasArgument = !this.isHealing() && this.argumentLimit.lower(logits, this.code.now, before, work);
    if (!hasMember && !hasInside && !hasArgument) return false;
    const { tally } = this.basis;
    tally.masks += 1;
    if (before !== -1 && logits[before] === -Infinity) tally.changed += 1;
    return true;
  }

  accept(token: number): void {
    this.code.accept(this.basis.tokenizer.pieceOf(token));
    const place = this.place();
    if (place !== undefined) this.inquiry.begin(this.inquired(place, this.text));
    else this.askAhead();
    if (!this.isHealing()) this.argumentLimit.follow(this.code.now);
  }

  rollBack(count: number): void {
    this.code.rollBack(count);
  }

  /** What was dereferenced nearby is likely to be again: asked now, the answer comes while the next token is computed. */
  private askAhead(): void {
    const { text, scanner } = this.code.now;
    const operand = this.isHealing() || this.aheadLeft === 0 ? undefined : operandAt(scanner);
    if (operand === undefined || literals.has(operand)) return;
    const nearby = this.basis.before.slice(-nearbyUtf16) + text;
    const operator = this.basis.rules.operators.find((candidate) => isDereferenced(nearby, operand + candidate.text));
    if (operator === undefined) return;
    const continuation = this.continuation(text, scanner.length) + operator.text;
    if (this.inquiry.begin({ kind: "member", continuation, receiver: operand + operator.text })) this.aheadLeft -= 1;
  }

  /** Masks the name that is under way. */
  private lowerName(logits: Float32Array, work: OtherWork | undefined): boolean {
    const step = this.code.now;
    const place = this.place();
    if (place === undefined) return false;
    const names = this.legalAt(place, this.text, work);
    if (names.length === 0) return false;
    if (this.isHealing()) return this.lowerHealed(logits, step, place, names);
    return this.lowerTyped(logits, Buffer.concat([Buffer.from(place.typed), step.cut]), place, names);
  }

  /** While the bytes before the cursor are spelled again, the name begins behind some of them, or has begun. */
  private lowerHealed(logits: Float32Array, step: GeneratedStep, place: NamePlace, names: readonly LegalName[]): boolean {
    const typed = Buffer.from(place.typed);
    const fitting = names.filter(({ bytes }) => Buffer.from(bytes.subarray(0, typed.length)).equals(typed));
    const head = this.basis.healed.subarray(step.length, Math.max(step.length, this.basis.healed.length - typed.length));
    const spelled = typed.subarray(0, Math.max(0, step.length + typed.length - this.basis.healed.length));
    const rests = restsOf(fitting, spelled, this.behind);
    if (rests.length === 0) return false;
    const setting = settingOf(place, 0 < typed.length);
    const isLowered = head.length === 0 ? this.basis.mask().lower(logits, rests, setting) : this.basis.mask().lowerBehind(head, logits, rests, setting);
    if (!isLowered) this.basis.tally.impossible += 1;
    return isLowered;
  }

  private lowerTyped(logits: Float32Array, typed: Uint8Array, place: NamePlace, names: readonly LegalName[]): boolean {
    const rests = restsOf(names, typed, this.behind);
    // What is typed begins no legal name: the text went its own way, and goes on.
    if (rests.length === 0) return false;
    const isLowered = this.basis.mask().lower(logits, rests, settingOf(place, 0 < typed.length));
    if (!isLowered) this.basis.tally.impossible += 1;
    return isLowered;
  }

  /** A token may reach a place and go on with a name: such tokens are masked as long as one of them may be chosen. */
  private lowerInside(logits: Float32Array, first: number, work: OtherWork | undefined): boolean {
    const seen = new Set<string>();
    let acted = false;
    let token = first;
    for (let count = 0; count < placesInsideMax; count += 1) {
      token = likeliestFrom(logits, token);
      const inside = this.likelyInside(logits, token, seen);
      if (inside === undefined) return acted;
      const names = this.legalAt(inside.place, inside.text, work);
      const rests = restsOf(names, new Uint8Array(0), this.behind);
      if (rests.length === 0) continue;
      if (this.basis.mask().lowerBehind(inside.head, logits, rests, settingOf(inside.place, false))) acted = true;
      else this.basis.tally.impossible += 1;
    }
    return acted;
  }

  /** The first place inside one of the tokens that may be chosen, of those that begin otherwise than those `seen`. */
  private likelyInside(logits: Float32Array, first: number, seen: Set<string>): PlaceInside | undefined {
    for (const token of likeliestOf(logits, first, this.basis.choicesMax)) {
      const inside = this.code.placeInside(this.basis.tokenizer.pieceOf(token));
      // What lies before the cursor is the name at the cursor, or none.
      if (inside === undefined || inside.place.originUtf16 < this.cursorUtf16) continue;
      const head = Buffer.from(inside.head).toString("hex");
      if (seen.has(head)) continue;
      seen.add(head);
      return inside;
    }
    return undefined;
  }

  /** The names that may stand at the place; none where nothing limits them. Waits for the answer, within the allowance. */
  private legalAt(place: NamePlace, text: string, work: OtherWork | undefined): readonly LegalName[] {
    const answer = this.inquiry.answerTo(this.inquired(place, text), true, work);
    return answer === undefined ? [] : this.namesOf(answer, place, text);
  }

  private namesOf(answer: MonitorAnswer, place: NamePlace, text: string): readonly LegalName[] {
    if (answer.kind !== "names" || this.basis.namesMax < answer.names.length) return [];
    const continuation = this.continuation(text, this.cursorUtf16 + text.length);
    const introduced = place.kind === "member" ? introducedMembers(continuation) : introducedNames(continuation);
    const key = [place.kind, place.quote, ...place.words, "", ...introduced].join("\n");
    const known = this.legal.get(answer)?.get(key);
    if (known !== undefined) return known;
    // What the text introduces counts beside legal names; alone it is no limit.
    const told = legalNames(answer.names, place);
    const names = told.length === 0 || place.kind === "quoted" ? told : legalNames([...answer.names, ...introduced], place);
    this.legal.set(answer, new Map([[key, names]]));
    return names;
  }

  /** What is generated, or will be: while bytes are healed, all of them. */
  private get text(): string {
    return this.isHealing() ? this.healedText : this.code.now.text;
  }

  private place(): NamePlace | undefined {
    return this.isHealing() ? this.atCursor : this.code.now.place;
  }

  private isHealing(): boolean {
    return this.code.now.length < this.basis.healed.length;
  }

  private inquired(place: NamePlace, text: string): Inquired {
    const continuation = this.continuation(text, place.originUtf16);
    const beside = (): readonly string[] => this.beside(place, text);
    const asked: Inquired = { kind: "member", continuation, receiver: place.receiver, beside };
    return continuation === "" ? { ...asked, beforeCursorUtf16: this.cursorUtf16 - place.originUtf16 } : asked;
  }

  /** What may be dereferenced behind a place, but for what is there: of a condition that ends before, each may mean something else. */
  private beside({ kind, receiver, originUtf16 }: NamePlace, text: string): readonly string[] {
    if (kind !== "member") return [];
    const { before, rules, supposed } = this.basis;
    const behindCursor = this.continuation(text, originUtf16);
    const whole = supposed === "" && behindCursor === "" ? before : before + text.slice(0, this.healedText.length) + behindCursor;
    const line = whole.slice(whole.lastIndexOf("\n") + 1);
    return conditions.test(line) ? [] : nearbyOperands(whole.slice(-nearbyUtf16), rules.operators, receiver, besideMax);
  }

  /** Of the generated `text`, what lies between the cursor and `endUtf16`, which the scanner counts. */
  private continuation(text: string, endUtf16: number): string {
    return (this.basis.supposed + text.slice(this.healedText.length)).slice(0, Math.max(0, endUtf16 - this.cursorUtf16));
  }
}

/** Words that look like operands. */
const literals: ReadonlySet<string> = new Set(["undefined", "null", "true", "false", "None", "True", "False", "nil"]);

/** Whether `text` has the operand by itself, not as the end of another. */
function isDereferenced(text: string, operand: string): boolean {
  for (let found = text.indexOf(operand); found !== -1; found = text.indexOf(operand, found + 1)) {
    if (found === 0 || !/[\p{ID_Continue}$.]/u.test(text.charAt(found - 1))) return true;
  }
  return false;
}

/** The `count` likeliest tokens, of which `first` is one. */
function likeliestOf(logits: Float32Array, first: number, count: number): readonly number[] {
  if (count === 1 || first === -1) return first === -1 ? [] : [first];
  const left = logits.slice();
  const found: number[] = [];
  for (let token = first; found.length < count && token !== -1; token = likeliest(left)) {
    found.push(token);
    left[token] = -Infinity;
  }
  return found;
}

/** What decides whether the rest of its statement is reached. */
const conditions = /&&|\|\||\?|\bif\b|\band\b|\bor\b/;

/** What goes on with a name behind the cursor. */
const behindCursor = /^[\p{ID_Continue}$]+/u;
