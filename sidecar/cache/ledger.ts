// Owns what we believe the KV cache holds for one document: token, age, rotations and origin of each cell, and the exact prefix.
// An immutable value; knows no engine. The cell at index i stands at position i, from 0, without gaps (Mirror).
import { assert, at } from "../base/assert";
import { invariant } from "../base/invariants";
import { noOrigin, noTokens, numberBehind } from "./freshness";

export interface Ledger {
  readonly tokens: Int32Array;
  /**
   * How many plans changed something before the cell since it was encoded. 0 where what stands before it is what stood there
   * then, which makes it exact, or will, unless it was encoded on stale cells.
   */
  readonly edits: Uint16Array;
  /** How often the cell's key has been rotated. */
  readonly shifts: Uint16Array;
  /** The number of the tokens up to the cell's own that it was encoded with, `noOrigin` where it was encoded on stale cells. */
  readonly origins: Float64Array;
  /** Cells before this index are exact. */
  readonly exactEnd: number;
}

export const emptyLedger: Ledger = {
  tokens: new Int32Array(0), edits: new Uint16Array(0), shifts: new Uint16Array(0), origins: new Float64Array(0), exactEnd: 0,
};

/** Collects the rows of a ledger while a plan is being applied, and tells which of them are exact. */
export class LedgerBuilder {
  private length = 0;
  private exactEnd = 0;
  /** Of all tokens so far. */
  private number = noTokens;
  private readonly tokens: Int32Array;
  private readonly edits: Uint16Array;
  private readonly shifts: Uint16Array;
  private readonly origins: Float64Array;

  constructor(rowsMax: number) {
    this.tokens = new Int32Array(rowsMax);
    this.edits = new Uint16Array(rowsMax);
    this.shifts = new Uint16Array(rowsMax);
    this.origins = new Float64Array(rowsMax);
  }

  get rows(): number {
    return this.length;
  }

  /** Takes over `count` rows from `start` of `ledger`, one edit older if `aged`, rotated `rotations` times more. */
  keep(ledger: Ledger, start: number, count: number, aged: boolean, rotations: number): void {
    assert(start + count <= ledger.tokens.length, `rows ${start}..${start + count} of ${ledger.tokens.length}`);
    const from = this.length;
    this.tokens.set(ledger.tokens.subarray(start, start + count), from);
    this.origins.set(ledger.origins.subarray(start, start + count), from);
    addTo(this.edits, from, ledger.edits.subarray(start, start + count), aged ? 1 : 0);
    addTo(this.shifts, from, ledger.shifts.subarray(start, start + count), rotations);
    this.length += count;
    // What was exact stays so as long as nothing before it changes, and its origin is the number of what stands there.
    const sameCount = start === 0 && from === 0 ? Math.min(count, ledger.exactEnd) : 0;
    this.exactEnd += sameCount;
    if (0 < sameCount) this.number = at(this.origins, sameCount - 1);
    for (let index = from + sameCount; index < this.length; index += 1) {
      this.number = numberBehind(this.number, at(this.tokens, index));
      if (this.origins[index] !== this.number) continue;
      this.edits[index] = 0;
      if (this.exactEnd === index) this.exactEnd += 1;
    }
  }

  encode(tokens: Int32Array): void {
    const isExact = this.exactEnd === this.length;
    this.tokens.set(tokens, this.length);
    for (const token of tokens) {
      this.number = numberBehind(this.number, token);
      this.origins[this.length] = isExact ? this.number : noOrigin;
      this.length += 1;
    }
    if (isExact) this.exactEnd = this.length;
  }

  finish(): Ledger {
    const { tokens, edits, shifts, origins, exactEnd, length } = this;
    if (length === tokens.length) return { tokens, edits, shifts, origins, exactEnd };
    return {
      tokens: tokens.slice(0, length), edits: edits.slice(0, length), shifts: shifts.slice(0, length), origins: origins.slice(0, length), exactEnd,
    };
  }
}

/** The rows `start..end`, by themselves. */
export function rowsBetween({ tokens, edits, shifts, origins }: Ledger, start: number, end: number): Ledger {
  return {
    tokens: tokens.slice(start, end), edits: edits.slice(start, end), shifts: shifts.slice(start, end), origins: origins.slice(start, end), exactEnd: 0,
  };
}

/** Where the stale cells behind the exact prefix end: cells follow that will be exact once these are, more than `fewTokens`. */
export function staleEnd({ tokens, edits, origins, exactEnd }: Ledger, fewTokens: number): number {
  let end = exactEnd;
  for (let index = exactEnd; index < tokens.length && index - end <= fewTokens; index += 1) {
    if (origins[index] === noOrigin || 0 < at(edits, index)) end = index + 1;
  }
  return end;
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
