// Owns what can be chosen when llama.cpp is opened on a model.
import type { Clock } from "../../base/clock";
import type { LibraryFiles } from "./library";
import type { LoadMeter } from "./loadMeter";
import type { CacheType } from "./shiftCapability";

export interface LlamaEngineOptions {
  readonly library: LibraryFiles;
  readonly modelPath: string;
  /** Tokens; never more than the model was trained for, rounded up to what llama.cpp can hold. */
  readonly contextLength?: number;
  /** Cells that the cache has room for at first; it grows up to `contextLength` when more are asked for. */
  readonly contextLengthStart?: number;
  /** The most threads to compute with; fewer while other programs want the cores. */
  readonly threadsMax?: number;
  readonly batchTokensMax?: number;
  readonly cacheType?: CacheType;
  readonly flashAttention?: "auto" | "off";
  /** llama.cpp's log to standard error. */
  readonly verbose?: boolean;
  /** Hears how far loading the model has come, 0 to 1; loading ends as soon as it gives false. */
  readonly goesOn?: (fraction: number) => boolean;
  readonly clock?: Clock;
  readonly loadMeter?: LoadMeter;
  /** Bytes that weights and cache may take together; what the system has left bounds them in any case. */
  readonly memoryBytesMax?: number;
  /** Asked before memory is taken; the system's own answer by default. */
  readonly memoryBytesLeft?: () => number;
}
