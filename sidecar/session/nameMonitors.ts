// Owns the monitors of the editor's completions: one for each, what they did in all, and what the latest were told, for the
// requests that follow within the same name. Knows no engine's cells and nobody who answers.
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import { MemberMonitor } from "../decode/mgd/memberMonitor";
import type { MemberSource, MonitorAnswer } from "../decode/mgd/memberSource";
import { monitorRulesOf, type MonitorRules } from "../decode/mgd/monitorRules";
import { newTally, type MonitorTally } from "../decode/mgd/monitorTally";
import { LatestScan } from "../decode/mgd/latestScan";
import { NameMask } from "../decode/mgd/nameMask";
import { PieceTrie } from "../decode/mgd/pieceTrie";
import type { LogitProcessor } from "../decode/processor";
import { ProcessorChain } from "../decode/processorChain";
import type { MonitorRecord, MonitorStatistics } from "../protocol/data";
import type { TextDocument } from "../text/document";
import type { Utf16Offset } from "../text/frames";
import { modelText } from "../tokens/modelText";
import type { PieceIndex } from "../tokens/pieceIndex";
import type { Tokenizer } from "../tokens/tokenizer";
import { quantile } from "./counters";

export interface NameMonitorsBasis {
  readonly source: MemberSource;
  readonly pieces: PieceIndex;
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  /** Time that a completion may stand still for an answer; negative: no monitor watches. */
  readonly budgetMs: () => number;
}

/** The monitor of one completion, with what it did. */
export interface NameMonitor {
  readonly monitor: MemberMonitor;
  readonly tally: MonitorTally;
  readonly document: TextDocument;
  readonly text: string;
  readonly cursor: Utf16Offset;
}

/** What was said about a name: it holds while nothing but the name is typed. */
interface Said {
  readonly uri: string;
  readonly text: string;
  readonly origin: number;
  readonly cursor: number;
  readonly answer: MonitorAnswer;
}

/** Units before the cursor that are read to see where it stands: a long file's rest is taken for code. */
const reachUtf16 = 12_000;
/** Where reading begins moves by so much at once, so that what was read serves again. */
const strideUtf16 = 4_000;
const saidMax = 4;
/** What a completion waits of the budget where the one before was left waiting. */
const waryShare = 0.25;

export class NameMonitors {
  private readonly total = newTally();
  private mask: NameMask | undefined;
  private said: readonly Said[] = [];
  private readonly scan = new LatestScan();
  /** Languages whose latest completion was left waiting, and those since that were told nothing. Of those with rules, so there are few. */
  private readonly wary = new Set<MonitorRules>();

  constructor(private readonly basis: NameMonitorsBasis) {}

  /**
   * Asks at once; undefined where the language has no rules. Pairs with `ended()`.
   * @param healed what the first new tokens must spell @param supposed what is taken to stand behind the cursor already
   * @param choicesMax how many of the likeliest tokens may be chosen: one, where decoding is greedy
   */
  monitorAt(document: TextDocument, cursor: Utf16Offset, healed: Uint8Array, supposed: string, choicesMax = 1): NameMonitor | undefined {
    const rules = monitorRulesOf(document.languageId);
    if (rules === undefined || this.basis.budgetMs() < 0) return undefined;
    const { text, uri, languageId, version } = document;
    const { source, clock, tokenizer, budgetMs } = this.basis;
    const start = Math.max(0, Math.ceil((cursor - reachUtf16) / strideUtf16) * strideUtf16);
    const whole = modelText(text.slice(start, cursor)) + supposed;
    const before = whole.slice(0, whole.length - Buffer.from(healed).toString().length);
    const tally = newTally();
    const monitor = new MemberMonitor({
      source,
      about: { uri, languageId, version, cursor },
      clock,
      budgetMs: budgetMs() * (this.wary.has(rules) ? waryShare : 1),
      questionsMax: limits.completionQuestionsMax,
      tally,
      knownAt: (beforeCursorUtf16) => this.known(document, cursor, cursor - beforeCursorUtf16),
      rules,
      scanner: this.scan.scannerBehind(before, rules),
      before,
      healed,
      supposed,
      restOfLine: modelText(text.slice(cursor, cursor + limits.monitorLineUtf16Max)).split("\n", 1)[0] ?? "",
      mask: () => (this.mask ??= new NameMask(new PieceTrie(this.basis.pieces))),
      tokenizer,
      namesMax: limits.monitorNamesMax,
      choicesMax,
    });
    return { monitor, tally, document, text, cursor };
  }

  /** Counts what the monitor did, and keeps what it was told. */
  ended({ monitor, tally, document: { uri }, text, cursor }: NameMonitor): void {
    const { total } = this;
    const heard = monitor.heard();
    if (heard === "silence") this.wary.add(monitor.rules);
    else if (heard === "answer") this.wary.delete(monitor.rules);
    for (const name of ["asked", "answered", "open", "late", "masks", "changed", "impossible"] as const) total[name] += tally[name];
    total.waitsMs.push(...tally.waitsMs);
    total.waitsMs.splice(0, total.waitsMs.length - limits.monitorWaitsMax);
    const said = monitor.saidAtCursor;
    // Who knew nothing a moment ago may know now: a server starts, a setting changes.
    if (said === undefined || said.answer.kind === "open") return;
    const origin = cursor - said.beforeCursorUtf16;
    this.said = [{ uri, text, origin, cursor, answer: said.answer }, ...this.said.filter((other) => other.uri !== uri)].slice(0, saidMax);
  }

  statistics(): MonitorStatistics {
    const { waitsMs, ...counts } = this.total;
    return { ...counts, waitMsMedian: quantile(waitsMs, 0.5), waitMsP95: quantile(waitsMs, 0.95) };
  }

  private known({ uri, text }: TextDocument, cursor: number, origin: number): MonitorAnswer | undefined {
    const said = this.said.find((other) => other.uri === uri);
    if (said === undefined || said.origin !== origin) return undefined;
    const isSame = said.text.slice(0, origin) === text.slice(0, origin) && said.text.slice(said.cursor) === text.slice(cursor);
    return isSame ? said.answer : undefined;
  }
}

/** The monitor stands behind the penalty: what one of them rules out stays so. */
export function inOrder(penalty: LogitProcessor | undefined, watched: NameMonitor | undefined): LogitProcessor {
  return new ProcessorChain([...(penalty === undefined ? [] : [penalty]), ...(watched === undefined ? [] : [watched.monitor])]);
}

/** What the monitors of one completion did, for its record. */
export function monitorRecord({ waitsMs, ...counts }: MonitorTally): MonitorRecord {
  return { ...counts, waitMs: waitsMs.reduce((sum, ms) => sum + ms, 0) };
}

/** Whether names may be legal or not for all that anybody said when they were written. */
export function isUnvouched(written: { readonly monitor?: MonitorRecord | undefined } | undefined): boolean {
  return written?.monitor !== undefined && 0 < written.monitor.open + written.monitor.late;
}

/** Whether a member's name begins at the cursor. */
export function isBehindOperator({ languageId, text }: TextDocument, cursor: Utf16Offset): boolean {
  return monitorRulesOf(languageId)?.operators.some((operator) => text.endsWith(operator.text, cursor)) === true;
}
