// Owns one open context of llama.cpp: its cells, the rotation that they wait for, and the stopping of a decode. Knows no port:
// which calls make sense is checked by the engine, which exchanges a context for a longer one when it needs more cells.
import { EngineError } from "../engine";
import type { DecodeResult } from "../engine";
import { ContextHandle } from "./handles";
import type { Batch, ModelHandle } from "./handles";
import type { StructValue } from "./layout";
import type { Library, NativeCallback, Pointer, Symbols } from "./symbols";

/** Where a batch stands, and who may stop it. */
export interface Step {
  readonly sequence: number;
  readonly start: number;
  readonly tokens: Int32Array;
  /** Rows of logits wanted: from this token on. */
  readonly firstWanted: number;
  readonly interrupted: (() => boolean) | undefined;
}

export class LlamaContext {
  /** Cells. */
  readonly length: number;
  private readonly symbols: Symbols;
  private readonly memory: Pointer;
  private readonly abort: AbortCallback;
  private rotationPending = false;
  private threadsSet = 0;

  private constructor(library: Library, private readonly handle: ContextHandle, private readonly batch: Batch) {
    this.symbols = library.symbols;
    const memory = this.symbols.getMemory(handle.pointer);
    if (memory === null) throw new EngineError("the model keeps no cache: it can't complete text");
    this.memory = memory;
    this.length = this.symbols.contextLength(handle.pointer);
    this.abort = new AbortCallback(library);
  }

  /** Pairs with `close`. @throws ModelFileError where there is no memory, or the parameters don't fit the model. */
  static open(library: Library, model: ModelHandle, batch: Batch, parameters: Readonly<StructValue>): LlamaContext {
    const handle = ContextHandle.open(library, model, parameters);
    try {
      return new LlamaContext(library, handle, batch);
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** Threads that the latest decode computed with. */
  get threads(): number {
    return this.threadsSet;
  }

  get waitsForRotation(): boolean {
    return this.rotationPending;
  }

  get canShift(): boolean {
    return this.symbols.memoryCanShift(this.memory);
  }

  assertOpen(): void {
    this.handle.assertOpen();
  }

  /** Smallest and largest position, -1 for both where the sequence is empty. */
  span(sequence: number): readonly [min: number, max: number] {
    this.assertOpen();
    return [this.symbols.memoryPositionMin(this.memory, sequence), this.symbols.memoryPositionMax(this.memory, sequence)];
  }

  remove(sequence: number, start: number, end: number): void {
    this.assertOpen();
    if (!this.symbols.memoryRemove(this.memory, sequence, start, end)) {
      throw new EngineError(`remove: llama.cpp can't take ${start}..${end} out of sequence ${sequence}`);
    }
  }

  copy(from: number, to: number, start: number, end: number): void {
    this.assertOpen();
    this.symbols.memoryCopy(this.memory, from, to, start, end);
  }

  shift(sequence: number, start: number, end: number, delta: number): void {
    this.assertOpen();
    this.symbols.memoryShift(this.memory, sequence, start, end, delta);
    this.rotationPending = true;
  }

  setThreads(threads: number): void {
    if (threads === this.threadsSet) return;
    this.threadsSet = threads;
    this.symbols.setThreads(this.handle.pointer, threads, threads);
  }

  /** @throws EngineError where llama.cpp fails. */
  decode({ sequence, start, tokens, firstWanted, interrupted }: Step): DecodeResult {
    const { pointer } = this.handle;
    const call = (): number => this.symbols.decode(pointer, this.batch.fill(sequence, start, tokens, firstWanted));
    // Keys are rotated in place before the batch gets its cells: stopped in between, some layers would be rotated twice.
    const isRotated = (): boolean => start <= this.symbols.memoryPositionMax(this.memory, sequence);
    let code: number | undefined;
    try {
      code = interrupted === undefined ? call() : this.abort.during(pointer, isRotated, interrupted, call);
    } finally {
      // llama.cpp takes back the cells of the part that it was computing alone. What went wrong first is what is told.
      if (code !== 0 && code !== aborted) this.symbols.memoryRemove(this.memory, sequence, start, start + tokens.length);
    }
    if (code !== 0 && code !== aborted) throw new EngineError(`decode: ${decodeFault(code)}`);
    // An aborted batch has paid for the rotation as well.
    this.rotationPending = false;
    if (code === aborted) this.remove(sequence, start, start + tokens.length);
    return code === aborted ? "interrupted" : "decoded";
  }

  logitsRow(row: number): Pointer | null {
    return this.symbols.logitsRow(this.handle.pointer, row);
  }

  /**
   * Copies the cells of `sequences`, none of them shared, out of another context of the same model. The rotation that they wait for
   * is done there first, since the state of a sequence holds keys and new positions alike.
   * @throws EngineError where llama.cpp fails; `other` is as it was.
   */
  takeOver(other: LlamaContext, sequences: readonly number[], empty: number): void {
    if (other.rotationPending) {
      other.decode({ sequence: empty, start: 0, tokens: Int32Array.of(0), firstWanted: 1, interrupted: undefined });
      other.remove(empty, 0, 1);
    }
    for (const sequence of sequences) {
      this.setState(sequence, other.stateOf(sequence));
      const [min, max] = other.span(sequence);
      const [minNow, maxNow] = this.span(sequence);
      if (min !== minNow || max !== maxNow) throw new EngineError(`sequence ${sequence}: ${minNow}..${maxNow} of ${min}..${max} were taken over`);
    }
  }

  /** The cells of a sequence, none of them waiting for a rotation, as bytes that `setState` takes. */
  stateOf(sequence: number): Uint8Array {
    this.assertOpen();
    const state = new Uint8Array(Number(this.symbols.stateSize(this.handle.pointer, sequence)));
    return state.subarray(0, Number(this.symbols.stateRead(this.handle.pointer, state, state.length, sequence)));
  }

  /** Fills an empty sequence. @throws EngineError where llama.cpp doesn't take it all. */
  setState(sequence: number, state: Uint8Array): void {
    this.assertOpen();
    const written = Number(this.symbols.stateWrite(this.handle.pointer, state, state.length, sequence));
    if (written !== state.length) throw new EngineError(`sequence ${sequence}: ${written} of ${state.length} bytes were taken over`);
  }

  close(): void {
    if (!this.handle.isOpen) return;
    this.handle.close();
    this.abort.release();
  }
}

/** llama.cpp's CPU backend asks it before each operation, on the thread that called: some 300 times in a decode, 0.4 µs each. */
class AbortCallback {
  private readonly native: NativeCallback;
  private ask: () => boolean = () => false;

  constructor(private readonly library: Library) {
    this.native = library.newCallback(() => this.ask());
  }

  /** Makes a call that stops when `mayStop` and `interrupted` say so. Errors of theirs end the call and are thrown behind it. */
  during(context: Pointer, mayStop: () => boolean, interrupted: () => boolean, call: () => number): number {
    const failures: unknown[] = [];
    let begun = false;
    this.ask = () => {
      try {
        begun ||= mayStop();
        return begun && interrupted();
      } catch (error) {
        failures.push(error);
        return true;
      }
    };
    const { setAbortCallback } = this.library.symbols;
    setAbortCallback(context, this.native.address, null);
    const code = call();
    setAbortCallback(context, null, null);
    if (failures.length > 0) throw failures[0];
    return code;
  }

  release(): void {
    this.native.release();
  }
}

/** llama_decode says so, in place of a code of failure. */
const aborted = 2;

/** The return codes of llama_decode. */
function decodeFault(code: number): string {
  switch (code) {
    case 1: return "no cells are free";
    case -1: return "the batch is invalid";
    default: return code < 0 ? `llama.cpp failed (${code})` : `llama.cpp warned (${code})`;
  }
}
