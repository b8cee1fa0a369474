// Owns what is kept of one completion that was decoded with drafts and without. Data.
import type { DraftSourceName } from "../../../sidecar/decode/draft/draftSource";
import type { Action } from "../action";

/** One decoding of it. */
export interface DecodedRun {
  readonly tokens: number;
  /** From the call to the last token. */
  readonly ms: number;
  readonly firstTokenMs: number;
  /** Tokens of each batch, in order. */
  readonly batches: readonly number[];
}

export interface DecodedPoint {
  readonly trace: string;
  readonly ordinal: number;
  readonly action: Action;
  readonly languageId: string;
  readonly without: DecodedRun;
  readonly drafted: DecodedRun;
  /** Whether tokens and end were the same. */
  readonly isSame: boolean;
  readonly draftSteps: number;
  readonly settled: number;
  readonly bySource: Readonly<Partial<Record<DraftSourceName, { readonly proposed: number; readonly accepted: number }>>>;
}
