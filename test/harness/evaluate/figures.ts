// Owns the figures of an evaluation: points of several policies in, rows by action, group and language out. Pure.
// A figure that compares two policies, or a policy with a cold cache, uses only the points that both sides have.
import type { PolicyName } from "../../../sidecar/session/policy";
import { actions } from "../action";
import type { Estimate } from "../score";
import { mean, median, quantile } from "../score";
import type { EvaluatedPoint } from "./evaluatedPoint";
import { servedName } from "./peers";
import type { PointFigures } from "./pointFigures";
import { figuresOf } from "./pointFigures";
import { Resampling } from "./resampling";
import type { Fraction } from "./resampling";
import { comparedWithPeers } from "./rivals";

/**
 * Shares are 0..1, similarity is 0..100, times are milliseconds, losses are nats. Undefined where no point has the figure.
 * Losses are summed over points before they are divided, so that long texts weigh more.
 */
export interface FrontierRow {
  /** An action, or a group of them, with the language behind a point where it is one language's. */
  readonly group: string;
  readonly policy: PolicyName;
  readonly points: number;
  /** Points that have a loss: the rest of a suggestion that is typed along has none, since nothing is read for it. */
  readonly lossPoints: number;
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
  /** The same two figures of a cold cache whose cells stand at other places: what rounding alone does to them. */
  readonly roundingLineEquals: Estimate | undefined;
  readonly roundingLoss: Estimate | undefined;
  /** Means. */
  readonly repairTokens: number | undefined;
  readonly healTokens: number | undefined;
  /** Exact cells over all cells once the completion had been answered: the mean. */
  readonly exactShare: number | undefined;
}

interface Group {
  readonly name: string;
  holds(point: PointFigures): boolean;
}

/** The text stands still at the cursor, and something happened elsewhere. */
const elsewhere: ReadonlySet<string> = new Set([
  "jump up", "jump down", "insert above", "delete above", "replace above", "insert below", "delete below", "replace below", "several places",
]);
const isElsewhere = ({ action }: PointFigures): boolean => elsewhere.has(action);

/** Rows in the order of groups: all but first completions, what happened elsewhere, each action, then each language. */
export function frontierOf(points: readonly EvaluatedPoint[], policies: readonly PolicyName[], seed: number): readonly FrontierRow[] {
  const scored = points.flatMap(figuresOf).filter(({ action }) => action !== "open");
  const names = [...policies, ...policies.map(servedName)];
  const languages = [...new Set(scored.map(({ languageId }) => languageId))].toSorted();
  return groupsOf(languages).flatMap((group) => {
    const held = scored.filter((point) => group.holds(point));
    const byPolicy = new Map(names.map((policy) => [policy, held.filter((point) => point.policy === policy)]));
    return names.flatMap((policy) => {
      const own = byPolicy.get(policy) ?? [];
      return own.length === 0 ? [] : [rowOf(group.name, policy, own, byPolicy, seed)];
    });
  });
}

function groupsOf(languages: readonly string[]): readonly Group[] {
  const ofAction = actions.filter((action) => action !== "open").map((name): Group => ({ name, holds: ({ action }) => action === name }));
  const ofLanguage = (language: string): readonly Group[] => [
    { name: `elsewhere · ${language}`, holds: (point) => isElsewhere(point) && point.languageId === language },
    { name: `typing · ${language}`, holds: ({ action, languageId }) => action === "typing" && languageId === language },
  ];
  return [
    { name: "all", holds: () => true },
    { name: "elsewhere", holds: isElsewhere },
    ...ofAction,
    ...(languages.length > 1 ? languages.flatMap(ofLanguage) : []),
  ];
}

function rowOf(
  group: string, policy: PolicyName, own: readonly PointFigures[], byPolicy: ReadonlyMap<PolicyName, readonly PointFigures[]>, seed: number,
): FrontierRow {
  const resampling = new Resampling(own, seed);
  const medianOf = (valueOf: (point: PointFigures) => number | undefined): Estimate | undefined => resampling.estimate(resampling.median(own, valueOf));
  const meanOf = (valueOf: (point: PointFigures) => number | undefined): Estimate | undefined => resampling.estimate(resampling.mean(own, valueOf));
  const sumOf = (partOf: (point: PointFigures) => Fraction | undefined): Estimate | undefined => resampling.estimate(resampling.quotient(own, partOf));
  return {
    group,
    policy,
    points: own.length,
    lossPoints: own.filter((point) => point.lossPerToken !== undefined).length,
    tokensEncoded: medianOf((point) => point.tokensEncoded),
    tokensEncodedP95: quantile(own.map((point) => point.tokensEncoded), 0.95),
    shareOfCold: medianOf(({ tokensEncoded, promptTokens }) => (promptTokens === 0 ? undefined : tokensEncoded / promptTokens)),
    firstTokenMs: medianOf((point) => point.firstTokenMs),
    firstTokenMsP95: quantile(own.flatMap((point) => point.firstTokenMs ?? []), 0.95),
    ...comparedWithPeers(own, byPolicy, seed),
    lineEqualsCold: meanOf((point) => point.lineEqualsCold),
    excessLoss: sumOf((point) => point.excessLoss),
    lossPerToken: sumOf((point) => point.lossPerToken),
    lossPerByte: sumOf((point) => point.lossPerByte),
    lossOverPsm: sumOf((point) => point.lossOverPsm),
    exactMatch: meanOf((point) => point.exactMatch),
    editSimilarity: meanOf((point) => point.editSimilarity),
    coldTokens: median(own.flatMap((point) => point.coldTokens ?? [])),
    coldLossOverPsm: sumOf((point) => point.coldLossOverPsm)?.value,
    coldExactMatch: mean(own.flatMap((point) => point.coldExactMatch ?? [])),
    roundingLineEquals: meanOf((point) => point.roundingLineEquals),
    roundingLoss: sumOf((point) => point.roundingLoss),
    repairTokens: mean(own.map((point) => point.repairTokens)),
    healTokens: mean(own.map((point) => point.healTokens)),
    exactShare: mean(own.flatMap((point) => point.exactShare ?? [])),
  };
}
