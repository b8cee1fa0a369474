// Owns the figures of an evaluation: points of several policies in, rows by action, group and language out. Pure.
// A figure that compares two policies, or a policy with a cold cache, uses only the points that both sides have.
import type { PolicyName } from "../../../sidecar/session/policy";
import { actions } from "../action";
import type { Estimate, Loss } from "../score";
import { editSimilarity, estimate, exactMatch, firstLine, mean, median, quantile } from "../score";
import type { EvaluatedPoint } from "./evaluatedPoint";
import { bestPeerMatch, bestPeerTime, rivalsOf, type Rivals } from "./rivals";
import { servedName } from "./peers";

/**
 * Shares are 0..1, similarity is 0..100, times are milliseconds, losses are nats. Undefined where no point has the figure.
 * Losses are summed over points before they are divided, so that long texts weigh more.
 */
export interface FrontierRow {
  /** An action, or a group of them, with the language behind a point where it is one language's. */
  readonly group: string;
  readonly policy: PolicyName;
  readonly points: number;
  /** Everything encoded since the completion before, idle healing apart. */
  readonly tokensEncoded: Estimate | undefined;
  readonly tokensEncodedP95: number | undefined;
  /** Tokens encoded over the tokens of the policy's own prompt: the median over points. */
  readonly shareOfCold: Estimate | undefined;
  readonly firstTokenMs: Estimate | undefined;
  readonly firstTokenMsP95: number | undefined;
  /** The lowest median time of a peer over the policy's, on the same points: 2 is twice as fast. */
  readonly timesFaster: Estimate | undefined;
  /** Whether the first line suggested is that of the same prompt on a cold cache. */
  readonly lineEqualsCold: Estimate | undefined;
  /** Loss over the same prompt's on a cold cache, a token. */
  readonly excessLoss: Estimate | undefined;
  readonly lossPerToken: Estimate | undefined;
  /** A byte of the text to be written. */
  readonly lossPerByte: Estimate | undefined;
  /** Loss over whole-file PSM's on a cold cache, a token of the latter: less than 0 is better. */
  readonly lossOverPsm: Estimate | undefined;
  readonly exactMatch: Estimate | undefined;
  /** Exact match less the highest of a peer, on the same points. */
  readonly exactMatchOverPeer: Estimate | undefined;
  readonly editSimilarity: Estimate | undefined;
  /** The policy's own prompt on a cold cache: the median of its tokens, its loss over whole-file PSM's, its exact match. */
  readonly coldTokens: number | undefined;
  readonly coldLossOverPsm: number | undefined;
  readonly coldExactMatch: number | undefined;
  /** Means. */
  readonly repairTokens: number | undefined;
  readonly healTokens: number | undefined;
  /** Exact cells over all cells once the completion had been answered: the mean. */
  readonly exactShare: number | undefined;
}

interface Group {
  readonly name: string;
  holds(point: EvaluatedPoint): boolean;
}

/** The text stands still at the cursor, and something happened elsewhere. */
const elsewhere: ReadonlySet<string> = new Set([
  "jump up", "jump down", "insert above", "delete above", "replace above", "insert below", "delete below", "replace below", "several places",
]);
const isElsewhere = ({ result }: EvaluatedPoint): boolean => elsewhere.has(result.action);

/** Rows in the order of groups: all but first completions, what happened elsewhere, each action, then each language. */
export function frontierOf(points: readonly EvaluatedPoint[], policies: readonly PolicyName[], seed: number): readonly FrontierRow[] {
  const scored = withServed(points).filter(({ result }) => result.action !== "open");
  const names = [...policies, ...policies.map(servedName)];
  const languages = [...new Set(scored.map(({ languageId }) => languageId))].toSorted();
  return groupsOf(languages).flatMap((group) => {
    const held = scored.filter((point) => group.holds(point));
    const byPolicy = new Map(names.map((policy) => [policy, held.filter(({ result }) => result.policy === policy)]));
    return names.flatMap((policy) => {
      const own = byPolicy.get(policy) ?? [];
      return own.length === 0 ? [] : [rowOf(group.name, policy, own, rivalsOf(own, byPolicy), seed)];
    });
  });
}

function groupsOf(languages: readonly string[]): readonly Group[] {
  const ofAction = actions.filter((action) => action !== "open")
    .map((action): Group => ({ name: action, holds: ({ result }) => result.action === action }));
  const ofLanguage = (language: string): readonly Group[] => [
    { name: `elsewhere · ${language}`, holds: (point) => isElsewhere(point) && point.languageId === language },
    { name: `typing · ${language}`, holds: ({ result, languageId }) => result.action === "typing" && languageId === language },
  ];
  return [
    { name: "all", holds: () => true },
    { name: "elsewhere", holds: isElsewhere },
    ...ofAction,
    ...(languages.length > 1 ? languages.flatMap(ofLanguage) : []),
  ];
}

/** What a real server did stands beside the policy that stands for it, as a policy of its own. */
function withServed(points: readonly EvaluatedPoint[]): readonly EvaluatedPoint[] {
  return points.flatMap((point): readonly EvaluatedPoint[] => {
    const { served, result } = point;
    if (served === undefined) return [point];
    const { suggested, tokensEncoded, promptMs, tokensDecoded } = served;
    const charge = { tokensEncoded, cellsKept: 0, cellsShifted: 0, repairTokens: 0, healTokens: 0 };
    const real = { ...result, policy: servedName(result.policy), suggested, charge, editToFirstTokenMs: promptMs, tokensDecoded, exactShare: undefined, loss: undefined };
    return [point, { ...point, result: real }];
  });
}

function rowOf(group: string, policy: PolicyName, own: readonly EvaluatedPoint[], rivals: readonly Rivals[], seed: number): FrontierRow {
  const over = (figure: (points: readonly EvaluatedPoint[]) => number | undefined): Estimate | undefined =>
    estimate(own, ({ result }) => result.trace, figure, seed);
  const beside = (figure: (rivals: readonly Rivals[]) => number | undefined): Estimate | undefined =>
    estimate(rivals, (rival) => rival.own.result.trace, figure, seed);
  return {
    group,
    policy,
    points: own.length,
    tokensEncoded: over((points) => median(points.map(tokensOf))),
    tokensEncodedP95: quantile(own.map(tokensOf), 0.95),
    shareOfCold: over((points) => median(points.flatMap((point) => (point.promptTokens === 0 ? [] : tokensOf(point) / point.promptTokens)))),
    firstTokenMs: over((points) => median(points.flatMap(({ result }) => result.editToFirstTokenMs ?? []))),
    firstTokenMsP95: quantile(own.flatMap(({ result }) => result.editToFirstTokenMs ?? []), 0.95),
    timesFaster: beside(bestPeerTime),
    lineEqualsCold: over((points) => mean(points.flatMap(equalsCold))),
    excessLoss: over((points) => quotient(points.flatMap(excess))),
    lossPerToken: over((points) => quotient(points.flatMap(({ result: { loss } }) => (loss === undefined ? [] : { over: loss.nats, under: loss.tokens })))),
    lossPerByte: over((points) => quotient(points.flatMap(lossOfBytes))),
    lossOverPsm: over((points) => quotient(points.flatMap(({ result: { loss }, psm }) => overPsm(loss, psm?.loss)))),
    exactMatch: over((points) => mean(points.flatMap(({ result: { suggested, expected } }) => matches(suggested, expected)))),
    exactMatchOverPeer: beside(bestPeerMatch),
    editSimilarity: over((points) => mean(points.flatMap(similarity))),
    coldTokens: median(own.flatMap(({ cold }) => cold?.promptTokens ?? [])),
    coldLossOverPsm: quotient(own.flatMap(({ cold, psm }) => overPsm(cold?.loss, psm?.loss))),
    coldExactMatch: mean(own.flatMap(({ cold, result: { expected } }) => matches(cold?.suggested, expected))),
    repairTokens: mean(own.map(({ result }) => result.charge.repairTokens)),
    healTokens: mean(own.map(({ result }) => result.charge.healTokens)),
    exactShare: mean(own.flatMap(({ result }) => result.exactShare ?? [])),
  };
}

const tokensOf = ({ result }: EvaluatedPoint): number => result.charge.tokensEncoded;

interface Fraction {
  readonly over: number;
  readonly under: number;
}

function quotient(fractions: readonly Fraction[]): number | undefined {
  const under = fractions.reduce((sum, fraction) => sum + fraction.under, 0);
  return under === 0 ? undefined : fractions.reduce((sum, fraction) => sum + fraction.over, 0) / under;
}

function equalsCold({ result, cold }: EvaluatedPoint): readonly number[] {
  return cold === undefined ? [] : [firstLine(result.suggested) === firstLine(cold.suggested) ? 1 : 0];
}

function excess({ result: { loss }, cold }: EvaluatedPoint): readonly Fraction[] {
  return loss === undefined || cold?.loss === undefined ? [] : [{ over: loss.nats - cold.loss.nats, under: cold.loss.tokens }];
}

function lossOfBytes({ result: { loss, expected } }: EvaluatedPoint): readonly Fraction[] {
  return loss === undefined || expected === undefined ? [] : [{ over: loss.nats, under: Buffer.byteLength(expected) }];
}

function overPsm(loss: Loss | undefined, psm: Loss | undefined): readonly Fraction[] {
  return loss === undefined || psm === undefined ? [] : [{ over: loss.nats - psm.nats, under: psm.tokens }];
}

function matches(suggested: string | undefined, expected: string | undefined): readonly number[] {
  return suggested === undefined || expected === undefined ? [] : [exactMatch(suggested, expected) ? 1 : 0];
}

function similarity({ result: { suggested, expected } }: EvaluatedPoint): readonly number[] {
  return expected === undefined ? [] : [editSimilarity(suggested, expected)];
}
