// Owns the figures by action: completions of several policies in, rows and ratios out. Pure; table.ts prints them.
// A figure that compares with cold or with prefix uses only the points that both policies answered.
import { policyNames } from "../../sidecar/session/policy";
import type { PolicyName } from "../../sidecar/session/policy";
import type { Action } from "./action";
import { actions } from "./action";
import type { CompletionResult } from "./replay";
import type { Estimate } from "./score";
import { editSimilarity, estimate, exactMatch, excessLoss, firstLine, mean, median, quantile, ratioOfMedians } from "./score";

/** `all` holds every completion but the first of each trace, which has nothing to reuse. */
export type RowName = Action | "all";

/** Figures are undefined where no completion has them. Shares are 0..1, similarity is 0..100, losses are nats a token. */
export interface Row {
  readonly action: RowName;
  readonly policy: PolicyName;
  readonly completions: number;
  readonly editToFirstTokenMsMedian: number | undefined;
  readonly editToFirstTokenMsP95: number | undefined;
  /** Medians. */
  readonly tokensEncoded: number | undefined;
  readonly cellsKept: number | undefined;
  readonly cellsShifted: number | undefined;
  readonly cellsStale: number | undefined;
  /** Means, since most completions have none. */
  readonly repairTokens: number | undefined;
  readonly healTokens: number | undefined;
  readonly exactShare: number | undefined;
  readonly exactMatch: number | undefined;
  readonly editSimilarity: number | undefined;
  readonly lineEqualsCold: Estimate | undefined;
  readonly excessLoss: Estimate | undefined;
}

/** Median of patch over median of prefix, on the same points. */
export interface RatioRow {
  readonly action: RowName;
  readonly completions: number;
  readonly tokensEncoded: Estimate | undefined;
  readonly editToFirstTokenMs: Estimate | undefined;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly ratios: readonly RatioRow[];
  readonly shifts: readonly ShiftCount[];
}

/** Of all edits, those behind which a completion had to wait for the rotation of moved cells. */
export interface ShiftCount {
  readonly policy: PolicyName;
  readonly edits: number;
  readonly waited: number;
}

/** Rows in the order of `actions`, `all` after them, each action with its policies in their own order. */
export function reportOf(results: readonly CompletionResult[], seed: number): Report {
  const cold = new Map(results.filter((result) => result.policy === "cold").map((result) => [pointOf(result), result]));
  const rows: Row[] = [];
  const ratios: RatioRow[] = [];
  for (const action of rowNames) {
    const ofAction = results.filter((result) => belongsTo(action, result.action));
    for (const policy of policiesIn(results)) {
      const own = ofAction.filter((result) => result.policy === policy);
      if (own.length > 0) rows.push(rowOf(action, policy, own, cold, seed));
    }
    const ratio = ratioOf(action, ofAction, seed);
    if (ratio !== undefined) ratios.push(ratio);
  }
  return { rows, ratios, shifts: policiesIn(results).map((policy) => shiftCount(policy, results)) };
}

/** In the order of the table of policies, notations last. */
function policiesIn(results: readonly CompletionResult[]): readonly PolicyName[] {
  const rank = (policy: PolicyName): number => policyNames.indexOf(policy) >>> 0;
  return [...new Set(results.map((result) => result.policy))].toSorted((a, b) => rank(a) - rank(b));
}

function shiftCount(policy: PolicyName, results: readonly CompletionResult[]): ShiftCount {
  const own = results.filter((result) => result.policy === policy);
  return { policy, edits: own.reduce((sum, result) => sum + result.edits, 0), waited: own.filter((result) => result.waitedForShift).length };
}

const rowNames: readonly RowName[] = [...actions, "all"];

function belongsTo(row: RowName, action: Action): boolean {
  return row === "all" ? action !== "open" : row === action;
}

function pointOf(result: CompletionResult): string {
  return `${result.ordinal} ${result.trace}`;
}

/** A completion with the cold one of the same point. */
interface Pair {
  readonly own: CompletionResult;
  readonly cold: CompletionResult;
}

function rowOf(
  action: RowName,
  policy: PolicyName,
  own: readonly CompletionResult[],
  coldOf: ReadonlyMap<string, CompletionResult>,
  seed: number,
): Row {
  const times = own.flatMap((result) => result.editToFirstTokenMs ?? []);
  const written = own.flatMap(({ suggested, expected }) => (expected === undefined ? [] : { suggested, expected }));
  const pairs = own.flatMap((result) => pairOf(result, coldOf));
  return {
    action,
    policy,
    completions: own.length,
    editToFirstTokenMsMedian: median(times),
    editToFirstTokenMsP95: quantile(times, 0.95),
    tokensEncoded: median(own.map((result) => result.charge.tokensEncoded)),
    cellsKept: median(own.map((result) => result.charge.cellsKept)),
    cellsShifted: median(own.map((result) => result.charge.cellsShifted)),
    cellsStale: median(own.map((result) => result.cellsStale)),
    repairTokens: mean(own.map((result) => result.charge.repairTokens)),
    healTokens: mean(own.map((result) => result.charge.healTokens)),
    exactShare: median(own.flatMap((result) => result.exactShare ?? [])),
    exactMatch: mean(written.map((pair) => (exactMatch(pair.suggested, pair.expected) ? 1 : 0))),
    editSimilarity: mean(written.map((pair) => editSimilarity(pair.suggested, pair.expected))),
    lineEqualsCold: estimate(pairs, (pair) => pair.own.trace, equalShare, seed),
    excessLoss: estimate(pairs, (pair) => pair.own.trace, excessLossOf, seed),
  };
}

function pairOf(own: CompletionResult, coldOf: ReadonlyMap<string, CompletionResult>): readonly Pair[] {
  const cold = coldOf.get(pointOf(own));
  return cold === undefined ? [] : [{ own, cold }];
}

function equalShare(pairs: readonly Pair[]): number | undefined {
  return mean(pairs.map(({ own, cold }) => (firstLine(own.suggested) === firstLine(cold.suggested) ? 1 : 0)));
}

function excessLossOf(pairs: readonly Pair[]): number | undefined {
  return excessLoss(pairs.flatMap(({ own, cold }) => (own.loss === undefined || cold.loss === undefined ? [] : { own: own.loss, cold: cold.loss })));
}

/** A point as both patch and prefix answered it. */
interface Rivals {
  readonly patch: CompletionResult;
  readonly prefix: CompletionResult;
}

function ratioOf(action: RowName, results: readonly CompletionResult[], seed: number): RatioRow | undefined {
  const prefixOf = new Map(results.filter((result) => result.policy === "prefix").map((result) => [pointOf(result), result]));
  const rivals = results.filter((result) => result.policy === "patch").flatMap((patch): readonly Rivals[] => {
    const prefix = prefixOf.get(pointOf(patch));
    return prefix === undefined ? [] : [{ patch, prefix }];
  });
  if (rivals.length === 0) return undefined;
  const tokens = (drawn: readonly Rivals[]): number | undefined =>
    ratioOfMedians(drawn.map(({ patch, prefix }) => ({ over: patch.charge.tokensEncoded, under: prefix.charge.tokensEncoded })));
  const times = (drawn: readonly Rivals[]): number | undefined =>
    ratioOfMedians(drawn.flatMap(({ patch, prefix }) =>
      patch.editToFirstTokenMs === undefined || prefix.editToFirstTokenMs === undefined
        ? []
        : { over: patch.editToFirstTokenMs, under: prefix.editToFirstTokenMs }));
  const trace = (pair: Rivals): string => pair.patch.trace;
  return {
    action,
    completions: rivals.length,
    tokensEncoded: estimate(rivals, trace, tokens, seed),
    editToFirstTokenMs: estimate(rivals, trace, times, seed),
  };
}
