// Owns what we believe the KV cache holds for one document: token, age and rotations of each cell, and the exact prefix.
// An immutable value; knows no engine. The cell at index i stands at position i, from 0, without gaps (Mirror).
import { assert, at } from "../base/assert";
import { invariant } from "../base/invariants";

export interface Ledger {
  readonly tokens: Int32Array;
  /** How many plans changed something before the cell since it was encoded; 0 beyond `exactEnd` means encoded on stale cells. */
  readonly edits: Uint16Array;
  /** How often the cell's key has been rotated. */
  readonly shifts: Uint16Array;
  /** Cells before this index are exact. */
  readonly exactEnd: number;
}

export const emptyLedger: Ledger = { tokens: new Int32Array(0), edits: new Uint16Array(0), shifts: new Uint16Array(0), exactEnd: 0 };

/** Collects the rows of a ledger while a plan is being applied. */
export class LedgerBuilder {
  private length = 0;
  private readonly tokens: Int32Array;
  private readonly edits: Uint16Array;
  private readonly shifts: Uint16Array;

  constructor(rowsMax: number) {
    this.tokens = new Int32Array(rowsMax);
    this.edits = new Uint16Array(rowsMax);
    this.shifts = new Uint16Array(rowsMax);
  }

  get rows(): number {
    return this.length;
  }

  /** Takes over `count` rows from `start` of `ledger`, one edit older if `aged`, rotated `rotations` times more. */
  keep(ledger: Ledger, start: number, count: number, aged: boolean, rotations: number): void {
    assert(start + count <= ledger.tokens.length, `rows ${start}..${start + count} of ${ledger.tokens.length}`);
    this.tokens.set(ledger.tokens.subarray(start, start + count), this.length);
    addTo(this.edits, this.length, ledger.edits.subarray(start, start + count), aged ? 1 : 0);
    addTo(this.shifts, this.length, ledger.shifts.subarray(start, start + count), rotations);
    this.length += count;
  }

  encode(tokens: Int32Array): void {
    this.tokens.set(tokens, this.length);
    this.length += tokens.length;
  }

  finish(exactEnd: number): Ledger {
    invariant(0 <= exactEnd && exactEnd <= this.length, "honesty", `exact up to ${exactEnd} of ${this.length} cells`);
    if (this.length === this.tokens.length) return { tokens: this.tokens, edits: this.edits, shifts: this.shifts, exactEnd };
    return {
      tokens: this.tokens.slice(0, this.length),
      edits: this.edits.slice(0, this.length),
      shifts: this.shifts.slice(0, this.length),
      exactEnd,
    };
  }
}

/** Counts stop at what they can hold. */
function addTo(target: Uint16Array, targetStart: number, source: Uint16Array, step: number): void {
  target.set(source, targetStart);
  if (step === 0) return;
  const end = targetStart + source.length;
  for (let index = targetStart; index < end; index += 1) target[index] = Math.min(0xffff, (target[index] ?? 0) + step);
}

/** A run of cells alike in freshness and rotations. */
export interface FreshnessRun {
  readonly start: number;
  readonly end: number;
  readonly exact: boolean;
  readonly edits: number;
  readonly shifts: number;
}

/** The cells as runs, in order. */
export function freshnessRuns(ledger: Ledger): readonly FreshnessRun[] {
  const runs: FreshnessRun[] = [];
  for (let i = 0; i < ledger.tokens.length; i += 1) {
    const exact = i < ledger.exactEnd;
    const edits = exact ? 0 : at(ledger.edits, i);
    const shifts = at(ledger.shifts, i);
    const last = runs.at(-1);
    if (last !== undefined && last.exact === exact && last.edits === edits && last.shifts === shifts) runs[runs.length - 1] = { ...last, end: i + 1 };
    else runs.push({ start: i, end: i + 1, exact, edits, shifts });
  }
  return runs;
}

/** `0..7 exact, 7..9 stale 1`: runs of cells by freshness, rotations left out. */
export function printLedger(ledger: Ledger): string {
  const parts: { start: number; end: number; label: string }[] = [];
  for (const run of freshnessRuns(ledger)) {
    const label = run.exact ? "exact" : `stale ${run.edits}`;
    const last = parts.at(-1);
    if (last !== undefined && last.label === label) last.end = run.end;
    else parts.push({ start: run.start, end: run.end, label });
  }
  return parts.map(({ start, end, label }) => `${start}..${end} ${label}`).join(", ");
}

/** Mirror, the row by row half: the ledger holds the tokens that it should hold, as far as it goes. */
export function checkLedgerSpells(ledger: Ledger, target: Int32Array): void {
  invariant(ledger.tokens.length === target.length, "mirror", `the ledger has ${ledger.tokens.length} cells, the prompt ${target.length} tokens`);
  for (let i = 0; i < target.length; i += 1) {
    invariant(ledger.tokens[i] === target[i], "mirror", () => `cell ${i} holds ${ledger.tokens[i]}, the prompt has ${target[i]}`);
  }
}
