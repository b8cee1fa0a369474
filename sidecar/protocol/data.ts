// Owns plain data that crosses the wire. Wire types aren't domain types: they are converted by hand at the door.
// Imports nothing; has no logic.

/** One run of structure: offsets in UTF-16 code units of the document at the version it was sent with, half-open. */
export interface StructureSpan {
  readonly kind: StructureKind;
  readonly startUtf16: number;
  readonly endUtf16: number;
}
export type StructureKind = "function" | "class" | "block";

/** Why a request showed what it showed. Every request ends in exactly one. */
export type OutcomeKind =
  | "shown"              // a completion was returned
  | "nothingToSay"       // the model ended at once, or with white space only
  | "cutToNothing"       // what it said was already in the text right of the cursor or below it
  | "outsideBlock"       // what it said belongs behind the block around the cursor
  | "unopenedCloser"     // it only closed what it had not opened
  | "unfinished"         // the budget ended before a whole word was there
  | "sentinelLeaked"     // it spelled a sentinel of its own prompt
  | "insideWord"         // the cursor stands in the middle of a word
  | "tooShort"           // shorter than a suggestion must be, by the settings or to be worth a key
  | "lowConfidence"      // the model was unsure: how unsure in `detail`
  | "syntaxError"        // it would have broken the syntax, however much of it was cut
  | "superseded"         // the text changed, or a newer request came
  | "cancelled"          // the client cancelled
  | "documentTooLarge"   // over the limit of the sidecar
  | "documentBinary"     // holds NUL characters
  | "outOfStep"          // the sidecar waits for the full text
  | "modelLoading"
  | "modelFailed"        // with the reason in `detail`
  | "contextTooSmall"    // the cache can't hold a useful prompt
  | "engineFailed"       // rebuilt, tried again and failed again
  | "switchedOff";

export interface Outcome {
  readonly kind: OutcomeKind;
  readonly detail?: string;
}

/** Counters of one document or of all; each sums over completions and the work between them. */
export interface CacheCounters {
  readonly completions: number;
  /** Cells kept where they were by plans. */
  readonly cellsKept: number;
  /** Cells kept and rotated to another position by plans. */
  readonly cellsShifted: number;
  readonly tokensEncoded: number;
  /** Tokens among `tokensEncoded` that were encoded only to repair stale text, besides the lines that a jump of the cursor made to be read. */
  readonly repairTokens: number;
  /** Tokens read again in idle time, not counted in `tokensEncoded`. */
  readonly healTokens: number;
  /** Tokens that exact prefix reuse would have encoded for the same completions. */
  readonly prefixTokens: number;
  /** Times that the document's cells were dropped and rebuilt from text. */
  readonly rebuilds: number;
}

export interface DocumentStatistics {
  readonly uri: string;
  readonly version: number;
  readonly cells: number;
  readonly cellsExact: number;
  readonly cellsStale: number;
  readonly counters: CacheCounters;
  /** The invariants whose breaking led to rebuilds, with their counts. */
  readonly rebuildReasons: Readonly<Record<string, number>>;
  readonly outcome: Outcome | undefined;
}

export interface CompletionRecord {
  readonly uri: string;
  readonly version: number;
  readonly line: number;
  readonly character: number;
  readonly outcome: Outcome;
  readonly policy: string;
  readonly tokensEncoded: number;
  readonly cellsKept: number;
  readonly cellsShifted: number;
  readonly cellsStale: number;
  readonly prefixTokens: number;
  readonly tokensDecoded: number;
  /** From the arrival of the last edit or cursor move before the request to the first sampled token. */
  readonly editToFirstTokenMs: number;
  /** From the arrival of the request to its answer. */
  readonly requestMs: number;
  /** What the monitors did; absent where none watched. */
  readonly monitor?: MonitorRecord;
}

export type ModelState =
  | { readonly kind: "loading"; readonly fraction: number }
  | { readonly kind: "ready" }
  /** Nothing was asked for long: the next edit or request loads it again. */
  | { readonly kind: "unloaded" }
  | { readonly kind: "failed"; readonly message: string };

export interface ModelStatus {
  readonly state: ModelState;
  readonly name: string;
  readonly path: string;
  readonly contextLength: number;
  /** Why cells are not moved, where they aren't. */
  readonly shiftRefusal: string | undefined;
  readonly threads: number;
}

/** What the repetition penalty did. */
export interface RepetitionStatistics {
  /** Choices at which tokens were lowered. */
  readonly acted: number;
  /** Of these, the ones at which another token was likeliest for it. */
  readonly changed: number;
  /** Choices by the production that would have been opened again: "line" outside of any, "token" inside a line. */
  readonly rules: Readonly<Record<string, number>>;
  /** Language ids completed so far without a table of productions: there the penalty goes by lines and brackets. */
  readonly fallbackLanguages: readonly string[];
}

/** What the monitors, which keep completions to legal names, did in one completion or in all. */
export interface MonitorCounts {
  /** Questions put: which names are legal at a place, how many arguments a call takes. */
  readonly asked: number;
  /** Answers that were there in time and said what is legal. */
  readonly answered: number;
  /** Answers in time that put no limit. */
  readonly open: number;
  /** Answers that weren't there in time: decoding went on without. */
  readonly late: number;
  /** Choices at which tokens were ruled out. */
  readonly masks: number;
  /** Of these, the ones at which the likeliest token was. */
  readonly changed: number;
  /** Choices at which no legal token could be chosen: they were left alone. */
  readonly impossible: number;
}

/** The same for one completion, with the time that it stood still for answers. */
export interface MonitorRecord extends MonitorCounts {
  readonly waitMs: number;
}

/** The same for all completions. A wait is one for one answer; 0 where the answer was there already. */
export interface MonitorStatistics extends MonitorCounts {
  readonly waitMsMedian: number | undefined;
  readonly waitMsP95: number | undefined;
}

export type MonitorServerState = "missing" | "stopped" | "starting" | "ready" | "waiting" | "failed";

/** One source of legal names: the editor, a language server of the sidecar's, or nobody. */
export interface MonitorSourceStatistics {
  readonly name: string;
  /** Language ids that a server is there for; empty for the others, which serve any. */
  readonly languages: readonly string[];
  /** Undefined for what is no server. `reason` says why it is missing or down. */
  readonly server: { readonly state: MonitorServerState; readonly reason?: string; readonly restarts: number } | undefined;
  readonly asked: number;
  /** Of these, the ones answered within the budget. */
  readonly inTime: number;
  /** Of these, the ones to which any name is legal, or nobody knows, with the reasons. */
  readonly open: number;
  readonly openReasons: Readonly<Record<string, number>>;
  readonly waitMsMedian: number | undefined;
  readonly waitMsP95: number | undefined;
}

/** What drafts did: tokens guessed ahead and decoded together. What is written is the same without them. */
export interface DraftStatistics {
  /** Batches that held a draft. */
  readonly steps: number;
  readonly proposed: number;
  readonly accepted: number;
  /** Tokens decoded once more, alone, because rounding could have decided. */
  readonly settled: number;
}

export interface Statistics {
  readonly model: ModelStatus;
  readonly policy: string;
  readonly totals: CacheCounters;
  readonly documents: readonly DocumentStatistics[];
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Undefined where the penalty is switched off, and before the model is ready. */
  readonly repetition: RepetitionStatistics | undefined;
  /** What the monitors did. Absent where nobody can be asked, and before the model is ready. */
  readonly monitor?: MonitorStatistics;
  /** Who was asked for legal names. Absent where nobody can be. */
  readonly monitorSources?: readonly MonitorSourceStatistics[];
  /** Absent while drafts are switched off. */
  readonly drafts?: DraftStatistics;
  readonly editToFirstTokenMsMedian: number | undefined;
  readonly editToFirstTokenMsP95: number | undefined;
  readonly recent: readonly CompletionRecord[];
}

/** A run of cells with the text it holds. `edits` is 0 for exact cells. */
export interface LedgerRun {
  readonly start: number;
  readonly end: number;
  readonly freshness: "exact" | "stale";
  /** How many plans have changed something before these cells since they were encoded. */
  readonly edits: number;
  readonly shifts: number;
  readonly text: string;
}

export interface LedgerView {
  readonly uri: string;
  readonly version: number;
  readonly runs: readonly LedgerRun[];
  /** The same as text, for reading. */
  readonly text: string;
}
