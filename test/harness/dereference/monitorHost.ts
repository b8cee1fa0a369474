// Owns what the benchmark asks of a monitored language server: to be told of documents, to answer a monitor's questions beside
// the decoding thread, and a monitor for one generation. Knows neither server nor mask: those are handed in.
import type { MemberSource } from "../../../sidecar/decode/mgd/memberSource";
import type { LogitProcessor } from "../../../sidecar/decode/processor";
import type { MonitorRecord } from "../../../sidecar/protocol/data";

export interface ShownDocument {
  readonly uri: string;
  readonly languageId: string;
  /** Rises with each text of the same document. */
  readonly version: number;
  readonly text: string;
}

/** Where a completion begins. */
export interface MonitoredPlace extends ShownDocument {
  readonly cursorUtf16: number;
  /** Bytes before the cursor that the first new tokens spell again. */
  readonly healed: Uint8Array;
}

export interface ServerHealth {
  /** How often it has been started anew so far. */
  readonly restarts: number;
  /** Why it isn't started any more. */
  readonly failure: string | undefined;
}

export interface MonitorHost {
  readonly source: MemberSource;
  /** The document is opened with this text, as an editor would tell. */
  show(document: ShownDocument): void;
  /** It has been edited. */
  change(document: ShownDocument): void;
  /** Ends when the server has read what it was shown: the user has had the file open for a while. Waits for one that is started anew. */
  settled(): Promise<ServerHealth>;
  close(): Promise<void>;
}

/** The monitor of one generation; `record` says what it did so far. */
export interface StartedMonitor {
  readonly processor: LogitProcessor;
  record(): MonitorRecord;
}

/** Asks at once what the generation will begin with; undefined where the language has no monitor. */
export type StartMonitor = (place: MonitoredPlace) => StartedMonitor | undefined;

/** Monitors that ask `source` and stand still for an answer for `budgetMs` at most. */
export type OpenMonitors = (source: MemberSource, budgetMs: number) => StartMonitor;
