// Owns how a document's cells are brought to a prompt: a patch by the policy's rules, its repairs, and what all that counts as.
// Throws what the engine or an invariant throws: the caller recovers.
import { isVerifying } from "../base/invariants";
import { applyPatch } from "../cache/applyPlan";
import { outlookAfter } from "../cache/freshness";
import { checkLedgerSpells, type Ledger } from "../cache/ledger";
import type { MiddleRule } from "../cache/middleRuns";
import { patchCostTokens, patchTotals, planPatch, rowsFor, type Patch } from "../cache/patch";
import { keepsRuns, plan, type PlanRules, type PlanTotals } from "../cache/plan";
import { withRereads } from "../cache/reread";
import type { EngineCapabilities } from "../engine/engine";
import type { Prompt } from "../prompt/layout";
import type { Bench } from "./bench";
import type { Policy } from "./policy";
import { occasionOf, repairAfter, rereadFor, type RepairScene } from "./repair";
import type { HeldCells } from "./session";

export interface Patched {
  readonly totals: PlanTotals;
  readonly tokensEncoded: number;
  readonly repairTokens: number;
  readonly complete: boolean;
}

/** Brings the document's cells to `prompt`. After it, unless interrupted, the engine's logits are those behind the prompt. */
export function patchCells(bench: Bench, held: HeldCells, prompt: Prompt, scene: RepairScene, interrupted: () => boolean): Patched {
  const budgetTokens = bench.pace.tokensIn(bench.tuning.repairMsMax);
  const middle = middleRule(bench.policy, prompt, scene.jumped ? budgetTokens : 0);
  const rules = { ...rulesFor(bench.policy, bench.engine.capabilities), middle };
  const shelf = rules.keep === "moves" ? bench.shelf : undefined;
  const base = planPatch(held.ledger, prompt.tokens, rules, shelf?.runsOf(held.sequence));
  const own = patchTotals(base);
  const outlook = outlookAfter(base.plan, rowsFor(base, held.ledger), prompt.tokens, base.move?.start);
  const keepsStale = 0 < outlook.cellsAgedByIt;
  // A text that comes back is as new to what stands behind it as one that is read.
  const brought = { ...own, tokensEncoded: own.tokensEncoded + (base.taken?.count ?? 0) };
  const repair = repairAfter(bench.policy.repair, occasionOf(scene.jumped || held.jumpIsDue, brought), brought);
  const tokensMax = keepsStale ? Math.min(repair.tokensMax, budgetTokens) : 0;
  const reread = rereadFor(repair.sources, tokensMax, scene, prompt, base, rules.callCostTokens);
  const repaired = tokensMax === 0 ? base : { ...base, plan: withRereads(base.plan, outlook, reread) };
  const chosen = noDearerThanPrefix(repaired, base, held.ledger, prompt, rules);
  const totals = patchTotals(chosen);
  const target = { engine: bench.engine, sequence: held.sequence, park: bench.park, shelf };
  const startedMs = bench.clock.nowMs();
  const applied = applyPatch(target, held.ledger, chosen, prompt.tokens, interrupted);
  // Broken off, the time went to a batch that was thrown away as well.
  if (applied.complete) bench.pace.note(applied.tokensEncoded, bench.clock.nowMs() - startedMs);
  held.ledger = applied.ledger;
  held.repairIsDue ||= keepsStale;
  held.jumpIsDue = !applied.complete && (scene.jumped || held.jumpIsDue);
  if (applied.complete && isVerifying()) checkLedgerSpells(held.ledger, prompt.tokens);
  const repairTokens = Math.min(totals.tokensEncoded - own.tokensEncoded, applied.tokensEncoded);
  return { totals, tokensEncoded: applied.tokensEncoded, repairTokens, complete: applied.complete };
}

/** `repaired`, unless it costs more than to read everything behind the first change, which leaves nothing stale there. */
function noDearerThanPrefix(repaired: Patch, base: Patch, ledger: Ledger, prompt: Prompt, rules: PlanRules): Patch {
  if (repaired.plan === base.plan) return base;
  const prefix: Patch = { move: undefined, plan: plan(ledger, prompt.tokens, { ...rules, keep: "prefix" }) };
  return patchCostTokens(prefix, rules) <= patchCostTokens(repaired, rules) ? prefix : repaired;
}

/** Where all that stands above the cursor is in the middle, it is a part like any other. */
function middleRule({ layout }: Policy, { middleFrom }: Prompt, turnedTokensMax: number): MiddleRule | undefined {
  return middleFrom === undefined || layout.kind === "suffixFirst" ? undefined : { from: middleFrom, turnedTokensMax };
}

function rulesFor({ keep }: Policy, { shift, shiftCostTokens, callCostTokens }: EngineCapabilities): PlanRules {
  const shifts = keepsRuns(keep) || keep === "chunks";
  return {
    keep: shifts && shift.kind === "fixed" ? "prefix" : keep,
    shiftsMax: shift.kind === "shiftable" ? shift.shiftsMax : 0,
    shiftCostTokens,
    callCostTokens,
  };
}
