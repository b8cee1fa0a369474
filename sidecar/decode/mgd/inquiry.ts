// Owns the questions of one completion: each is put once, as many as are allowed, and waited for as long as there is an allowance.
// An answer serves again where the same operand comes back and nothing between says that it may mean something else.
import type { Clock } from "../../base/clock";
import { limits } from "../../base/limits";
import type { OtherWork } from "../otherWork";
import type { MemberSource, MonitorAnswer, MonitorQuestion } from "./memberSource";
import type { MonitorTally } from "./monitorTally";
import { WaitAllowance } from "./waitAllowance";

export interface InquiryBasis {
  readonly source: MemberSource;
  readonly about: Pick<MonitorQuestion, "uri" | "languageId" | "version" | "cursor">;
  readonly clock: Clock;
  /** Time that decoding may stand still for an answer, as `WaitAllowance` counts it. */
  readonly budgetMs: number;
  readonly questionsMax: number;
  readonly tally: MonitorTally;
  /** What an earlier completion was told about the name that begins so far before the cursor. */
  readonly knownAt?: (beforeCursorUtf16: number) => MonitorAnswer | undefined;
}

/** Where a question is put, within what is generated behind the cursor. */
export interface Inquired {
  readonly kind: MonitorQuestion["kind"];
  readonly continuation: string;
  /** What the answer depends on, where that is plain. */
  readonly receiver: string | undefined;
  /** Where an empty continuation is asked about: how far before the cursor. */
  readonly beforeCursorUtf16?: number;
  /** Operands that are worth knowing at the same place; looked for only where the question is put. */
  readonly beside?: () => readonly string[];
}

interface Put {
  readonly question: MonitorQuestion;
  readonly receiver: string | undefined;
  answer: MonitorAnswer | undefined;
  isLate: boolean;
  /** An earlier completion was told: nobody was asked this time. */
  readonly isKnown?: boolean;
  /** It came beside the answer to another, and nobody has needed it so far. */
  isUncounted?: boolean;
}

export class Inquiry {
  private readonly put: Put[] = [];
  private putCount = 0;
  private toldCount = 0;
  /** By receiver: what assigns to it, or to what it begins with. */
  private readonly assignments = new Map<string, readonly RegExp[]>();
  private readonly missed = new Set<string>();
  private readonly allowance: WaitAllowance;
  /** Of other work, so much was known to be in vain when it was last looked at. */
  private inVainMs = 0;

  constructor(private readonly basis: InquiryBasis) {
    this.allowance = new WaitAllowance(basis.budgetMs);
  }

  /**
   * answer: a question has been answered, in time or by now, since who is only slow is no reason to wait for less;
   * silence: none has, and answers stayed away until nothing was waited for any more; undefined: nothing speaks for either.
   */
  heard(): "answer" | "silence" | undefined {
    const { source, clock } = this.basis;
    if (this.put.some((put) => put.isKnown !== true && (put.answer ??= source.answer(put.question, clock.nowMs())) !== undefined)) return "answer";
    return this.allowance.isUsedUp ? "silence" : undefined;
  }

  /** Whether no further question will be put. */
  get isSpent(): boolean {
    return this.basis.questionsMax <= this.putCount;
  }

  /** Asks, where that hasn't been asked; waits for nothing. False where it asked nobody. */
  begin(inquired: Inquired): boolean {
    if (this.found(inquired) !== undefined || this.takeTold(inquired) || this.isSpent) return false;
    const { source, about, tally, knownAt } = this.basis;
    const { kind, continuation, receiver, beforeCursorUtf16 } = inquired;
    const beside = inquired.beside?.() ?? [];
    const question: MonitorQuestion = { ...about, kind, continuation, ...(beside.length === 0 ? {} : { beside }) };
    this.putCount += 1;
    const known = beforeCursorUtf16 === undefined ? undefined : knownAt?.(beforeCursorUtf16);
    this.put.push({ question, receiver, answer: known, isLate: false, isKnown: known !== undefined });
    if (known !== undefined) return false;
    tally.asked += 1;
    source.ask(question);
    return true;
  }

  /**
   * The answer to what was asked, where it is there or comes within the allowance; undefined where it doesn't.
   * An answer that came too late once is taken when it is there, and waited for no more.
   * @param work is done as long as the answer isn't there
   */
  answerTo(inquired: Inquired, mayWait: boolean, work?: OtherWork): MonitorAnswer | undefined {
    this.begin(inquired);
    const put = this.found(inquired);
    if (put === undefined) return this.unasked(inquired, mayWait);
    if (put.answer !== undefined) {
      if (put.isUncounted === true && mayWait) this.countTold(put);
      return put.answer;
    }
    return this.waited(put, mayWait && !put.isLate, work);
  }

  /** What was said about the place at the cursor, for the next completion there. */
  get atCursor(): MonitorAnswer | undefined {
    return this.put.find(({ question }) => question.kind === "member" && question.continuation === "")?.answer;
  }

  /** Takes what was told of the operand beside another answer, where the operand means the same here. */
  private takeTold({ kind, continuation, receiver }: Inquired): boolean {
    if (kind !== "member" || receiver === undefined || limits.completionToldMax <= this.toldCount) return false;
    const { source, about } = this.basis;
    for (const { question } of this.put.toReversed()) {
      if (question.beside?.includes(receiver) !== true || !this.holdsOn(question.continuation, continuation, receiver)) continue;
      const answer = source.told(question, receiver);
      if (answer?.kind !== "names") continue;
      this.toldCount += 1;
      this.put.push({ question: { ...about, kind, continuation }, receiver, answer, isLate: false, isUncounted: true });
      return true;
    }
    return false;
  }

  private countTold(put: Put): void {
    put.isUncounted = false;
    this.basis.tally.answered += 1;
    this.basis.tally.waitsMs.push(0);
  }

  /** Beyond the limit on questions: counted once for each place. */
  private unasked({ kind, continuation }: Inquired, isNeeded: boolean): undefined {
    const key = `${kind} ${continuation}`;
    if (isNeeded && !this.missed.has(key)) {
      this.missed.add(key);
      this.basis.tally.late += 1;
    }
    return undefined;
  }

  private waited(put: Put, mayWait: boolean, work: OtherWork | undefined): MonitorAnswer | undefined {
    const { source, clock, tally } = this.basis;
    // Time that was of no use is as good as waited.
    if (work !== undefined) this.allowance.lost(work.inVainMs - this.inVainMs);
    this.inVainMs = work?.inVainMs ?? this.inVainMs;
    const [startMs, spentMs] = [clock.nowMs(), work?.spentMs ?? 0];
    // A wrong name costs more than a wrong number of arguments: these never take all that is left.
    const waitMsMax = put.question.kind === "member" ? this.allowance.ms : this.allowance.ms / 2;
    put.answer = source.answer(put.question, mayWait ? startMs + waitMsMax : startMs, mayWait && 0 < waitMsMax ? work : undefined);
    const waitMs = clock.nowMs() - startMs - ((work?.spentMs ?? 0) - spentMs);
    // A look at what may have come meanwhile is no wait, and says nothing about the next one.
    if (mayWait) {
      this.allowance.waited(waitMs, put.answer !== undefined);
      tally.waitsMs.push(waitMs);
    }
    if (put.answer === undefined) {
      if (mayWait) {
        put.isLate = true;
        tally.late += 1;
      }
    } else if (!put.isLate) {
      if (put.answer.kind === "open") tally.open += 1;
      else tally.answered += 1;
    }
    return put.answer;
  }

  private found({ kind, continuation, receiver }: Inquired): Put | undefined {
    return this.put.find((put) => {
      const asked = put.question;
      if (asked.kind !== kind) return false;
      if (asked.continuation === continuation) return true;
      return kind === "member" && receiver !== undefined && put.receiver === receiver && this.holdsOn(asked.continuation, continuation, receiver);
    });
  }

  /** Whether what is told of `receiver` behind one continuation holds behind another, that goes on from there. */
  private holdsOn(asked: string, continuation: string, receiver: string): boolean {
    return continuation.startsWith(asked) && this.meansTheSame(receiver, continuation.slice(asked.length));
  }

  /** Whether `between` neither branches nor assigns to `receiver` or to what it begins with. */
  private meansTheSame(receiver: string, between: string): boolean {
    const operand = receiver.replace(/\W+$/, "");
    // Its own object is the same in each branch of a function.
    if (ownObjects.has(operand)) return !beginsFunction.test(between.replace(controlHeads, ""));
    if (branches.test(between)) return false;
    const assignments = this.assignments.get(operand) ?? assignmentsTo(operand);
    this.assignments.set(operand, assignments);
    return !assignments.some((assignment) => assignment.test(between));
  }
}

function assignmentsTo(operand: string): readonly RegExp[] {
  const parts = operand.split(/[^\p{ID_Continue}$]+/u);
  return parts.map((_, index) => assignmentTo(parts.slice(0, index + 1)));
}

/** Where the member that `parts` lead to gets another value, or another type. */
function assignmentTo(parts: readonly string[]): RegExp {
  return new RegExp(`(?<![\\w$.])${parts.map(escaped).join("\\W+")}\\s*(?:[-+*/|&?]{0,2}=(?!=)|:)`, "u");
}

function escaped(part: string): string {
  return part.replace(/[$]/g, "\\$&");
}

const ownObjects: ReadonlySet<string> = new Set(["this", "self"]);
/** Braces behind which the same function goes on. */
const controlHeads = /\b(?:if|for|while|switch|catch|with)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\{/g;
const beginsFunction = /\b(?:function|class|def|fn|func|interface|impl)\b|\)[^(){};=]*\{/;
const branchingWords = "if|elif|else|for|while|case|match|when|with|assert|break|continue|and|or|not|in|is|instanceof|typeof|def|lambda";
/** Behind a word that leaves the function, the rest of the statement is none but its own. */
const branches = new RegExp(`[{}?]|=>|&&|\\|\\||\\b(?:${branchingWords})\\b|\\b(?:return|throw|raise)\\b[^]*\\n`);
