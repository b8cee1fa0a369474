// Owns a document's cells in tests: patches them from one list of tokens to the next as the sidecar does, and computes the same cold.
import { applyPatch } from "../../sidecar/cache/applyPlan";
import { emptyLedger } from "../../sidecar/cache/ledger";
import { planPatch } from "../../sidecar/cache/patch";
import { Shelf } from "../../sidecar/cache/shelf";
import { cellPosition, toEnd } from "../../sidecar/engine/engine";
import type { Engine, SequenceId } from "../../sidecar/engine/engine";

export interface PatchedSequences {
  readonly document: SequenceId;
  readonly park: SequenceId;
  /** Where the cold copy is computed. */
  readonly cold: SequenceId;
  /** Where deleted cells wait; none do where there are no such. */
  readonly shelves?: readonly SequenceId[];
}

export class Patched {
  private ledger = emptyLedger;
  private tokens = new Int32Array(0);
  private readonly shelf: Shelf | undefined;

  constructor(private readonly engine: Engine, private readonly sequences: PatchedSequences) {
    if (sequences.shelves !== undefined) this.shelf = new Shelf(engine, sequences.shelves);
  }

  /** Cells of the document that the ledger says are exact. */
  get cellsExact(): number {
    return this.ledger.exactEnd;
  }

  /** Rotations of the cell that was rotated most often. */
  get rotationsMost(): number {
    return this.ledger.shifts.reduce((most, count) => Math.max(most, count), 0);
  }

  /** Keeps every run that can be kept, at whatever cost, one of them in another place or from the shelf. */
  update(next: readonly number[]): { readonly logits: Float32Array; readonly tokensEncoded: number } {
    const tokensEncoded = this.tryUpdate(next, () => false);
    return { logits: this.engine.logits().slice(), tokensEncoded: tokensEncoded ?? 0 };
  }

  /** Tokens encoded; undefined where it was broken off, so that the cells are something in between. */
  tryUpdate(next: readonly number[], interrupted: () => boolean): number | undefined {
    const { engine, sequences } = this;
    const { shift } = engine.capabilities;
    this.tokens = Int32Array.from(next);
    const shiftsMax = shift.kind === "shiftable" ? shift.shiftsMax : 0;
    const rules = { keep: "moves", shiftsMax, shiftCostTokens: 0, callCostTokens: 0 } as const;
    const patch = planPatch(this.ledger, this.tokens, rules, this.shelf?.runsOf(sequences.document));
    const target = { engine, sequence: sequences.document, park: sequences.park, shelf: this.shelf };
    const applied = applyPatch(target, this.ledger, patch, this.tokens, interrupted);
    this.ledger = applied.ledger;
    return applied.complete ? applied.tokensEncoded : undefined;
  }

  /** Logits of the same tokens computed from nothing. */
  coldLogits(): Float32Array {
    const { engine, sequences, tokens } = this;
    const { batchTokensMax } = engine.capabilities;
    for (let start = 0; start < tokens.length; start += batchTokensMax) {
      engine.decode(sequences.cold, cellPosition(start), tokens.subarray(start, start + batchTokensMax), "last");
    }
    const logits = engine.logits().slice();
    engine.remove(sequences.cold, toEnd(0));
    return logits;
  }
}
