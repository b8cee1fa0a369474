// Owns one completion from prompt to text: plan, apply, fork, decode, trim. Throws what the engine or an invariant throws:
// the caller recovers. Leaves the document's cells as the plan made them; what is decoded stands in a scratch sequence.
import { at, invariant, isVerifying } from "../base/assert";
import type { Clock } from "../base/clock";
import { limits } from "../base/limits";
import { applyPlan, checkMirror } from "../cache/applyPlan";
import { checkLedgerSpells } from "../cache/ledger";
import { plan, planTotals, printPlan, type PlanRules, type PlanTotals } from "../cache/plan";
import { keepsBehindChange, withRereads } from "../cache/reread";
import { decode, wholeText } from "../decode/loop";
import { logProbability } from "../decode/sampler";
import { finishedLength } from "../decode/stop";
import { TokenHealing } from "../decode/tokenHealing";
import { trimSuggestion, type TrimContext } from "../decode/trimSuggestion";
import { cellPosition, cells, toEnd, type Engine, type EngineCapabilities, type SequenceId } from "../engine/engine";
import type { Prompt } from "../prompt/layout";
import type { PieceIndex } from "../tokens/pieceIndex";
import type { ExpectedScore, Interruption } from "./events";
import type { Policy } from "./policy";
import { rereadFor, type RepairScene } from "./repair";
import type { HeldCells } from "./session";

/** What completing needs besides the document. */
export interface Bench {
  readonly engine: Engine;
  readonly park: SequenceId;
  readonly scratch: SequenceId;
  readonly pieces: PieceIndex;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly completionTokensMax: number;
  readonly completionMsMax: number;
}

export interface Patched {
  readonly totals: PlanTotals;
  readonly tokensEncoded: number;
  readonly repairTokens: number;
  readonly prefixTokens: number;
  /** The plan in its notation, for logs. */
  readonly plan: string;
  readonly complete: boolean;
}

/** Brings the document's cells to `prompt`. After it, unless interrupted, the engine's logits are those behind the prompt. */
export function patchCells(bench: Bench, held: HeldCells, prompt: Prompt, scene: RepairScene, interrupted: () => boolean): Patched {
  const { repair } = bench.policy;
  const rules = rulesFor(bench.policy, bench.engine.capabilities, prompt);
  const base = plan(held.ledger, prompt.tokens, rules);
  const needsRepair = 0 < repair.sources.length && keepsBehindChange(base);
  const chosen = needsRepair ? withRereads(base, held.ledger, rereadFor(repair, scene, prompt, base, rules.callCostTokens)) : base;
  const prefixKept = Math.min(sharedStart(held.lastPrompt, prompt.tokens), prompt.tokens.length - 1);
  const repairTokens = repaired(held, prompt, firstEncoded(base.sections[0])) + planTotals(chosen).tokensEncoded - planTotals(base).tokensEncoded;
  const target = { engine: bench.engine, sequence: held.sequence, park: bench.park };
  const applied = applyPlan(target, held.ledger, chosen, prompt.tokens, interrupted);
  held.ledger = applied.ledger;
  if (applied.complete && isVerifying()) checkLedgerSpells(held.ledger, prompt.tokens);
  // Where the work was broken off, prefix reuse would have got no further for the same number of tokens.
  const prefixNeeded = prompt.tokens.length - prefixKept;
  const prefixTokens = applied.complete ? prefixNeeded : Math.min(prefixNeeded, applied.tokensEncoded);
  held.lastPrompt = prompt.tokens.subarray(0, prefixKept + prefixTokens);
  held.lastFreshFrom = Math.min(prompt.freshFrom, held.lastPrompt.length);
  const totals = planTotals(chosen);
  return { totals, tokensEncoded: applied.tokensEncoded, repairTokens, prefixTokens, plan: printPlan(chosen), complete: applied.complete };
}

function rulesFor({ keep, freshMiddle }: Policy, { shift, shiftCostTokens, callCostTokens }: EngineCapabilities, prompt: Prompt): PlanRules {
  const shifts = keep === "runs" || keep === "chunks";
  return {
    keep: shifts && shift.kind === "fixed" ? "prefix" : keep,
    freshFrom: freshMiddle ? prompt.freshFrom : prompt.tokens.length,
    shiftsMax: shift.kind === "shiftable" ? shift.shiftsMax : 0,
    shiftCostTokens,
    callCostTokens,
  };
}

function firstEncoded(first: { readonly kind: string; readonly length: number } | undefined): number {
  return first?.kind === "keep" ? first.length : 0;
}

/** Tokens of the fresh part that were there already and are read again because something before them changed. */
function repaired(held: HeldCells, prompt: Prompt, headEnd: number): number {
  if (prompt.freshFrom <= headEnd) return 0;
  return sharedStart(held.lastPrompt.subarray(held.lastFreshFrom), prompt.tokens.subarray(prompt.freshFrom));
}

function sharedStart(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length += 1;
  return length;
}

export interface Written {
  /** What is to be inserted at the cursor; empty where nothing is left. */
  readonly text: string;
  /** What the model wrote, before trimming. */
  readonly rawText: string;
  readonly tokensDecoded: number;
  readonly firstTokenAtMs: number;
  readonly interruption: Interruption | undefined;
}

/** Decodes behind the prompt that the document's cells hold. */
export function write(bench: Bench, held: HeldCells, prompt: Prompt, context: TrimContext, interrupted: () => Interruption | undefined): Written {
  const { engine, scratch, clock } = bench;
  const healedText = wholeText(prompt.healed);
  const startedMs = clock.nowMs();
  let firstTokenAtMs = startedMs;
  let interruption: Interruption | undefined;
  const decoded = forked(bench, held, prompt.tokens.length, () =>
    decode({
      engine,
      sequence: scratch,
      start: prompt.tokens.length,
      processors: prompt.healed.length > 0 ? [new TokenHealing(prompt.healed, bench.pieces, engine)] : [],
      tokensMax: Math.min(bench.completionTokensMax, limits.completionTokensMax),
      clock,
      untilMs: startedMs + bench.completionMsMax,
      interrupted: () => (interruption ??= interrupted()) !== undefined,
      onFirstToken: () => {
        firstTokenAtMs = clock.nowMs();
      },
      isFinished: (text) => healedText.length <= text.length && finishedLength(text.slice(healedText.length), context) !== undefined,
    }));
  const rawText = wholeText(decoded.bytes).slice(healedText.length);
  const endedWhole = decoded.end === "endToken" || decoded.end === "finished";
  return {
    text: interruption === undefined ? trimSuggestion(rawText, endedWhole, context) : "",
    rawText,
    tokensDecoded: decoded.tokens.length,
    firstTokenAtMs,
    interruption,
  };
}

/**
 * Loss of `expected` behind the prompt that the document's cells hold, token by token, as far as the cache has room for it.
 * Its own cost is not charged.
 */
export function expectedLoss(bench: Bench, held: HeldCells, prompt: Prompt, expected: string): ExpectedScore {
  const { engine, scratch } = bench;
  const count = prompt.tokens.length;
  const room = Math.min(limits.completionTokensMax, engine.reserve(engine.cellsUsed() + limits.completionTokensMax) - engine.cellsUsed());
  const wanted = engine.tokenise(wholeText(prompt.healed) + expected).subarray(0, room);
  // The last token of the prompt is decoded again, since the logits behind it are gone.
  return forked(bench, held, count - 1, () => {
    const fed = Int32Array.of(at(prompt.tokens, count - 1), ...wanted.subarray(0, wanted.length - 1));
    let nats = 0;
    for (let start = 0; start < fed.length; start += engine.capabilities.batchTokensMax) {
      const batch = fed.subarray(start, start + engine.capabilities.batchTokensMax);
      engine.decode(scratch, cellPosition(count - 1 + start), batch, "all");
      for (let row = 0; row < batch.length; row += 1) nats -= logProbability(engine.logits(row), at(wanted, start + row));
    }
    return { nats, tokens: wanted.length, bytes: wanted.reduce((sum, token) => sum + engine.pieceOf(token).length, 0) };
  });
}

/** Lets `work` decode in a scratch sequence that shares the first `count` cells; gives it back whatever happens (Traceless). */
function forked<Result>({ engine, scratch, park }: Bench, held: HeldCells, count: number, work: () => Result): Result {
  invariant(engine.positions(scratch) === undefined, "traceless", "the scratch sequence isn't empty");
  if (0 < count) engine.copy(held.sequence, scratch, cells(0, count));
  const result = work();
  // After a throw the caller empties every sequence; until then nothing may be asked of an engine that failed.
  engine.remove(scratch, toEnd(0));
  checkMirror({ engine, sequence: held.sequence, park }, held.ledger);
  return result;
}
