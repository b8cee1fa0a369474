// Owns the cells that were taken out of a document and may come back: what was deleted waits for a while, each run in a sequence
// of its own, so that an undo or a paste finds it there. One document's at a time, in room that nobody needs: who needs it says
// `giveWay`. Knows no plan; `applyPlan.ts` alone puts cells here and takes them back.
import { assert } from "../base/assert";
import { limits } from "../base/limits";
import { invariant } from "../base/invariants";
import { cells, toEnd, type Engine, type SequenceId } from "../engine/engine";
import { rowsOf, type Ledger } from "./ledger";

/** Cells that stood side by side, alone in a sequence. */
export interface ShelvedRun {
  readonly sequence: SequenceId;
  /** As they were in the document, but for their place. */
  readonly rows: Ledger;
  /** Position of the first, as it was in the document. */
  readonly position: number;
}

/** Some of its cells, on their way back. */
export interface Taken {
  readonly run: ShelvedRun;
  readonly start: number;
  readonly count: number;
}

export class Shelf {
  /** The document whose cells these are. */
  private owner: SequenceId | undefined;
  /** The latest last. */
  private runs: readonly (ShelvedRun & { readonly patchNumber: number })[] = [];
  private patchNumber = 0;

  /** @param sequences empty, and nobody else's */
  constructor(private readonly engine: Engine, private readonly sequences: readonly SequenceId[]) {}

  get cellCount(): number {
    return this.runs.reduce((sum, { rows }) => sum + rows.tokens.length, 0);
  }

  /** What there is of a document, the latest first. */
  runsOf(document: SequenceId): readonly ShelvedRun[] {
    return this.owner === document ? this.runs.toReversed() : [];
  }

  /** A document is about to be patched: what has waited for many patches is given up, but for `spared`. */
  countPatch(document: SequenceId, spared: ShelvedRun | undefined): void {
    if (this.owner !== document) return;
    this.patchNumber += 1;
    for (const run of this.runs) if (run.patchNumber + limits.shelfPatchesMax < this.patchNumber && !isSame(run, spared)) this.drop(run);
  }

  /**
   * Lets the cells of `ranges` be held here too, as they stand in `document`, the longest first; of one that is too long its
   * first cells. Those of earlier patches go for them, the oldest first, but not `spared`, which is about to leave.
   */
  put(document: SequenceId, ledger: Ledger, ranges: readonly { readonly start: number; readonly end: number }[], spared?: ShelvedRun): void {
    for (const { start, end } of ranges.toSorted((left, right) => right.end - right.start - (left.end - left.start))) {
      this.putRun(document, ledger, start, Math.min(end, start + limits.shelfTokensMax), spared);
    }
  }

  private putRun(document: SequenceId, ledger: Ledger, start: number, end: number, spared: ShelvedRun | undefined): void {
    if (this.owner !== document) this.clear();
    this.owner = document;
    const isToStay = (run: Shelf["runs"][number]): boolean => run.patchNumber === this.patchNumber || isSame(run, spared);
    const hasRoom = (runs: Shelf["runs"]): boolean => {
      const cellCount = runs.reduce((sum, run) => sum + (isSame(run, spared) ? 0 : run.rows.tokens.length), end - start);
      return cellCount <= limits.shelfTokensMax && runs.length < this.sequences.length;
    };
    if (!hasRoom(this.runs.filter(isToStay))) return;
    for (const run of this.runs) if (!isToStay(run) && !hasRoom(this.runs)) this.drop(run);
    const sequence = this.sequences.find((own) => this.runs.every((run) => run.sequence !== own));
    assert(sequence !== undefined, "there are fewer runs than sequences");
    this.engine.copy(document, sequence, cells(start, end));
    this.runs = [...this.runs, { sequence, rows: rowsOf([{ ledger, start, end, aged: false }], 0), position: start, patchNumber: this.patchNumber }];
  }

  /** Lets `to` have the cells, with the first of them at `position`, and drops the rest of their run. */
  take({ run, start, count }: Taken, to: SequenceId, position: number): void {
    invariant(this.runs.some(({ sequence }) => sequence === run.sequence), "contiguity", `no run in sequence ${run.sequence} is on the shelf`);
    const from = run.position + start;
    const all = run.position + run.rows.tokens.length;
    if (from + count < all) this.engine.remove(run.sequence, toEnd(from + count));
    if (0 < start) this.engine.remove(run.sequence, cells(run.position, from));
    if (from !== position) this.engine.shift(run.sequence, cells(from, from + count), position - from);
    this.engine.copy(run.sequence, to, cells(position, position + count));
    this.drop(run);
  }

  /** Gives up as much as it takes for the cache to have room for so many cells more, the oldest first, but not `spared`. */
  giveWay(cellsNeeded: number, spared?: ShelvedRun): void {
    if (this.runs.length === 0) return;
    const room = this.engine.reserve(0);
    for (const run of this.runs) if (!isSame(run, spared) && room - this.engine.cellsUsed() < cellsNeeded) this.drop(run);
  }

  /** The document has no cells any more. */
  release(document: SequenceId): void {
    if (this.owner === document) this.clear();
  }

  clear(): void {
    for (const run of this.runs) this.drop(run);
    this.owner = undefined;
  }

  /** Nothing is known of any cell any more. */
  forget(): void {
    this.runs = [];
    this.owner = undefined;
  }

  private drop({ sequence }: ShelvedRun): void {
    this.engine.remove(sequence, toEnd(0));
    this.runs = this.runs.filter((run) => run.sequence !== sequence);
  }
}

function isSame(run: ShelvedRun, other: ShelvedRun | undefined): boolean {
  return run.sequence === other?.sequence;
}
