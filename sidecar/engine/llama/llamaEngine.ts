// Owns the port's implementation on llama.cpp: rules checked, calls made, return codes turned into errors. Knows no document and no plan.
// Which threads compute is the governor's to say, whether cells may move is shiftCapability's.
import { availableParallelism } from "node:os";
import { at } from "../../base/assert";
import { realClock, type Clock } from "../../base/clock";
import { limits } from "../../base/limits";
import { lengthsToTry } from "../cacheLength";
import { CellList, checkRange, type ListedCell } from "../cellList";
import { EngineError, cellPosition } from "../engine";
import type { CellPosition, CellRange, DecodeResult, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId } from "../engine";
import { contextLengthOf, contextParameters } from "./contextParameters";
import { checkGpu, modelParameters } from "./gpu";
import { ThreadGovernor } from "./governor";
import { Batch, ModelHandle } from "./handles";
import { LlamaContext, type Step } from "./llamaContext";
import type { LlamaEngineOptions } from "./llamaEngineOptions";
import { LoadMeter } from "./loadMeter";
import { ModelFileError, cacheBytesOf, checkMemory, memoryBytesFor, readModelFile, type ModelShape } from "./modelFile";
import { modelCapabilities } from "./modelCapabilities";
import { cacheTypeBytes, type CacheType } from "./shiftCapability";
import { floatsAt, openLibrary, type Library, type Pointer, type Symbols } from "./symbols";
import { Vocabulary } from "./vocabulary";

/** @throws LibraryError, ModelFileError: each says what to do. Pairs with `close`. */
export function openLlamaEngine(options: LlamaEngineOptions): LlamaEngine {
  const shape = readModelFile(options.modelPath);
  const cacheType = options.cacheType ?? "f16";
  const contextLengthMax = contextLengthOf(options, shape);
  const contextLength = Math.min(contextLengthMax, options.contextLengthStart ?? limits.contextTokensStart);
  checkMemory(options.modelPath, shape, cacheBytesOf(shape, contextLength, cacheTypeBytes[cacheType]), memoryBytesFor(options, 0));
  const library = openLibrary(options.library);
  checkGpu(library);
  library.setVerbose(options.verbose === true);
  const model = ModelHandle.load(library, options.modelPath, modelParameters(options.library.variant, shape), options.goesOn);
  try {
    const batch = new Batch(options.batchTokensMax ?? limits.batchTokensMax);
    const openContext = (length: number): LlamaContext => LlamaContext.open(library, model, batch, contextParameters(options, cacheType, length));
    const context = openContext(contextLength);
    try {
      return new LlamaEngine(library, model, context, { shape, options, cacheType, contextLengthMax, openContext });
    } catch (error) {
      context.close();
      throw error;
    }
  } catch (error) {
    model.close();
    throw error;
  }
}

/** To ask whether a step is interrupted costs 0.1 ms: one of few tokens through a small model, some 5 ms, goes unasked. */
const askedTokensMin = 8;
const askedFileBytesMin = 200_000_000;

/** What an engine is made with besides its native objects. */
interface Basis {
  readonly shape: ModelShape;
  readonly options: LlamaEngineOptions;
  readonly cacheType: CacheType;
  readonly contextLengthMax: number;
  readonly openContext: (length: number) => LlamaContext;
}

export class LlamaEngine implements Engine {
  private current: EngineCapabilities;
  private readonly symbols: Symbols;
  private readonly vocabulary: Vocabulary;
  private readonly governor: ThreadGovernor;
  private readonly loadMeter: LoadMeter;
  private readonly clock: Clock;
  private readonly sequences: readonly CellList<ListedCell>[];
  private readonly rowViews = new Map<Pointer, Float32Array>();
  private cellCount = 0;
  /** Rows of the latest batch that have logits, first to last, as the batch counts. */
  private rows = { first: 0, end: 0 };

  constructor(library: Library, private readonly model: ModelHandle, private context: LlamaContext, private readonly basis: Basis) {
    const { options } = basis;
    this.symbols = library.symbols;
    this.vocabulary = new Vocabulary(library, this.symbols.modelGetVocab(model.pointer), options.modelPath);
    this.sequences = Array.from({ length: limits.sequencesMax }, () => new CellList<ListedCell>());
    this.governor = new ThreadGovernor({ cores: availableParallelism(), threadsMax: this.threadsMaxOf(options.threadsMax) });
    this.loadMeter = options.loadMeter ?? new LoadMeter();
    this.clock = options.clock ?? realClock;
    this.current = this.readCapabilities(basis.contextLengthMax);
  }

  get capabilities(): EngineCapabilities {
    return this.current;
  }

  /** Threads that the latest decode computed with. */
  get threads(): number {
    return this.context.threads;
  }

  setThreadsMax(threadsMax: number | undefined): void {
    this.governor.setThreadsMax(this.threadsMaxOf(threadsMax));
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    this.sequence(sequence);
    const [min, max] = this.context.span(sequence);
    return min < 0 ? undefined : { min: cellPosition(min), max: cellPosition(max) };
  }

  remove(sequence: SequenceId, { start, end }: CellRange): void {
    checkRange(start, end);
    const list = this.sequence(sequence);
    this.context.remove(sequence, start, end);
    for (const cell of list.remove(start, end)) {
      cell.owners -= 1;
      if (cell.owners === 0) this.cellCount -= 1;
    }
  }

  shift(sequence: SequenceId, { start, end }: CellRange, delta: number): void {
    const { shift } = this.capabilities;
    if (shift.kind === "fixed") throw new EngineError(`shift: this cache can't be shifted: ${shift.reason}`);
    if (!Number.isInteger(delta)) throw new EngineError(`shift: the delta ${delta} is no whole number`);
    checkRange(start, end);
    this.context.assertOpen();
    if (this.sequence(sequence).shift(start, end, delta).length === 0) return;
    this.context.shift(sequence, start, end, delta);
  }

  copy(from: SequenceId, to: SequenceId, { start, end }: CellRange): void {
    if (from === to) throw new EngineError(`copy: from sequence ${from} to itself`);
    checkRange(start, end);
    this.context.assertOpen();
    const added = this.sequence(from).within(start, end);
    this.sequence(to).add(added);
    for (const cell of added) cell.owners += 1;
    this.context.copy(from, to, start, end);
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult {
    this.rows = { first: 0, end: 0 };
    const list = this.sequence(sequence);
    this.checkDecode(list, start, tokens);
    const first = wanted === "all" ? 0 : wanted === "last" ? tokens.length - 1 : tokens.length;
    const canWait = tokens.length < askedTokensMin && this.basis.shape.fileBytes < askedFileBytesMin;
    const result = this.step({ sequence, start, tokens, firstWanted: first, interrupted: canWait ? undefined : interrupted });
    if (result === "interrupted") return result;
    for (let index = 0; index < tokens.length; index += 1) list.append({ position: start + index, owners: 1 });
    this.cellCount += tokens.length;
    this.rows = { first, end: tokens.length };
    return result;
  }

  logits(row?: number): Float32Array {
    const chosen = row ?? this.rows.end - 1;
    if (!(this.rows.first <= chosen && chosen < this.rows.end)) {
      throw new EngineError(`logits: row ${row ?? "last"} of ${this.rows.end - this.rows.first} rows that the latest decode left`);
    }
    const address = this.context.logitsRow(chosen);
    if (address === null) throw new EngineError(`logits: llama.cpp has no row ${chosen}`);
    return this.view(address);
  }

  /** The cache grows little by little: a rotation touches all cells that it has room for, and memory is taken when it is needed. */
  reserve(cellCount: number): number {
    this.context.assertOpen();
    const { contextLength } = this.current;
    if (cellCount <= this.context.length || contextLength <= this.context.length) return this.context.length;
    const held = [...this.sequences.entries()].filter(([, { last }]) => last !== undefined);
    if (held.reduce((sum, [, list]) => sum + list.count, 0) !== this.cellCount) throw new EngineError("reserve: a cell is in several sequences");
    const sequences = held.map(([sequence]) => sequence);
    const { length: lengthBefore } = this.context;
    for (const length of lengthsToTry(cellCount, contextLength, lengthBefore)) {
      if (this.grow(length, sequences)) return this.context.length;
      // Memory is short: what it is enough for now is all that is asked for from now on.
      this.current = this.readCapabilities(lengthBefore);
    }
    return this.context.length;
  }

  /** The cells of a sequence that starts at 0, none of them shared or shifted, as bytes that `restoreCells` takes. (llama_state_seq_get_data) */
  saveCells(sequence: SequenceId): Uint8Array {
    return this.context.stateOf(sequence);
  }

  /** Fills an empty sequence with `count` saved cells. There must be room for them. (llama_state_seq_set_data) */
  restoreCells(sequence: SequenceId, state: Uint8Array, count: number): void {
    this.context.setState(sequence, state);
    for (let position = 0; position < count; position += 1) this.sequence(sequence).append({ position, owners: 1 });
    this.cellCount += count;
  }

  tokenise(text: string): Int32Array {
    this.context.assertOpen();
    return this.vocabulary.tokenise(text);
  }

  pieceOf(token: number): Uint8Array {
    this.context.assertOpen();
    return this.vocabulary.pieceOf(token);
  }

  cellsUsed(): number {
    return this.cellCount;
  }

  /** Frees the context, then the model. Every later call throws; closing again does nothing. */
  close(): void {
    this.rowViews.clear();
    this.context.close();
    this.model.close();
  }

  /** False where there is no memory for it. */
  private grow(length: number, held: readonly number[]): boolean {
    const { shape, cacheType, options, openContext } = this.basis;
    const bytesLeft = memoryBytesFor(options, shape.fileBytes + cacheBytesOf(shape, this.context.length, cacheTypeBytes[cacheType]));
    const bytes = cacheBytesOf(shape, length, cacheTypeBytes[cacheType]);
    // The old cells stay until the new ones are there, and pass through a copy.
    if (bytesLeft < bytes + cacheBytesOf(shape, this.cellCount, cacheTypeBytes[cacheType])) return false;
    let longer: LlamaContext;
    try {
      longer = openContext(length);
    } catch (error) {
      if (error instanceof ModelFileError) return false;
      throw error;
    }
    const empty = this.sequences.findIndex(({ last }) => last === undefined);
    try {
      longer.takeOver(this.context, held, empty);
    } catch (error) {
      longer.close();
      throw error;
    }
    this.context.close();
    this.context = longer;
    this.rowViews.clear();
    this.rows = { first: 0, end: 0 };
    this.current = this.readCapabilities(this.current.contextLength);
    return true;
  }

  private step(step: Step): DecodeResult {
    const startMs = this.clock.nowMs();
    const load = this.loadMeter.measure(startMs);
    if (load.kind === "measured") this.governor.noteLoad(load.othersCores, startMs);
    else if (load.kind === "unknown") this.governor.noteUnknownLoad(startMs);
    this.context.setThreads(this.governor.threads);
    const rotated = this.context.waitsForRotation;
    const result = this.context.decode(step);
    if (result === "decoded") this.governor.noteStep({ tokens: step.tokens.length, durationMs: this.clock.nowMs() - startMs, rotated });
    return result;
  }

  /** The address came from llama.cpp just now, so that the memory behind a view kept for it is alive. Where views are forbidden it is copied anew. */
  private view(address: Pointer): Float32Array {
    const kept = this.rowViews.get(address);
    if (kept !== undefined) return kept;
    const { array, isView } = floatsAt(address, this.vocabulary.size);
    if (this.rowViews.size > 2 * this.current.batchTokensMax) this.rowViews.clear();
    if (isView) this.rowViews.set(address, array);
    return array;
  }

  /** Where a graphics processor computes, one thread feeds it. */
  private threadsMaxOf(wanted: number | undefined): number {
    return wanted ?? (this.basis.options.library.variant === "cpu" ? ThreadGovernor.threadsMaxDefault(availableParallelism()) : 1);
  }

  private sequence(sequence: SequenceId): CellList<ListedCell> {
    const list = this.sequences[sequence];
    if (list === undefined) throw new EngineError(`sequence ${sequence} is outside 0..${this.sequences.length}`);
    return list;
  }

  private checkDecode({ last }: CellList<ListedCell>, start: number, tokens: Int32Array): void {
    const { batchTokensMax, vocabularySize } = this.current;
    if (tokens.length === 0 || tokens.length > batchTokensMax) throw new EngineError(`decode: ${tokens.length} tokens, a batch takes 1 to ${batchTokensMax}`);
    const expected = last === undefined ? 0 : last.position + 1;
    if (start !== expected) throw new EngineError(`decode: starts at position ${start}, the sequence goes on at ${expected}`);
    if (this.cellCount + tokens.length > this.context.length) {
      throw new EngineError(`decode: ${this.cellCount} cells used, ${tokens.length} more do not fit in ${this.context.length}`);
    }
    for (let index = 0; index < tokens.length; index += 1) {
      const token = at(tokens, index);
      if (token < 0 || vocabularySize <= token) throw new EngineError(`decode: token ${token} is outside 0..${vocabularySize}`);
    }
  }

  private readCapabilities(contextLengthMax: number): EngineCapabilities {
    const { symbols, model, context, vocabulary, basis: { shape, cacheType, options } } = this;
    return {
      ...modelCapabilities(symbols, model, context, { ...shape, cacheType }),
      contextLength: Math.max(contextLengthMax, context.length), // llama.cpp rounds a length up.
      batchTokensMax: options.batchTokensMax ?? limits.batchTokensMax,
      sequenceCount: this.sequences.length,
      vocabularySize: vocabulary.size,
      fim: vocabulary.fim,
      beginToken: vocabulary.beginToken,
      endTokens: vocabulary.endTokens,
    };
  }
}
