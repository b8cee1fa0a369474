// Owns the port's implementation on llama.cpp: rules checked, calls made, return codes turned into errors. Knows no document and no plan.
// Which threads compute is the governor's to say, whether cells may move is shiftCapability's.
import { availableParallelism } from "node:os";
import { at } from "../../base/assert";
import { realClock } from "../../base/clock";
import type { Clock } from "../../base/clock";
import { limits } from "../../base/limits";
import { CellList } from "../cellList";
import type { ListedCell } from "../cellList";
import { EngineError, cellPosition } from "../engine";
import type { CellPosition, CellRange, Engine, EngineCapabilities, LogitsWanted, PositionSpan, SequenceId } from "../engine";
import { contextLengthOf, contextParameters } from "./contextParameters";
import { checkGpu, modelParameters } from "./gpu";
import { ThreadGovernor } from "./governor";
import { Batch, ContextHandle, ModelHandle } from "./handles";
import type { LlamaEngineOptions } from "./llamaEngineOptions";
import { LoadMeter } from "./loadMeter";
import { cacheBytesOf, checkMemory, readModelFile } from "./modelFile";
import type { ModelShape } from "./modelFile";
import { cacheTypeBytes, shiftCapability } from "./shiftCapability";
import type { CacheType } from "./shiftCapability";
import { shiftCostTokensOf, callCostTokens } from "./stepCost";
import { floatsAt, openLibrary } from "./symbols";
import type { Library, Pointer, Symbols } from "./symbols";
import { Vocabulary } from "./vocabulary";

/** @throws LibraryError, ModelFileError: each says what to do. Pairs with `close`. */
export function openLlamaEngine(options: LlamaEngineOptions): LlamaEngine {
  const shape = readModelFile(options.modelPath);
  const cacheType = options.cacheType ?? "f16";
  const contextLength = contextLengthOf(options, shape);
  checkMemory(options.modelPath, shape, cacheBytesOf(shape, contextLength, cacheTypeBytes[cacheType]));
  const library = openLibrary(options.library);
  checkGpu(library);
  library.setVerbose(options.verbose === true);
  const model = ModelHandle.load(library, options.modelPath, modelParameters(options.library.variant, shape));
  try {
    const context = ContextHandle.open(library, model, contextParameters(options, cacheType, contextLength));
    try {
      return new LlamaEngine(library, model, context, shape, options);
    } catch (error) {
      context.close();
      throw error;
    }
  } catch (error) {
    model.close();
    throw error;
  }
}

export class LlamaEngine implements Engine {
  readonly capabilities: EngineCapabilities;
  private readonly symbols: Symbols;
  private readonly memory: Pointer;
  private readonly vocabulary: Vocabulary;
  private readonly batch: Batch;
  private readonly governor: ThreadGovernor;
  private readonly loadMeter: LoadMeter;
  private readonly clock: Clock;
  private readonly sequences: readonly CellList<ListedCell>[];
  private readonly rowViews = new Map<Pointer, Float32Array>();
  private cellCount = 0;
  private rotationPending = false;
  private threadsSet = 0;
  /** Rows of the latest batch that have logits, first to last, as the batch counts. */
  private rows = { first: 0, end: 0 };

  constructor(library: Library, private readonly model: ModelHandle, private readonly context: ContextHandle, shape: ModelShape, options: LlamaEngineOptions) {
    this.symbols = library.symbols;
    const memory = this.symbols.getMemory(context.pointer);
    if (memory === null) throw new EngineError("the model keeps no cache: it can't complete text");
    this.memory = memory;
    this.vocabulary = new Vocabulary(library, this.symbols.modelGetVocab(model.pointer), options.modelPath);
    this.batch = new Batch(options.batchTokensMax ?? limits.batchTokensMax);
    this.sequences = Array.from({ length: limits.sequencesMax }, () => new CellList<ListedCell>());
    const cores = availableParallelism();
    // Where a graphics processor computes, one thread feeds it.
    const threadsMaxDefault = options.library.variant === "cpu" ? ThreadGovernor.threadsMaxDefault(cores) : 1;
    this.governor = new ThreadGovernor({ cores, threadsMax: options.threadsMax ?? threadsMaxDefault });
    this.loadMeter = options.loadMeter ?? new LoadMeter();
    this.clock = options.clock ?? realClock;
    this.capabilities = this.readCapabilities(shape, options.cacheType ?? "f16");
  }

  /** Threads that the latest decode computed with. */
  get threads(): number {
    return this.threadsSet;
  }

  positions(sequence: SequenceId): PositionSpan | undefined {
    this.sequence(sequence);
    const min = this.symbols.memoryPositionMin(this.liveMemory(), sequence);
    return min < 0 ? undefined : { min: cellPosition(min), max: cellPosition(this.symbols.memoryPositionMax(this.memory, sequence)) };
  }

  remove(sequence: SequenceId, { start, end }: CellRange): void {
    checkRange(start, end);
    const list = this.sequence(sequence);
    if (!this.symbols.memoryRemove(this.liveMemory(), sequence, start, end)) {
      throw new EngineError(`remove: llama.cpp can't take ${start}..${end} out of sequence ${sequence}`);
    }
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
    const memory = this.liveMemory();
    if (this.sequence(sequence).shift(start, end, delta).length === 0) return;
    this.symbols.memoryShift(memory, sequence, start, end, delta);
    this.rotationPending = true;
  }

  copy(from: SequenceId, to: SequenceId, { start, end }: CellRange): void {
    if (from === to) throw new EngineError(`copy: from sequence ${from} to itself`);
    checkRange(start, end);
    const memory = this.liveMemory();
    const added = this.sequence(from).within(start, end);
    this.sequence(to).add(added);
    for (const cell of added) cell.owners += 1;
    this.symbols.memoryCopy(memory, from, to, start, end);
  }

  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted): void {
    this.rows = { first: 0, end: 0 };
    const list = this.sequence(sequence);
    this.checkDecode(list, start, tokens);
    const first = wanted === "all" ? 0 : wanted === "last" ? tokens.length - 1 : tokens.length;
    const code = this.step(this.batch.fill(sequence, start, tokens, first), tokens.length);
    if (code !== 0) throw new EngineError(`decode: ${decodeFault(code)}`);
    for (let index = 0; index < tokens.length; index += 1) list.append({ position: start + index, owners: 1 });
    this.cellCount += tokens.length;
    this.rows = { first, end: tokens.length };
  }

  logits(row?: number): Float32Array {
    const chosen = row ?? this.rows.end - 1;
    if (!(this.rows.first <= chosen && chosen < this.rows.end)) {
      throw new EngineError(`logits: row ${row ?? "last"} of ${this.rows.end - this.rows.first} rows that the latest decode left`);
    }
    const address = this.symbols.logitsRow(this.context.pointer, chosen);
    if (address === null) throw new EngineError(`logits: llama.cpp has no row ${chosen}`);
    return this.view(address);
  }

  tokenise(text: string): Int32Array {
    this.liveMemory();
    return this.vocabulary.tokenise(text);
  }

  pieceOf(token: number): Uint8Array {
    this.liveMemory();
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

  private step(batch: Parameters<Symbols["decode"]>[1], tokenCount: number): number {
    const startMs = this.clock.nowMs();
    const load = this.loadMeter.measure(startMs);
    if (load.kind === "measured") this.governor.noteLoad(load.othersCores, startMs);
    else if (load.kind === "unknown") this.governor.noteUnknownLoad(startMs);
    if (this.governor.threads !== this.threadsSet) {
      this.threadsSet = this.governor.threads;
      this.symbols.setThreads(this.context.pointer, this.threadsSet, this.threadsSet);
    }
    const code = this.symbols.decode(this.context.pointer, batch);
    this.governor.noteStep({ tokens: tokenCount, durationMs: this.clock.nowMs() - startMs, rotated: this.rotationPending });
    if (code === 0) this.rotationPending = false;
    return code;
  }

  /** The address came from llama.cpp just now, so that the memory behind a view kept for it is alive. Where views are forbidden it is copied anew. */
  private view(address: Pointer): Float32Array {
    const kept = this.rowViews.get(address);
    if (kept !== undefined) return kept;
    const { array, isView } = floatsAt(address, this.vocabulary.size);
    if (this.rowViews.size > 2 * this.batch.tokensMax) this.rowViews.clear();
    if (isView) this.rowViews.set(address, array);
    return array;
  }

  private sequence(sequence: SequenceId): CellList<ListedCell> {
    const list = this.sequences[sequence];
    if (list === undefined) throw new EngineError(`sequence ${sequence} is outside 0..${this.sequences.length}`);
    return list;
  }

  /** The cache's address. @throws EngineError when the engine is closed: the address is dead then. */
  private liveMemory(): Pointer {
    this.context.assertOpen();
    return this.memory;
  }

  private checkDecode({ last }: CellList<ListedCell>, start: number, tokens: Int32Array): void {
    const { batchTokensMax, contextLength, vocabularySize } = this.capabilities;
    if (tokens.length === 0 || tokens.length > batchTokensMax) throw new EngineError(`decode: ${tokens.length} tokens, a batch takes 1 to ${batchTokensMax}`);
    const expected = last === undefined ? 0 : last.position + 1;
    if (start !== expected) throw new EngineError(`decode: starts at position ${start}, the sequence goes on at ${expected}`);
    if (this.cellCount + tokens.length > contextLength) {
      throw new EngineError(`decode: ${this.cellCount} cells used, ${tokens.length} more do not fit in ${contextLength}`);
    }
    for (let index = 0; index < tokens.length; index += 1) {
      const token = at(tokens, index);
      if (token < 0 || vocabularySize <= token) throw new EngineError(`decode: token ${token} is outside 0..${vocabularySize}`);
    }
  }

  private readCapabilities(shape: ModelShape, cacheType: CacheType): EngineCapabilities {
    const { symbols, model, context, vocabulary } = this;
    const contextLength = symbols.contextLength(context.pointer);
    return {
      modelName: shape.name,
      contextLength,
      batchTokensMax: this.batch.tokensMax,
      sequenceCount: this.sequences.length,
      vocabularySize: vocabulary.size,
      shift: shiftCapability({
        ...shape,
        cacheType,
        ropeType: symbols.modelRopeType(model.pointer),
        recurrent: symbols.modelIsRecurrent(model.pointer),
        hybrid: symbols.modelIsHybrid(model.pointer),
        memoryCanShift: symbols.memoryCanShift(this.memory),
        slidingWindow: symbols.modelSlidingWindow(model.pointer),
      }),
      fim: vocabulary.fim,
      beginToken: vocabulary.beginToken,
      endTokens: vocabulary.endTokens,
      shiftCostTokens: shiftCostTokensOf(shape, contextLength, cacheType, Number(symbols.modelParameterCount(model.pointer))),
      callCostTokens,
    };
  }
}

function checkRange(start: number, end: number): void {
  if (!(0 <= start && start <= end)) throw new EngineError(`range ${start}..${end} is no range of positions`);
}

/** The return codes of llama_decode. */
function decodeFault(code: number): string {
  switch (code) {
    case 1: return "no cells are free";
    case 2: return "it was aborted";
    case -1: return "the batch is invalid";
    default: return code < 0 ? `llama.cpp failed (${code})` : `llama.cpp warned (${code})`;
  }
}
