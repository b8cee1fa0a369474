// Owns a fake engine that says what its latest two tokens make likely, so that it repeats itself and drafts come true; and that
// rounds otherwise in batches than alone, as llama.cpp does. Knows no draft.
import type { CellPosition, DecodeResult, LogitsWanted, SequenceId } from "../../sidecar/engine/engine";
import { FakeEngine } from "./fakeEngine";
import type { FakeEngineOptions } from "./fakeEngine";
import { chain } from "./hash";

export interface EchoingOptions extends FakeEngineOptions {
  /** Tokens that it chooses from. */
  readonly alphabet: readonly number[];
  /** By how much a batch's logits are off, and all that are computed behind its cells, at most. */
  readonly roundingNats: number;
  /** Position from which on it matters how a cell was computed. */
  readonly roundedFrom: number;
}

export class EchoingEngine extends FakeEngine {
  private latest: { readonly sequence: SequenceId; readonly start: number; readonly count: number } | undefined;
  /** Position of the first cell of a batch, by sequence. */
  private readonly roundedAt = new Map<SequenceId, number>();

  constructor(private readonly echo: EchoingOptions) {
    super({ ...echo, capabilities: { ...echo.capabilities, batchesRoundAlike: echo.roundingNats === 0 } });
  }

  override decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    const result = super.decode(sequence, start, tokens, wanted, interrupted);
    if (result === "interrupted") return result;
    this.latest = { sequence, start, count: tokens.length };
    const before = this.roundedAt.get(sequence) ?? Infinity;
    // Cells behind `start` were taken out before this decode.
    const kept = before < start ? before : Infinity;
    this.roundedAt.set(sequence, Math.min(kept, 1 < tokens.length && this.echo.roundedFrom <= start ? start : Infinity));
    return result;
  }

  override logits(row?: number): Float32Array {
    const logits = super.logits(row);
    const { latest, echo } = this;
    if (latest === undefined) return logits;
    const position = latest.start + (row ?? latest.count - 1);
    const cells = this.cellsOf(latest.sequence);
    const end = cells.findIndex((cell) => cell.position === position);
    const seed = cells.slice(Math.max(0, end - 1), end + 1).reduce((hash, { token }) => chain(token, hash), { a: 1, b: 1 });
    const isOff = (this.roundedAt.get(latest.sequence) ?? Infinity) <= position;
    // A third of all choices are as good as ties.
    for (const token of echo.alphabet) logits[token] = 20 + Math.floor(8 * unit(chain(token, seed).a)) / 4;
    const errorAt = (token: number): number => echo.roundingNats * (2 * unit(chain(position * 31 + token, seed).b) - 1);
    if (isOff) for (const token of echo.alphabet) logits[token] = (logits[token] ?? 0) + errorAt(token);
    return logits;
  }
}

function unit(hash: number): number {
  return (hash >>> 0) / 2 ** 32;
}
