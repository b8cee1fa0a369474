// Owns the comparison of a policy with what others do: the same points under each peer's behaviour, and the best of them.
// Pure. Which peer is the best is chosen anew in every resample, so that the interval knows of the choice.
import type { PolicyName } from "../../../sidecar/session/policy";
import type { Estimate } from "../score";
import { isPeer } from "./peers";
import type { PointFigures } from "./pointFigures";
import { Resampling } from "./resampling";
import type { Figure } from "./resampling";

export interface Comparison {
  /** The lowest median time to the first token of a peer, over the policy's own. */
  readonly timesFaster: Estimate | undefined;
  /** The policy's exact match less the highest of a peer. */
  readonly exactMatchOverPeer: Estimate | undefined;
}

/** On the points that the policy and all peers have. A peer isn't compared with itself, but with the others. */
export function comparedWithPeers(own: readonly PointFigures[], byPolicy: ReadonlyMap<PolicyName, readonly PointFigures[]>, seed: number): Comparison {
  const policy = own[0]?.policy;
  const peers = [...byPolicy].filter(([name, points]) => isPeer(name) && name !== policy && points.length > 0)
    .map(([, points]) => new Map(points.map((point) => [pointKey(point), point])));
  const shared = own.filter((point) => peers.every((peer) => peer.has(pointKey(point))));
  if (peers.length === 0 || shared.length === 0) return { timesFaster: undefined, exactMatchOverPeer: undefined };
  const ofPeers = peers.map((peer) => shared.flatMap((point) => peer.get(pointKey(point)) ?? []));
  const resampling = new Resampling(shared, seed);
  const time = (points: readonly PointFigures[]): Figure => resampling.median(points, (point) => point.firstTokenMs);
  const match = (points: readonly PointFigures[]): Figure => resampling.mean(points, (point) => point.exactMatch);
  const quickest = bestOf(ofPeers.map(time), Math.min);
  const closest = bestOf(ofPeers.map(match), Math.max);
  const ownTime = time(shared);
  const ownMatch = match(shared);
  return {
    timesFaster: resampling.estimate((weights) => {
      const [best, mine] = [quickest(weights), ownTime(weights)];
      return best === undefined || mine === undefined || mine === 0 ? undefined : best / mine;
    }),
    exactMatchOverPeer: resampling.estimate((weights) => {
      const [best, mine] = [closest(weights), ownMatch(weights)];
      return best === undefined || mine === undefined ? undefined : mine - best;
    }),
  };
}

function bestOf(figures: readonly Figure[], choose: (...values: readonly number[]) => number): Figure {
  return (weights) => {
    const values = figures.flatMap((figure) => figure(weights) ?? []);
    return values.length === 0 ? undefined : choose(...values);
  };
}

function pointKey({ trace, ordinal }: PointFigures): string {
  return `${ordinal} ${trace}`;
}
