// Owns faults: any engine, failing at its Nth call of a method that changes cells. Everything else goes through.
import { EngineError } from "../../sidecar/engine/engine";
import type { CellPosition, CellRange, DecodeResult, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId } from "../../sidecar/engine/engine";

/** What the failing call has done by the time it throws. Of a decode, "part" is the first half of its tokens; elsewhere it is nothing. */
export type FaultEffect = "nothing" | "part" | "all";

export class FaultyEngine implements Engine {
  /** Calls so far of remove, shift, copy and decode. A run whose count stays below `failsAt` met no fault. */
  calls = 0;
  /** Whether the fault has happened. */
  failed = false;

  /** `failsAt` counts from 1. Only that one call fails. */
  constructor(readonly inner: Engine, readonly failsAt: number, readonly effect: FaultEffect = "nothing") {}

  get capabilities(): EngineCapabilities {
    return this.inner.capabilities;
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    return this.inner.positions(sequence);
  }

  remove(sequence: SequenceId, range: CellRange): void {
    this.call("remove", () => this.inner.remove(sequence, range));
  }

  shift(sequence: SequenceId, range: CellRange, delta: number): void {
    this.call("shift", () => this.inner.shift(sequence, range, delta));
  }

  copy(from: SequenceId, to: SequenceId, range: CellRange): void {
    this.call("copy", () => this.inner.copy(from, to, range));
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    const half = tokens.subarray(0, tokens.length >> 1);
    return this.call(
      "decode",
      () => this.inner.decode(sequence, start, tokens, wanted, interrupted),
      () => {
        if (half.length > 0) this.inner.decode(sequence, start, half, "none");
      },
    );
  }

  reserve(cellCount: number): number {
    return this.inner.reserve(cellCount);
  }

  logits(row?: number): Float32Array {
    return this.inner.logits(row);
  }

  tokenise(text: string): Int32Array {
    return this.inner.tokenise(text);
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

  private call<Result>(name: string, whole: () => Result, part: () => void = () => undefined): Result {
    this.calls += 1;
    if (this.calls !== this.failsAt) return whole();
    this.failed = true;
    if (this.effect === "all") whole();
    if (this.effect === "part") part();
    throw new EngineError(`${name}: fault at call ${this.calls}`);
  }
}
