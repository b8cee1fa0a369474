// Owns the sharing of first reads: policies with one layout begin a trace with the same prompt on an empty cache, and its
// cells are taken from memory when one of them has read it before. Knows no policy and no session; it stands before an engine.
//
// Bytes of cells are what they were, so what comes after is the same to the last bit. Only time is saved: it is switched on
// for the first completion of a trace, whose time isn't scored, and off before what is measured.
import { toEnd } from "../../../sidecar/engine/engine";
import type { CellPosition, CellRange, DecodeResult, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId } from "../../../sidecar/engine/engine";

/** An engine that gives its cells out and takes them back. */
export interface CellStore extends Engine {
  /** The cells of a sequence that starts at 0, none of them shared or shifted. */
  saveCells(sequence: SequenceId): Uint8Array;
  /** Fills an empty sequence with `count` saved cells. */
  restoreCells(sequence: SequenceId, state: Uint8Array, count: number): void;
}

interface Kept {
  readonly tokens: readonly number[];
  readonly state: Uint8Array;
}

/** A sequence that was empty and has only been appended to since. */
interface Build {
  readonly sequence: SequenceId;
  /** What the caller believes to be in it. */
  readonly tokens: number[];
  /** What has been restored into it, of which the caller has asked for `tokens` so far. */
  from: Kept | undefined;
}

/** Layouts that are compared on one trace. */
const keptMax = 8;
/** Shorter reads cost less than their bytes. */
const keptTokensMin = 256;

export class WarmEngine implements Engine {
  /** Whether reads from an empty sequence are looked up and kept. */
  enabled = false;
  private kept: readonly Kept[] = [];
  private build: Build | undefined;

  constructor(private readonly inner: CellStore) {}

  get capabilities(): EngineCapabilities {
    return this.inner.capabilities;
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    const build = this.buildFor(sequence, start);
    if (build === undefined) return this.settled().decode(sequence, start, tokens, wanted, interrupted);
    const after = [...build.tokens, ...tokens];
    const isServed = wanted === "none" && this.restored(build, after);
    if (!isServed) {
      this.trim(build);
      const result = this.inner.decode(sequence, start, tokens, wanted, interrupted);
      if (result === "interrupted") return result;
    }
    build.tokens.push(...tokens);
    return "decoded";
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    return this.settled().positions(sequence);
  }

  remove(sequence: SequenceId, range: CellRange): void {
    this.settled().remove(sequence, range);
  }

  shift(sequence: SequenceId, range: CellRange, delta: number): void {
    this.settled().shift(sequence, range, delta);
  }

  copy(from: SequenceId, to: SequenceId, range: CellRange): void {
    this.settled().copy(from, to, range);
  }

  /** The latest decode's logits stand only until the next: nothing may be decoded or restored for them. */
  logits(row?: number): Float32Array {
    return this.inner.logits(row);
  }

  reserve(cellCount: number): number {
    return this.settled().reserve(cellCount);
  }

  tokenise(text: string): Int32Array {
    return this.inner.tokenise(text);
  }

  pieceOf(token: number): Uint8Array {
    return this.inner.pieceOf(token);
  }

  cellsUsed(): number {
    return this.settled().cellsUsed();
  }

  close(): void {
    this.inner.close();
  }

  /** The build that goes on with `start`; a new one where the sequence is empty. */
  private buildFor(sequence: SequenceId, start: number): Build | undefined {
    if (!this.enabled) return undefined;
    const { build } = this;
    if (build !== undefined && build.sequence === sequence && build.tokens.length === start) return build;
    const isEmpty = start === 0 && this.settled().cellsUsed() === 0;
    if (!isEmpty) return undefined;
    this.build = { sequence, tokens: [], from: undefined };
    return this.build;
  }

  /** Brings cells for all of `after` into the build's sequence; false where none are kept. */
  private restored(build: Build, after: readonly number[]): boolean {
    if (build.from !== undefined && startsWith(build.from.tokens, after)) return true;
    const found = this.kept.find((kept) => startsWith(kept.tokens, after));
    if (found === undefined) return false;
    this.inner.remove(build.sequence, toEnd(0));
    this.inner.reserve(found.tokens.length);
    this.inner.restoreCells(build.sequence, found.state, found.tokens.length);
    build.from = found;
    return true;
  }

  /** Takes out what was restored beyond what the caller has asked for. */
  private trim(build: Build): void {
    if (build.from === undefined) return;
    this.inner.remove(build.sequence, toEnd(build.tokens.length));
    build.from = undefined;
  }

  /** The engine as the caller believes it to be; a build ends here, and is kept. */
  private settled(): CellStore {
    const { build, inner } = this;
    this.build = undefined;
    if (build === undefined) return inner;
    this.trim(build);
    const isKnown = this.kept.some((kept) => kept.tokens.length === build.tokens.length && startsWith(kept.tokens, build.tokens));
    if (!isKnown && keptTokensMin <= build.tokens.length) {
      this.kept = [...this.kept, { tokens: build.tokens, state: inner.saveCells(build.sequence) }].slice(-keptMax);
    }
    return inner;
  }
}

function startsWith(tokens: readonly number[], start: readonly number[]): boolean {
  return start.length <= tokens.length && start.every((token, index) => token === tokens[index]);
}
