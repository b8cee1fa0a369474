// Owns the port to an inference engine: what the cache and the decoder may ask of llama.cpp or of the fake.
// Knows no FFI, no document and no plan. Every call is synchronous; one owner calls it from one thread.

/** A KV position: where a cell stands in its sequence. */
export type CellPosition = number & { readonly __frame: "position" };
export const cellPosition = (value: number): CellPosition => value as CellPosition;

/** A sequence of the unified cache. Cells can belong to several sequences at once. */
export type SequenceId = number & { readonly __frame: "sequence" };
export const sequenceId = (value: number): SequenceId => value as SequenceId;

/** Half-open range of positions. */
export interface CellRange {
  readonly start: CellPosition;
  readonly end: CellPosition;
}

/** Smallest and largest position held for a sequence, both inclusive. */
export interface PositionSpan {
  readonly min: CellPosition;
  readonly max: CellPosition;
}

/** The fill-in-the-middle sentinels of a model; `fileSeparator` where the model was trained with file names. */
export interface FimTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
  readonly fileSeparator: number | undefined;
}

/** Whether kept cells may be moved, and how often before rounding makes them stale. */
export type ShiftCapability =
  | { readonly kind: "shiftable"; readonly shiftsMax: number }
  | { readonly kind: "fixed"; readonly reason: string };

/** What an engine can do. Two of them change when `reserve` is called: read them anew each time. */
export interface EngineCapabilities {
  readonly modelName: string;
  /** Cells that the cache can grow to, shared by all sequences. Falls where memory turns out not to be enough. */
  readonly contextLength: number;
  /** Tokens that one `decode` takes at most. */
  readonly batchTokensMax: number;
  /** Sequences 0..sequenceCount can be used. */
  readonly sequenceCount: number;
  readonly vocabularySize: number;
  readonly shift: ShiftCapability;
  /** Undefined where the model knows no fill-in-the-middle. */
  readonly fim: FimTokens | undefined;
  /** Put before everything where the model expects it. */
  readonly beginToken: number | undefined;
  /** Tokens at which a completion ends, sentinels included. */
  readonly endTokens: ReadonlySet<number>;
  /** What the pending rotation costs at the next decode, in tokens of prefill, for the planner's choice. Grows with the cache. */
  readonly shiftCostTokens: number;
  /** What one more call of `decode` costs, in tokens of prefill. */
  readonly callCostTokens: number;
  /** Whether a token gets the very same logits alone and in a batch; where nothing is said, other kernels may round otherwise. */
  readonly batchesRoundAlike?: boolean;
}

/** Which rows of logits a `decode` leaves behind. */
export type LogitsWanted = "none" | "last" | "all";

/** "interrupted": the sequence holds what it held before the call. */
export type DecodeResult = "decoded" | "interrupted";

/** The engine refused or failed. The cells it was working on are in an unknown state: rebuild them from text. */
export class EngineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineError";
  }
}

export interface Engine {
  readonly capabilities: EngineCapabilities;
  /** Undefined when the sequence holds no cell. (llama_memory_seq_pos_min, llama_memory_seq_pos_max) */
  positions(sequence: SequenceId): PositionSpan | undefined;
  /** Takes the cells of `range` out of `sequence`. (llama_memory_seq_rm) @throws EngineError where the engine can't. */
  remove(sequence: SequenceId, range: CellRange): void;
  /** Moves the cells of `range` by `delta`; their keys are rotated at the next decode. (llama_memory_seq_add) */
  shift(sequence: SequenceId, range: CellRange, delta: number): void;
  /** Lets `to` share the cells of `range`: bookkeeping, no copy of data. (llama_memory_seq_cp) */
  copy(from: SequenceId, to: SequenceId, range: CellRange): void;
  /**
   * Encodes `tokens` (1..batchTokensMax) at positions start, start + 1, … of `sequence`.
   * `start` must be the sequence's maximum + 1, or 0 when it is empty. (llama_decode)
   * `interrupted` is asked again and again while it computes, where the engine can be stopped; it calls nothing of the engine.
   * @throws EngineError when the engine refuses.
   */
  decode(sequence: SequenceId, start: CellPosition, tokens: Int32Array, wanted: LogitsWanted, interrupted?: () => boolean): DecodeResult;
  /**
   * Logits [vocabularySize] that the latest `decode` left: the last row, or row `row` after "all".
   * A view of the engine's memory, valid until the next `decode`. (llama_get_logits_ith)
   */
  logits(row?: number): Float32Array;
  /**
   * Makes room for `cellCount` cells of all sequences together, where there is memory for them. Returns for how many there is room now:
   * `reserve(0)` asks no more than that. Cells that are there stay as they are.
   * @throws EngineError where a cell is in several sequences, so that growing would part them.
   */
  reserve(cellCount: number): number;
  tokenise(text: string): Int32Array;
  pieceOf(token: number): Uint8Array;
  /** Cells in use by all sequences together. */
  cellsUsed(): number;
  close(): void;
}

/** Every position from `start` on. */
export const toEnd = (start: number): CellRange => ({ start: cellPosition(start), end: cellPosition(2 ** 31 - 1) });
export const cells = (start: number, end: number): CellRange => ({ start: cellPosition(start), end: cellPosition(end) });
