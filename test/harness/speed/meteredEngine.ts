// Owns an engine that tells what its calls cost, and that can be filled without computing. Stands before another; knows no session.
//
// While it is filling, what would be read into an empty sequence is not computed: cells of one computed batch are copied again and
// again, as long as needed. Their values are wrong and their number is right, which is all that times depend on.
import type { Clock } from "../../../sidecar/base/clock";
import { cellPosition, cells, sequenceId, toEnd } from "../../../sidecar/engine/engine";
import type { CellPosition, CellRange, DecodeResult, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId } from "../../../sidecar/engine/engine";

/** An engine whose cells can be taken out and put in as bytes. */
export interface CellStore extends Engine {
  saveCells(sequence: SequenceId): Uint8Array;
  restoreCells(sequence: SequenceId, state: Uint8Array, count: number): void;
}

/** What calls have cost since the meter was set to nothing, up to the latest look at logits: what came before a token. */
export interface EngineCharge {
  readonly decodeMs: number;
  readonly decodes: number;
  readonly tokens: number;
  /** Everything but decoding: positions, copies, removals, tokens. */
  readonly otherMs: number;
}

const nothing: EngineCharge = { decodeMs: 0, decodes: 0, tokens: 0, otherMs: 0 };
/** Of the last sequences none is a document's while there are few documents. */
const spare = sequenceId(15);

export class MeteredEngine implements Engine {
  isFilling = false;
  private charge: EngineCharge = nothing;
  private chargeAtLogits: EngineCharge = nothing;
  /** Tokens that a filled sequence is taken to hold and doesn't yet. */
  private owed: { readonly sequence: SequenceId; readonly count: number } | undefined;

  constructor(private readonly inner: CellStore, private readonly clock: Clock) {}

  get chargeBeforeToken(): EngineCharge {
    return this.chargeAtLogits;
  }

  resetMeter(): void {
    this.charge = nothing;
    this.chargeAtLogits = nothing;
  }

  get capabilities(): EngineCapabilities {
    return this.inner.capabilities;
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    if (this.isFilling && wanted === "none" && start === (this.owed?.count ?? 0)) {
      this.owed = { sequence, count: start + tokens.length };
      return "decoded";
    }
    this.payOwed();
    const startMs = this.clock.nowMs();
    const result = this.inner.decode(sequence, start, tokens, wanted, interrupted);
    const { decodeMs, decodes, tokens: before, otherMs } = this.charge;
    this.charge = { decodeMs: decodeMs + this.clock.nowMs() - startMs, decodes: decodes + 1, tokens: before + tokens.length, otherMs };
    return result;
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    return this.other(() => this.inner.positions(sequence));
  }

  remove(sequence: SequenceId, range: CellRange): void {
    this.other(() => this.inner.remove(sequence, range));
  }

  shift(sequence: SequenceId, range: CellRange, delta: number): void {
    this.other(() => this.inner.shift(sequence, range, delta));
  }

  copy(from: SequenceId, to: SequenceId, range: CellRange): void {
    this.other(() => this.inner.copy(from, to, range));
  }

  logits(row?: number): Float32Array {
    const logits = this.other(() => this.inner.logits(row));
    this.chargeAtLogits = this.charge;
    return logits;
  }

  reserve(cellCount: number): number {
    return this.other(() => this.inner.reserve(cellCount));
  }

  tokenise(text: string): Int32Array {
    return this.other(() => this.inner.tokenise(text));
  }

  pieceOf(token: number): Uint8Array {
    return this.inner.pieceOf(token);
  }

  cellsUsed(): number {
    return this.inner.cellsUsed();
  }

  close(): void {
    this.inner.close();
  }

  /** The rotation of all keys, in milliseconds: decoding one token with it, less decoding one without. */
  rotationMs(samples: number): number {
    const differences: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      const without = this.decodeMs(1, 0);
      this.inner.shift(spare, toEnd(0), 1);
      const rotated = this.decodeMs(1, 2);
      this.inner.remove(spare, toEnd(0));
      differences.push(rotated - without);
    }
    return median(differences);
  }

  /** `count` tokens in a sequence of their own, beside all cells that are held. */
  batchMs(count: number, samples: number): number {
    return median(Array.from({ length: samples }, () => {
      const ms = this.decodeMs(count, 0);
      this.inner.remove(spare, toEnd(0));
      return ms;
    }));
  }

  private decodeMs(count: number, start: number): number {
    const startMs = this.clock.nowMs();
    this.inner.decode(spare, cellPosition(start), new Int32Array(count).fill(20), "none");
    return this.clock.nowMs() - startMs;
  }

  private other<Result>(call: () => Result): Result {
    const startMs = this.clock.nowMs();
    const result = call();
    this.charge = { ...this.charge, otherMs: this.charge.otherMs + this.clock.nowMs() - startMs };
    return result;
  }

  /** Doubles what is there until it is as long as the sequence is taken to be. */
  private payOwed(): void {
    const { owed, inner } = this;
    this.owed = undefined;
    if (owed === undefined) return;
    const { sequence, count } = owed;
    let held = Math.min(count, inner.capabilities.batchTokensMax);
    inner.decode(sequence, cellPosition(0), new Int32Array(held).fill(20), "none");
    while (held < count) {
      const added = Math.min(held, count - held);
      inner.restoreCells(spare, inner.saveCells(sequence), held);
      inner.remove(spare, toEnd(added));
      inner.shift(spare, toEnd(0), held);
      inner.copy(spare, sequence, cells(held, held + added));
      inner.remove(spare, toEnd(0));
      held += added;
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
