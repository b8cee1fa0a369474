// Owns what is done for a document while nobody waits, the most useful first: its cells are brought to where the user is,
// what matters most of the stale ones is mended, what comes behind a suggestion is prepared, then all are healed from left
// to right until the ledger says exact.
// One slice a call; each can be broken off within a batch. When, and whose turn it is, is the sessions' to say.
import { unreachable } from "../base/assert";
import { limits } from "../base/limits";
import { applyPlan } from "../cache/applyPlan";
import { outlookAfter } from "../cache/freshness";
import { keepsRuns, planTotals, type Plan } from "../cache/plan";
import { withRereads } from "../cache/reread";
import type { PromptTokens } from "../prompt/layout";
import type { Bench } from "./bench";
import { addCounters } from "./counters";
import type { IdleRest } from "./events";
import { healSlice } from "./heal";
import { refusalOf } from "./outcome";
import { patchCells } from "./patchCells";
import { idleRepair } from "./policy";
import { rereadFor } from "./repair";
import { isUnprepared } from "./prepare";
import type { HeldCells, Session } from "./session";

const idleTasks = ["readAhead", "repair", "prepare", "heal"] as const;
type IdleTask = (typeof idleTasks)[number];

export interface IdleWork {
  readonly task: IdleTask;
  readonly session: Session;
  readonly held: HeldCells;
}

/** What is to be done next for a document; undefined where it has no cells, can't be completed in, or all is as it should be. */
export function nextIdleWork(session: Session, { policy, tuning }: Bench): IdleWork | undefined {
  const { cells: held } = session;
  if (held === undefined || refusalOf(session) !== undefined) return undefined;
  if (session.isBehind && session.attention !== undefined) return { task: "readAhead", session, held };
  const isExact = held.ledger.exactEnd === held.ledger.tokens.length;
  if (!isExact && held.repairIsDue && keepsRuns(policy.keep)) return { task: "repair", session, held };
  if (tuning.preparing && isUnprepared(session)) return { task: "prepare", session, held };
  return isExact ? undefined : { task: "heal", session, held };
}

/** Work of one kind in the order given, the more useful kinds first. */
export function inOrder(work: readonly IdleWork[]): readonly IdleWork[] {
  return work.toSorted((a, b) => idleTasks.indexOf(a.task) - idleTasks.indexOf(b.task));
}

/** How long nothing must have stirred before this is begun: the dearer it is and the sooner it may be in vain, the longer. */
export function quietMsBefore({ task, session }: IdleWork): number {
  switch (task) {
    case "readAhead":
      return limits.idleAfterMs;
    case "repair":
    case "prepare":
      return limits.repairAfterMs;
    case "heal":
      return session.latestStir === "edit" ? limits.healAfterEditMs : limits.healAfterCursorMs;
    default:
      return unreachable(task);
  }
}

/** What is left to do, and when the first of it is due. */
export function restOf(work: readonly IdleWork[]): IdleRest {
  if (work.length === 0) return { kind: "nothing" };
  return { kind: "more", afterQuietMs: Math.min(...work.map(quietMsBefore)) };
}

/** Does a slice of it, and counts it. */
export function idleSlice(
  { task, session, held }: IdleWork, bench: Bench, special: PromptTokens, promptTokensMax: number, interrupted: () => boolean,
  prepare: (session: Session, held: HeldCells) => void,
): void {
  switch (task) {
    case "readAhead":
      return readAhead(bench, session, held, special, promptTokensMax, interrupted);
    case "repair":
      return repair(bench, session, held, special, promptTokensMax, interrupted);
    case "prepare":
      return prepare(session, held);
    case "heal": {
      session.counters = addCounters(session.counters, { healTokens: healSlice(bench, held, interrupted) });
      session.forgetChanges();
      return;
    }
    default:
      return unreachable(task);
  }
}

/**
 * Patches the cells for the prompt that a request would find now: what it costs is charged to the next completion. Under
 * the other policies only the prompt's anchor comes to rest, so that all policies are asked the same prompts.
 */
function readAhead(
  bench: Bench, session: Session, held: HeldCells, special: PromptTokens, promptTokensMax: number, interrupted: () => boolean,
): void {
  const cursor = session.attention;
  if (cursor === undefined) return;
  session.restAnchor(cursor);
  const prompt = session.promptAt(cursor, special, promptTokensMax);
  const hasRoom = prompt.tokens.length <= Math.min(promptTokensMax, roomFor(prompt.tokens.length, bench, held));
  session.isBehind = false;
  if (!keepsRuns(bench.policy.keep) || prompt.tokens.length === 0 || !hasRoom || session.holds(prompt)) return;
  const patched = patchCells(bench, held, prompt, session.repairScene(cursor), interrupted);
  const { tokensEncoded, repairTokens, totals: { cellsKept, cellsShifted } } = patched;
  session.counters = addCounters(session.counters, { cellsKept, cellsShifted, tokensEncoded, repairTokens });
  session.isBehind = !patched.complete;
  session.wasReadFor(cursor, patched.complete);
  session.forgetChanges();
}

/** Cells that the document may have without another losing its own, once the cache has grown for `wanted`: reading ahead evicts nobody. */
function roomFor(wanted: number, { engine, completionTokensMax, shelf }: Bench, held: HeldCells): number {
  // Room for a batch beside the cells is what repairs and healing go on.
  const roomBeside = (others: number): number => engine.reserve(others + wanted + limits.healTokensMax) - others;
  const { tokens } = held.ledger;
  const onShelf = shelf?.cellCount ?? 0;
  // Of what the document has grown by as much may come back from the shelf.
  const shelved = Math.max(0, onShelf - Math.max(0, wanted - tokens.length));
  const others = engine.cellsUsed() - tokens.length - onShelf + completionTokensMax;
  const room = roomBeside(others + shelved);
  const roomWithout = roomBeside(others);
  if (wanted <= room || roomWithout < wanted) return room;
  shelf?.clear();
  return roomWithout;
}

/** Reads again, in one plan, what a completion here would depend on most. */
function repair(
  bench: Bench, session: Session, held: HeldCells, special: PromptTokens, promptTokensMax: number, interrupted: () => boolean,
): void {
  const cursor = session.attention;
  held.repairIsDue = false;
  if (cursor === undefined) return;
  const { ledger } = held;
  const prompt = session.promptAt(cursor, special, promptTokensMax);
  if (!session.holds(prompt)) return;
  const asItIs: Plan = { sections: [{ kind: "keep", length: ledger.tokens.length }] };
  const { engine, park, shelf } = bench;
  const patch = { move: undefined, plan: asItIs };
  const reread = rereadFor(idleRepair, limits.idleRepairTokensMax, session.repairScene(cursor), prompt, patch, engine.capabilities.callCostTokens);
  const chosen = withRereads(asItIs, outlookAfter(asItIs, ledger, ledger.tokens), reread);
  if (planTotals(chosen).tokensEncoded === 0) return;
  shelf?.giveWay(engine.capabilities.batchTokensMax);
  const applied = applyPlan({ engine, sequence: held.sequence, park }, ledger, chosen, ledger.tokens, interrupted);
  held.ledger = applied.ledger;
  held.repairIsDue = !applied.complete;
  // Broken off in a full cache, it has lost what it was about to read.
  session.isBehind = !session.holds(prompt);
  session.counters = addCounters(session.counters, { healTokens: applied.tokensEncoded });
}
