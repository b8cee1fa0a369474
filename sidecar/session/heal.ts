// Owns one slice of healing: the first stale cells of a document are encoded again in place. When, and whose, is the sessions' to say.
import { limits } from "../base/limits";
import { applyPlan } from "../cache/applyPlan";
import { staleEnd } from "../cache/ledger";
import { planInPlace } from "../cache/plan";
import type { Bench } from "./bench";
import type { HeldCells } from "./session";

/** Tokens encoded. Broken off, it leaves the old cells, which need room beside the new ones meanwhile. */
export function healSlice(bench: Pick<Bench, "engine" | "park" | "shelf">, held: HeldCells, interrupted: () => boolean): number {
  const { engine, park, shelf } = bench;
  const { ledger, sequence } = held;
  shelf?.giveWay(limits.healTokensMax);
  const room = Math.max(1, engine.reserve(0) - engine.cellsUsed());
  const { batchTokensMax, callCostTokens } = engine.capabilities;
  const length = Math.min(limits.healTokensMax, batchTokensMax, room, staleEnd(ledger, callCostTokens) - ledger.exactEnd);
  const slice = planInPlace(ledger.tokens.length, ledger.exactEnd, length);
  const applied = applyPlan({ engine, sequence, park }, ledger, slice, ledger.tokens, interrupted);
  held.ledger = applied.ledger;
  return applied.tokensEncoded;
}
