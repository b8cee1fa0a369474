// Owns the one function that asserts every law for a cache case given as marked text: the plan, the ledger after it,
// the engine's cells against both, the way back, and the same answer as a cold cache of one layer.
import { deepEqual, equal } from "node:assert/strict";
import { applyPlan } from "../../sidecar/cache/applyPlan";
import { emptyLedger, printLedger, type Ledger } from "../../sidecar/cache/ledger";
import { checkPartition, plan, printPlan, type Plan, type PlanRules } from "../../sidecar/cache/plan";
import { sequenceId, type Engine } from "../../sidecar/engine/engine";
import { FakeEngine } from "./fakeEngine";
import { parseMarked } from "./marked";
import { checkHonesty, scratchEngine } from "./scratch";

export const sequence = sequenceId(2);
export const park = sequenceId(0);
export const freeRules: PlanRules = { keep: "runs", shiftsMax: 100, shiftCostTokens: 0, callCostTokens: 0 };
const never = (): boolean => false;

/** Encodes `tokens` into an empty sequence. */
export function warmed(engine: Engine, tokens: Int32Array): Ledger {
  return applied(engine, emptyLedger, tokens, freeRules).ledger;
}

export function applied(engine: Engine, ledger: Ledger, tokens: Int32Array, rules: PlanRules): { readonly ledger: Ledger; readonly chosen: Plan } {
  const chosen = plan(ledger, tokens, rules);
  return { chosen, ledger: applyPlan({ engine, sequence, park }, ledger, chosen, tokens, never).ledger };
}

/** `marked` is the whole text with one edit; the last token is always encoded, for its logits. */
export function checkPatch(marked: string, planNotation: string, ledgerNotation: string, rules: Partial<PlanRules> = {}): void {
  const { before, after } = parseMarked(marked);
  for (const layers of [1, "many"] as const) {
    const engine = new FakeEngine({ layers });
    const old = engine.tokenise(before);
    const target = engine.tokenise(after);
    const warm = warmed(engine, old);
    checkHonesty(engine, sequence, warm, layers);
    const { ledger, chosen } = applied(engine, warm, target, { ...freeRules, ...rules });
    equal(printPlan(chosen), planNotation);
    equal(printLedger(ledger), ledgerNotation);
    checkPartition(chosen, old.length, target.length, { held: old, target });
    checkHonesty(engine, sequence, ledger, layers);
    if (layers === 1) deepEqual([...engine.logits()], [...scratchEngine(target, engine.tokenizer, 1).logits()]);
    const undone = applied(engine, ledger, old, freeRules).ledger;
    deepEqual([...undone.tokens], [...old]);
    equal(undone.exactEnd, old.length, "an edit that is undone leaves nothing stale");
    checkHonesty(engine, sequence, undone, layers);
  }
}
