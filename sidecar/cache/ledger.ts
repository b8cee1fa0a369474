// Owns what we believe the KV cache holds for one document: token, age, rotations and origin of each cell, and the exact prefix.
// An immutable value; knows no engine. The cell at index i stands at position i, from 0, without gaps (Mirror).
import { assert, at } from "../base/assert";
import { invariant } from "../base/invariants";
import { newOrigins, PrefixNumber, type Origins } from "./freshness";

export interface Ledger {
  readonly tokens: Int32Array;
  /**
   * How many plans changed something before the cell since it was encoded. 0 where what stands before it is what stood there
   * then, which makes it exact, or will, unless it was encoded on stale cells.
   */
  readonly edits: Uint16Array;
  /** How often the cell's key has been rotated. */
  readonly shifts: Uint16Array;
  /** The number of the tokens up to the cell's own that it was encoded with; none where it was encoded on stale cells. */
  readonly origins: Origins;
  /** Cells before this index are exact. */
  readonly exactEnd: number;
}

export const emptyLedger: Ledger = {
  tokens: new Int32Array(0), edits: new Uint16Array(0), shifts: new Uint16Array(0), origins: newOrigins(0), exactEnd: 0,
};

/** Collects the rows of a ledger while a plan is being applied, and tells which of them are exact. */
export class LedgerBuilder {
  private length = 0;
  private exactEnd = 0;
  /** Of all tokens so far. */
  private readonly number = new PrefixNumber();
  private readonly tokens: Int32Array;
  private readonly edits: Uint16Array;
  private readonly shifts: Uint16Array;
  private readonly origins: Origins;

  constructor(rowsMax: number) {
    this.tokens = new Int32Array(rowsMax);
    this.edits = new Uint16Array(rowsMax);
    this.shifts = new Uint16Array(rowsMax);
    this.origins = newOrigins(rowsMax);
  }

  get rows(): number {
    return this.length;
  }

  /** Takes over `count` rows from `start` of `ledger`, one edit older if `aged`, rotated `rotations` times more. */
  keep(ledger: Ledger, start: number, count: number, aged: boolean, rotations: number): void {
    assert(start + count <= ledger.tokens.length, `rows ${start}..${start + count} of ${ledger.tokens.length}`);
    const from = this.length;
    this.tokens.set(ledger.tokens.subarray(start, start + count), from);
    this.origins.high.set(ledger.origins.high.subarray(start, start + count), from);
    this.origins.low.set(ledger.origins.low.subarray(start, start + count), from);
    addTo(this.edits, from, ledger.edits.subarray(start, start + count), aged ? 1 : 0);
    addTo(this.shifts, from, ledger.shifts.subarray(start, start + count), rotations);
    this.length += count;
    // What was exact stays so as long as nothing before it changes, and its origin is the number of what stands there.
    const sameCount = start === 0 && from === 0 ? Math.min(count, ledger.exactEnd) : 0;
    this.exactEnd += sameCount;
    if (0 < sameCount) this.number.takeOrigin(this.origins, sameCount - 1);
    for (let index = from + sameCount; index < this.length; index += 1) {
      this.number.add(at(this.tokens, index));
      if (!this.number.isOrigin(this.origins, index)) continue;
      this.edits[index] = 0;
      if (this.exactEnd === index) this.exactEnd += 1;
    }
  }

  encode(tokens: Int32Array): void {
    const isExact = this.exactEnd === this.length;
    this.tokens.set(tokens, this.length);
    for (const token of tokens) {
      this.number.add(token);
      if (isExact) this.number.putOrigin(this.origins, this.length);
      this.length += 1;
    }
    if (isExact) this.exactEnd = this.length;
  }

  finish(): Ledger {
    const { tokens, edits, shifts, origins, exactEnd, length } = this;
    const all: Ledger = { tokens, edits, shifts, origins, exactEnd };
    return length === tokens.length ? all : rowsOf([{ ledger: all, start: 0, end: length, aged: false }], exactEnd);
  }
}

/** Rows of a ledger; `aged` where one more plan has changed something before them. */
export interface RowRange {
  readonly ledger: Ledger;
  readonly start: number;
  readonly end: number;
  readonly aged: boolean;
}

/** A ledger of these rows, one range after the other, of which the first `exactEnd` are known to be exact. */
export function rowsOf(ranges: readonly RowRange[], exactEnd: number): Ledger {
  const count = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const rows: Ledger = { tokens: new Int32Array(count), edits: new Uint16Array(count), shifts: new Uint16Array(count), origins: newOrigins(count), exactEnd };
  let from = 0;
  for (const { ledger, start, end, aged } of ranges) {
    rows.tokens.set(ledger.tokens.subarray(start, end), from);
    rows.shifts.set(ledger.shifts.subarray(start, end), from);
    rows.origins.high.set(ledger.origins.high.subarray(start, end), from);
    rows.origins.low.set(ledger.origins.low.subarray(start, end), from);
    addTo(rows.edits, from, ledger.edits.subarray(start, end), aged ? 1 : 0);
    from += end - start;
  }
  return rows;
}

/** Where the stale cells behind the exact prefix end: cells follow that will be exact once these are, more than `fewTokens`. */
export function staleEnd({ tokens, edits, origins, exactEnd }: Ledger, fewTokens: number): number {
  let end = exactEnd;
  for (let index = exactEnd; index < tokens.length && index - end <= fewTokens; index += 1) {
    if (origins.low[index] === 0 || 0 < at(edits, index)) end = index + 1;
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
