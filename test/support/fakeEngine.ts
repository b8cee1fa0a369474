// Owns the hash-chain engine: a cell's value is a hash of its token and of all it attends to, so that "exact" can be decided.
// Enforces llama.cpp's rules by throwing EngineError, and some that llama.cpp leaves to its caller. Knows no FFI and no plan.
import { limits } from "../../sidecar/base/limits";
import { lengthsToTry } from "../../sidecar/engine/cacheLength";
import { EngineError, cellPosition } from "../../sidecar/engine/engine";
import type {
  CellPosition, CellRange, DecodeResult, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId,
} from "../../sidecar/engine/engine";
import { FakeSequence } from "./fakeSequence";
import type { FakeCell } from "./fakeSequence";
import { FakeTokenizer, fakeSeededCount, fakeSentinels } from "./fakeTokenizer";
import { foldTerm, chain } from "./hash";
import type { Hash } from "./hash";

export interface FakeEngineOptions {
  readonly capabilities?: Partial<EngineCapabilities>;
  /** 1: a value depends on its token alone, and logits alone on what is attended to, as in a model of one layer. */
  readonly layers?: 1 | "many";
  readonly tokenizer?: FakeTokenizer;
  /** Cells that there is room for at first. */
  readonly contextLengthStart?: number;
  /** Cells that there is memory for: growing beyond them fails. */
  readonly memoryCells?: number;
}

/** How often each method was called, and what it did. */
export interface FakeEngineCounts {
  remove: number;
  shift: number;
  copy: number;
  decode: number;
  logits: number;
  tokensEncoded: number;
  /** Decodes that had to rotate keys first: what several shifts before one decode cost together. */
  rotations: number;
  /** Decodes that were broken off. */
  interruptions: number;
}

interface Row {
  readonly value: Hash;
  readonly fold: Hash;
}

export class FakeEngine implements Engine {
  capabilities: EngineCapabilities;
  readonly tokenizer: FakeTokenizer;
  readonly counts: FakeEngineCounts = { remove: 0, shift: 0, copy: 0, decode: 0, logits: 0, tokensEncoded: 0, rotations: 0, interruptions: 0 };
  private readonly oneLayer: boolean;
  private readonly sequences: FakeSequence[];
  private readonly likely: readonly number[];
  private readonly memoryCells: number;
  private room: number;
  private readonly rowBuffer: Float32Array;
  private cellCount = 0;
  private rotationPending = false;
  private rows: Row[] = [];
  private closed = false;

  constructor(options: FakeEngineOptions = {}) {
    this.tokenizer = options.tokenizer ?? new FakeTokenizer();
    this.oneLayer = options.layers === 1;
    this.capabilities = { ...defaultCapabilities(this.tokenizer), ...options.capabilities };
    this.memoryCells = options.memoryCells ?? Infinity;
    this.room = Math.min(options.contextLengthStart ?? Infinity, this.capabilities.contextLength);
    this.sequences = Array.from({ length: this.capabilities.sequenceCount }, () => new FakeSequence());
    this.likely = likelyTokens(this.tokenizer);
    this.rowBuffer = new Float32Array(this.capabilities.vocabularySize);
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    const { first, last } = this.sequence(sequence);
    return first === undefined || last === undefined ? undefined : { min: cellPosition(first.position), max: cellPosition(last.position) };
  }

  remove(sequence: SequenceId, range: CellRange): void {
    this.counts.remove += 1;
    const removed = this.sequence(sequence).remove(checkedRange(range).start, range.end);
    for (const cell of removed) {
      cell.owners -= 1;
      if (cell.owners === 0) this.cellCount -= 1;
    }
  }

  shift(sequence: SequenceId, range: CellRange, delta: number): void {
    this.counts.shift += 1;
    const { shift } = this.capabilities;
    if (shift.kind === "fixed") throw new EngineError(`shift: this cache can't be shifted: ${shift.reason}`);
    if (!Number.isInteger(delta)) throw new EngineError(`shift: the delta ${delta} is no whole number`);
    if (delta === 0) return;
    const moved = this.sequence(sequence).shift(checkedRange(range).start, range.end, delta);
    if (moved > 0) this.rotationPending = true;
  }

  copy(from: SequenceId, to: SequenceId, range: CellRange): void {
    this.counts.copy += 1;
    const source = this.sequence(from);
    if (from === to) throw new EngineError(`copy: from sequence ${from} to itself`);
    const added = source.within(checkedRange(range).start, range.end);
    this.sequence(to).add(added);
    for (const cell of added) cell.owners += 1;
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    this.counts.decode += 1;
    this.rows = [];
    const target = this.sequence(sequence);
    this.checkDecode(target, start, tokens);
    if (this.rotationPending) this.counts.rotations += 1;
    this.rotationPending = false;
    // Asked as often as there are tokens: a question that comes true at the last of them takes all of them back.
    if (interrupted !== undefined && tokens.some(() => interrupted())) {
      this.counts.interruptions += 1;
      return "interrupted";
    }
    this.counts.tokensEncoded += tokens.length;
    this.cellCount += tokens.length;
    tokens.forEach((token, index) => {
      const value = chain(token, this.oneLayer ? { a: 0, b: 0 } : target.fold);
      target.append({ position: start + index, token, value, owners: 1, shifts: 0 });
      if (wanted === "all" || (wanted === "last" && index === tokens.length - 1)) this.rows.push({ value, fold: target.fold });
    });
    return "decoded";
  }

  logits(row?: number): Float32Array {
    this.counts.logits += 1;
    this.assertOpen();
    const chosen = row === undefined ? this.rows.at(-1) : this.rows[row];
    if (chosen === undefined) throw new EngineError(`logits: row ${row ?? "last"} of ${this.rows.length} rows that the latest decode left`);
    const seed = chain(chosen.value.a, foldTerm(chosen.fold, chosen.value.b));
    // Whatever is not likely keeps an order of its own, well below: a constrained choice is a function of the context too.
    for (let token = 0; token < this.rowBuffer.length; token += 1) this.rowBuffer[token] = -20 + unit(seed, token);
    for (const token of this.likely) this.rowBuffer[token] = 10 * unit(seed, token);
    return this.rowBuffer;
  }

  reserve(cellCount: number): number {
    this.assertOpen();
    if (cellCount <= this.room || this.capabilities.contextLength <= this.room) return this.room;
    const owned = this.sequences.reduce((sum, sequence) => sum + sequence.count, 0);
    if (owned !== this.cellCount) throw new EngineError("reserve: a cell is in several sequences");
    const { contextLength } = this.capabilities;
    const lengths = lengthsToTry(cellCount, contextLength, this.room, Math.min(this.room, 256));
    const room = lengths.find((length) => length <= this.memoryCells) ?? this.room;
    if (room !== lengths[0]) this.capabilities = { ...this.capabilities, contextLength: room };
    if (this.room < room) {
      // A rotation that cells wait for is paid before they are copied.
      if (this.rotationPending) this.counts.rotations += 1;
      this.rotationPending = false;
      this.rows = [];
      this.room = room;
    }
    return room;
  }

  tokenise(text: string): Int32Array {
    return this.tokenizer.tokenise(text);
  }

  pieceOf(token: number): Uint8Array {
    return this.tokenizer.pieceOf(token);
  }

  cellsUsed(): number {
    return this.cellCount;
  }

  close(): void {
    this.closed = true;
  }

  /** The cells of a sequence in order of position. Exact is: equal in `value` to the same place of a cold cache. */
  cellsOf(sequence: SequenceId): readonly Readonly<FakeCell>[] {
    return this.sequence(sequence).within(0, Infinity);
  }

  /** The values of a sequence's cells in order of position, 52 bits of each. */
  cellValues(sequence: SequenceId): readonly number[] {
    return this.cellsOf(sequence).map(({ value }) => (value.a >>> 0) * 2 ** 20 + (value.b >>> 12));
  }

  private sequence(sequence: SequenceId): FakeSequence {
    this.assertOpen();
    const found = this.sequences[sequence];
    if (found === undefined) throw new EngineError(`sequence ${sequence} is outside 0..${this.sequences.length}`);
    return found;
  }

  private assertOpen(): void {
    if (this.closed) throw new EngineError("the engine is closed");
  }

  private checkDecode(target: FakeSequence, start: number, tokens: Int32Array): void {
    const { batchTokensMax, vocabularySize } = this.capabilities;
    if (tokens.length === 0 || tokens.length > batchTokensMax) throw new EngineError(`decode: ${tokens.length} tokens, a batch takes 1 to ${batchTokensMax}`);
    const expected = target.last === undefined ? 0 : target.last.position + 1;
    if (start !== expected) throw new EngineError(`decode: starts at position ${start}, the sequence goes on at ${expected}`);
    if (this.cellCount + tokens.length > this.room) {
      throw new EngineError(`decode: ${this.cellCount} cells used, ${tokens.length} more do not fit in ${this.room}`);
    }
    for (const token of tokens) if (token < 0 || token >= vocabularySize) throw new EngineError(`decode: token ${token} is outside 0..${vocabularySize}`);
  }
}

function defaultCapabilities(tokenizer: FakeTokenizer): EngineCapabilities {
  const { end, prefix, middle, suffix, pad, repository, fileSeparator } = fakeSentinels;
  return {
    modelName: "hash chain",
    contextLength: 4_096,
    batchTokensMax: limits.batchTokensMax,
    sequenceCount: limits.sequencesMax,
    vocabularySize: tokenizer.vocabularySize,
    shift: { kind: "shiftable", shiftsMax: 100 },
    fim: { prefix, suffix, middle, fileSeparator },
    beginToken: undefined,
    endTokens: new Set([end, prefix, suffix, middle, pad, repository, fileSeparator]),
    shiftCostTokens: 0,
    callCostTokens: 0,
    batchesRoundAlike: true,
  };
}

/** What the fake model may say of its own accord: the end token, printable ASCII and the seeded words, so that its text is text. */
function likelyTokens(tokenizer: FakeTokenizer): readonly number[] {
  const tokens: number[] = [fakeSentinels.end];
  for (let token = 0; token < fakeSeededCount; token += 1) {
    const piece = tokenizer.pieceOf(token);
    const [first = 0] = piece;
    const printable = piece.length > 1 || first === 10 || (first >= 32 && first < 127);
    if (piece.length > 0 && printable) tokens.push(token);
  }
  return tokens;
}

function checkedRange(range: CellRange): CellRange {
  if (!(range.start >= 0 && range.start <= range.end)) throw new EngineError(`range ${range.start}..${range.end} is no range of positions`);
  return range;
}

function unit(seed: Hash, token: number): number {
  return (chain(token, seed).a >>> 0) / 2 ** 32;
}
