// Owns the comparison of a policy with what others do: the same points under each peer's behaviour, and the best of them.
// Pure. Which peer is the best is chosen anew in every resample, so that the interval knows of the choice.
import type { PolicyName } from "../../../sidecar/session/policy";
import { exactMatch, mean, median } from "../score";
import type { EvaluatedPoint } from "./evaluatedPoint";
import { isPeer } from "./peers";

/** One point under a policy and under every peer that was measured. */
export interface Rivals {
  readonly own: EvaluatedPoint;
  /** In the same order for every point. */
  readonly peers: readonly EvaluatedPoint[];
}

/** The points that the policy and all peers have. A peer isn't compared with itself, but with the others. */
export function rivalsOf(own: readonly EvaluatedPoint[], byPolicy: ReadonlyMap<PolicyName, readonly EvaluatedPoint[]>): readonly Rivals[] {
  const policy = own[0]?.result.policy;
  const peers = [...byPolicy].filter(([name, points]) => isPeer(name) && name !== policy && points.length > 0)
    .map(([, points]) => new Map(points.map((point) => [pointKey(point), point])));
  if (peers.length === 0) return [];
  return own.flatMap((point) => {
    const found = peers.flatMap((peer) => peer.get(pointKey(point)) ?? []);
    return found.length === peers.length ? [{ own: point, peers: found }] : [];
  });
}

function pointKey({ result }: EvaluatedPoint): string {
  return `${result.ordinal} ${result.trace}`;
}

/** The lowest median time to the first token of a peer, over the policy's own. */
export function bestPeerTime(rivals: readonly Rivals[]): number | undefined {
  const best = bestOf(rivals, (points) => median(points.flatMap(timeOf)), Math.min);
  const own = median(rivals.flatMap((rival) => timeOf(rival.own)));
  return best === undefined || own === undefined || own === 0 ? undefined : best / own;
}

/** The policy's exact match less the highest of a peer. */
export function bestPeerMatch(rivals: readonly Rivals[]): number | undefined {
  const best = bestOf(rivals, (points) => mean(points.flatMap(matchOf)), Math.max);
  const own = mean(rivals.flatMap((rival) => matchOf(rival.own)));
  return best === undefined || own === undefined ? undefined : own - best;
}

function bestOf(
  rivals: readonly Rivals[],
  figure: (points: readonly EvaluatedPoint[]) => number | undefined,
  choose: (...values: readonly number[]) => number,
): number | undefined {
  const count = rivals[0]?.peers.length ?? 0;
  const figures = Array.from({ length: count }, (_, index) => figure(rivals.flatMap(({ peers }) => peers[index] ?? [])) ?? []).flat();
  return figures.length === 0 ? undefined : choose(...figures);
}

function timeOf({ result }: EvaluatedPoint): readonly number[] {
  return result.editToFirstTokenMs === undefined ? [] : [result.editToFirstTokenMs];
}

function matchOf({ result: { suggested, expected } }: EvaluatedPoint): readonly number[] {
  return expected === undefined ? [] : [exactMatch(suggested, expected) ? 1 : 0];
}
