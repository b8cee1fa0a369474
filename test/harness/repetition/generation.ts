// Owns what is kept of one long generation, a line of JSON each. Raw: all figures are computed from it, so that shards merge
// and a figure can be defined anew without generating again.
import type { PenaltyAct } from "../../../sidecar/decode/rpg/repetitionPenalty";
import type { GenerationEnd } from "./generate";

export interface Generation {
  readonly kind: "generation";
  readonly caseId: string;
  readonly method: string;
  readonly end: GenerationEnd;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly decodeMs: number;
  /** The part of it that went into the method's processors. */
  readonly processorMs: number;
  readonly acts: readonly Act[];
}

/** A place where a penalty acted. */
export interface Act extends Omit<PenaltyAct, "tokens"> {
  /** Tokens lowered. */
  readonly lowered: number;
}

export function actOf({ tokens, ...act }: PenaltyAct): Act {
  return { ...act, lowered: tokens.length };
}
