// Owns what completing and idle work need besides the document: the engine, its common sequences, the policy, the budgets.
import type { Clock } from "../base/clock";
import type { Shelf } from "../cache/shelf";
import type { Drafts } from "../decode/draft/drafts";
import type { Engine, SequenceId } from "../engine/engine";
import type { PieceIndex } from "../tokens/pieceIndex";
import type { Pace } from "./pace";
import type { Policy } from "./policy";
import type { Tuning } from "./tuning";

export interface Bench {
  readonly engine: Engine;
  readonly park: SequenceId;
  readonly scratch: SequenceId;
  /** Where deleted cells wait; without it they are gone. */
  readonly shelf?: Shelf | undefined;
  readonly pieces: PieceIndex;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly policy: Policy;
  /** What may change while the sessions live, as it is now. */
  readonly tuning: Tuning;
  /** What drafts come from; undefined where they are switched off. */
  readonly drafts?: Drafts | undefined;
  readonly completionTokensMax: number;
  readonly completionMsMax: number;
}

/** Tokens that a prompt may have, so that a completion finds room behind it. */
export function promptTokensMax({ engine, completionTokensMax }: Bench): number {
  return engine.capabilities.contextLength - completionTokensMax;
}
