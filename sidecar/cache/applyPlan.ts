// Owns the only change of a document's cells: runs a plan, or a patch, on the engine and records it in a new ledger.
// Kept runs that move are parked in another sequence with their final positions, so that one rotation pays for all,
// while the gaps are encoded from left to right (llama.cpp decodes only at a sequence's maximum + 1). What is deleted goes to
// the shelf, where there is one with room for it, and what comes back from there waits with the others.
import { assert } from "../base/assert";
import { invariant, isVerifying } from "../base/invariants";
import { limits } from "../base/limits";
import { cellPosition, cells, toEnd, type Engine, type SequenceId } from "../engine/engine";
import { LedgerBuilder, type Ledger } from "./ledger";
import { parkedRuns, type ParkedRun } from "./parkedRuns";
import { lostRuns } from "./lostRuns";
import { rowsFor, sectionsOf, withTaken, type Patch } from "./patch";
import { checkPartition, planTotals, type Plan, type Section } from "./plan";
import type { Shelf } from "./shelf";

export interface CacheTarget {
  readonly engine: Engine;
  /** The document's sequence. */
  readonly sequence: SequenceId;
  /** An empty sequence to park in; empty again afterwards. */
  readonly park: SequenceId;
  /** Where deleted cells wait; without it they are gone. */
  readonly shelf?: Shelf | undefined;
}

export interface Applied {
  readonly ledger: Ledger;
  readonly tokensEncoded: number;
  /**
   * False when `interrupted` said so: the ledger then holds what was reached, closed up without gaps. Where the plan only reads
   * cells again, and there was room for a batch beside them, those that it hadn't come to are the old ones.
   */
  readonly complete: boolean;
}

/** As `applyPatch`, where nothing changes places or comes back. */
export function applyPlan(target: CacheTarget, ledger: Ledger, plan: Plan, tokens: Int32Array, interrupted: () => boolean): Applied {
  return applyPatch(target, ledger, { move: undefined, plan }, tokens, interrupted);
}

/**
 * Turns the cells of `ledger` into `tokens` by `patch`. `interrupted` is asked between batches of at most
 * `engine.capabilities.batchTokensMax` tokens, and by the engine within them. After the call the engine holds exactly the returned ledger.
 * @throws EngineError when the engine refuses or fails: the document's cells are then in an unknown state.
 */
export function applyPatch(target: CacheTarget, ledger: Ledger, patch: Patch, tokens: Int32Array, interrupted: () => boolean): Applied {
  const { taken, move, plan } = patch;
  const rows = withTaken(ledger, taken);
  const held = isVerifying() ? { held: rowsFor(patch, ledger).tokens, target: tokens } : undefined;
  checkPartition(plan, rows.tokens.length, tokens.length, held);
  checkMirror(target, ledger);
  const sections = sectionsOf(patch);
  const head = sections[0]?.kind === "keep" && move?.start !== 0 ? sections[0].length : 0;
  const rest = head === 0 ? sections : sections.slice(1);
  const parked = parkedRuns(head, rest, patch);
  shelve(target, ledger, patch, tokens);
  parkRest(target, ledger, head, parked.filter(({ isTaken }) => !isTaken));
  if (taken !== undefined) {
    const back = parked.find(({ isTaken }) => isTaken);
    assert(back !== undefined && target.shelf !== undefined, "what is taken has a place, and a shelf that it comes from");
    target.shelf.take(taken, target.park, back.position);
  }
  const applied = walk(target, rows, { head, rest, parked, tokens }, interrupted);
  checkMirror(target, applied.ledger);
  return applied;
}

/** Puts on the shelf what the prompt loses by the patch, where the cache has room for it that nobody will need. */
function shelve({ engine, sequence, shelf }: CacheTarget, ledger: Ledger, patch: Patch, tokens: Int32Array): void {
  if (shelf === undefined) return;
  const { taken, plan } = patch;
  shelf.countPatch(sequence, taken?.run);
  const cellsNeeded = planTotals(plan).tokensEncoded + limits.completionTokensMax + engine.capabilities.batchTokensMax;
  shelf.giveWay(cellsNeeded, taken?.run);
  if (cellsNeeded <= engine.reserve(0) - engine.cellsUsed()) shelf.put(sequence, ledger, lostRuns(patch, ledger.tokens, tokens), taken?.run);
}

/** Mirror, the engine's half: the engine holds as many cells as the ledger says, from 0 without gaps. */
export function checkMirror({ engine, sequence, park }: CacheTarget, ledger: Ledger): void {
  const held = engine.positions(sequence);
  const count = ledger.tokens.length;
  if (count === 0) {
    invariant(held === undefined, "mirror", `engine ends at ${held?.max}, ledger is empty`);
  } else {
    invariant(held?.min === 0, "mirror", `engine starts at ${held?.min}, ledger at 0`);
    invariant(held.max === count - 1, "mirror", `engine ends at ${held.max}, ledger at ${count - 1}`);
  }
  const left = engine.positions(park);
  invariant(left === undefined, "contiguity", `${left?.min}..${left?.max} is left in the parking sequence`);
}

/** Takes everything behind the head out of the sequence; kept and reread runs stay in the parking sequence, at their final positions. */
function parkRest({ engine, sequence, park }: CacheTarget, ledger: Ledger, head: number, runs: readonly ParkedRun[]): void {
  if (head === ledger.tokens.length) return;
  if (runs.length > 0) engine.copy(sequence, park, cells(head, ledger.tokens.length));
  engine.remove(sequence, toEnd(head));
  if (runs.length === 0) return;
  let end = head;
  for (const run of runs.toSorted((a, b) => a.heldStart - b.heldStart)) {
    if (end < run.heldStart) engine.remove(park, cells(end, run.heldStart));
    end = run.heldStart + run.length;
  }
  if (end < ledger.tokens.length) engine.remove(park, toEnd(end));
  // What goes past others has the document's own sequence meanwhile: there nothing is in its way, nor it in theirs.
  const passing = runs.filter(({ passes }) => passes);
  for (const { heldStart, length } of passing) {
    engine.copy(park, sequence, cells(heldStart, heldStart + length));
    engine.remove(park, cells(heldStart, heldStart + length));
  }
  shiftAll(engine, sequence, passing);
  shiftAll(engine, park, runs.filter(({ passes }) => !passes));
  for (const { position, length } of passing) {
    engine.copy(sequence, park, cells(position, position + length));
    engine.remove(sequence, cells(position, position + length));
  }
}

/**
 * Runs in one order: those that move right go from right to left, then those that move left from left to right. No two ever
 * overlap, so no cell is moved twice.
 */
function shiftAll(engine: Engine, sequence: SequenceId, runs: readonly ParkedRun[]): void {
  for (const run of [...runs].reverse()) if (run.heldStart < run.position) shiftRun(engine, sequence, run);
  for (const run of runs) if (run.position < run.heldStart) shiftRun(engine, sequence, run);
}

function shiftRun(engine: Engine, sequence: SequenceId, run: ParkedRun): void {
  engine.shift(sequence, cells(run.heldStart, run.heldStart + run.length), run.position - run.heldStart);
}

interface Walk {
  readonly head: number;
  readonly rest: readonly Section[];
  readonly parked: readonly ParkedRun[];
  readonly tokens: Int32Array;
}

/** Encodes the gaps and brings the parked runs back, from left to right. */
function walk(target: CacheTarget, ledger: Ledger, { head, rest, parked, tokens }: Walk, interrupted: () => boolean): Applied {
  const builder = new LedgerBuilder(tokens.length);
  builder.keep(ledger, 0, head, false, 0);
  const waiting = [...parked];
  let tokensEncoded = 0;
  for (const stretch of stretchesOf(rest)) {
    if (stretch.kind === "keep") {
      const run = waiting.shift();
      checkTurn(run, builder.rows);
      bringBack(target, run, builder.rows);
      builder.keep(ledger, run.heldStart, run.length, run.aged, run.moved ? 1 : 0);
      continue;
    }
    const hasRoom = cellsBeside(stretch.parts, target.engine.capabilities.batchTokensMax) <= target.engine.reserve(0) - target.engine.cellsUsed();
    const replaced = new Replacement(target, waiting, builder.rows, stretch.parts);
    // Without room for the new cells beside the old ones, these go first.
    if (!hasRoom) replaced.upTo(builder.rows + stretch.length);
    for (const end = builder.rows + stretch.length; builder.rows < end; ) {
      const encoded = interrupted() ? 0 : encodeBatch(target, builder.rows, end, tokens, interrupted);
      if (encoded === 0) {
        closeUp(target, ledger, builder, waiting);
        return { ledger: builder.finish(), tokensEncoded, complete: false };
      }
      builder.encode(tokens.subarray(builder.rows, builder.rows + encoded));
      tokensEncoded += encoded;
      replaced.upTo(builder.rows);
    }
  }
  return { ledger: builder.finish(), tokensEncoded, complete: true };
}

/** A kept run, or all that is encoded between two: new tokens and cells that are read again, side by side, share their batches. */
type Stretch =
  | { readonly kind: "keep"; readonly length: number }
  | { readonly kind: "gap"; readonly length: number; readonly parts: readonly Section[] };

function stretchesOf(sections: readonly Section[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const section of sections) {
    const last = stretches.at(-1);
    if (section.kind === "keep") stretches.push({ kind: "keep", length: section.length });
    else if (section.kind === "delete") continue;
    else if (last?.kind !== "gap") stretches.push({ kind: "gap", length: section.length, parts: [section] });
    else stretches[stretches.length - 1] = { kind: "gap", length: last.length + section.length, parts: [...last.parts, section] };
  }
  return stretches;
}

/** Cells that a stretch needs beside those that are there: what is read again goes batch by batch. */
function cellsBeside(parts: readonly Section[], batchTokensMax: number): number {
  const tokensOf = (kind: Section["kind"]): number => parts.reduce((sum, part) => sum + (part.kind === kind ? part.length : 0), 0);
  return tokensOf("encode") + Math.min(tokensOf("reread"), batchTokensMax);
}

/** The old cells of a stretch that are read again, which go when the new ones are there. */
class Replacement {
  /** Positions of what is read again, half-open, from left to right; the first is the run that waits next. */
  private readonly ranges: { start: number; end: number }[] = [];

  constructor(private readonly target: CacheTarget, private readonly waiting: ParkedRun[], start: number, parts: readonly Section[]) {
    let position = start;
    for (const { kind, length } of parts) {
      if (kind === "reread") this.ranges.push({ start: position, end: position + length });
      position += length;
    }
  }

  /** New cells stand up to `position`: the old ones of the same places are taken out. */
  upTo(position: number): void {
    for (let range = this.ranges[0]; range !== undefined && range.start < position; range = this.ranges[0]) {
      const run = this.waiting.shift();
      checkTurn(run, range.start);
      const count = Math.min(range.end, position) - range.start;
      this.target.engine.remove(this.target.park, cells(run.position, run.position + count));
      if (count === run.length) {
        this.ranges.shift();
        continue;
      }
      this.waiting.unshift({ ...run, heldStart: run.heldStart + count, position: run.position + count, length: run.length - count });
      range.start += count;
      return;
    }
  }
}

function checkTurn(run: ParkedRun | undefined, position: number): asserts run is ParkedRun {
  invariant(run?.position === position, "contiguity", `a run waits for ${run?.position}, its turn is at ${position}`);
  assert(run !== undefined, "no run waits");
}

/** Encodes up to `end`, a batch at most; the number of tokens, 0 when it was interrupted. */
function encodeBatch({ engine, sequence }: CacheTarget, start: number, end: number, tokens: Int32Array, interrupted: () => boolean): number {
  const batch = tokens.subarray(start, Math.min(end, start + engine.capabilities.batchTokensMax));
  const isLast = start + batch.length === tokens.length;
  const result = engine.decode(sequence, cellPosition(start), batch, isLast ? "last" : "none", interrupted);
  return result === "decoded" ? batch.length : 0;
}

/**
 * Gives the runs that still wait the next free positions, so that the document's cells have no gap. A run with cells that
 * must not be rotated once more is given up.
 */
function closeUp(target: CacheTarget, ledger: Ledger, builder: LedgerBuilder, waiting: readonly ParkedRun[]): void {
  const { shift: capability } = target.engine.capabilities;
  const shiftsMax = capability.kind === "shiftable" ? capability.shiftsMax : 0;
  for (const run of waiting) {
    const shift = builder.rows - run.position;
    const range = cells(run.position, run.position + run.length);
    const rotations = (run.moved ? 1 : 0) + (shift !== 0 ? 1 : 0);
    const worn = ledger.shifts.subarray(run.heldStart, run.heldStart + run.length).some((count) => shiftsMax < count + rotations);
    if (shift !== 0 && worn) {
      target.engine.remove(target.park, range);
      continue;
    }
    if (shift !== 0) target.engine.shift(target.park, range, shift);
    bringBack(target, run, builder.rows);
    // Where a gap is closed, what stands before the run is no longer what it was encoded behind.
    builder.keep(ledger, run.heldStart, run.length, run.aged || shift !== 0, rotations);
  }
}

function bringBack({ engine, sequence, park }: CacheTarget, run: ParkedRun, position: number): void {
  engine.copy(park, sequence, cells(position, position + run.length));
  engine.remove(park, cells(position, position + run.length));
}
