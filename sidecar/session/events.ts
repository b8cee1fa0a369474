// Owns the closed list of what can wake the engine thread, and what it answers. Plain data: it crosses a thread boundary.
// Knows no JSON-RPC: dispatch.ts turns messages into these and back.
import type { LedgerView, ModelStatus, Outcome, Statistics, StructureSpan } from "../protocol/data";
import type { ContentChange } from "../text/document";
import type { PositionEncoding } from "../text/lines";
import type { Place } from "../text/frames";

export type { ContentChange, PositionEncoding };

/** Facts: they need no answer, and come in order. */
export type SessionEvent =
  | { readonly kind: "open"; readonly uri: string; readonly languageId: string; readonly version: number; readonly text: string; readonly atMs: number }
  | { readonly kind: "change"; readonly uri: string; readonly version: number; readonly changes: readonly ContentChange[]; readonly atMs: number }
  | { readonly kind: "close"; readonly uri: string }
  | { readonly kind: "cursor"; readonly uri: string; readonly place: Place; readonly atMs: number }
  | { readonly kind: "structure"; readonly uri: string; readonly version: number; readonly spans: readonly StructureSpan[] };

/** An edit of a document. */
export type ChangeEvent = Extract<SessionEvent, { readonly kind: "change" }>;

export interface CompletionRequest {
  readonly uri: string;
  readonly place: Place;
  /** True when the user asked by key. */
  readonly invoked: boolean;
  /** The word that is chosen in the editor's list, and what of the cursor's line it is to replace; absent while no list is open. */
  readonly word?: CompletionItem;
  /** When the request arrived, by the clock of the engine thread; absent where it starts at once. */
  readonly atMs?: number;
}

/** What a completion puts in place of `start`..`end`, which lie on the cursor's line. */
export interface CompletionItem {
  readonly text: string;
  readonly start: Place;
  readonly end: Place;
}

export interface CompletionAnswer {
  readonly outcome: Outcome;
  readonly version: number;
  readonly item: CompletionItem | undefined;
  /** Others in place of `item`, for one who asked by key. */
  readonly alternatives?: readonly CompletionItem[];
}

/** Questions: each is answered once, with its result or with a `SessionFault`. */
export interface SessionQuestions {
  complete: { ask: CompletionRequest; answer: CompletionAnswer };
  statistics: { ask: null; answer: Statistics };
  ledger: { ask: { readonly uri: string }; answer: LedgerView };
  dropCache: { ask: { readonly uri: string | undefined }; answer: number };
  /** Facts that bring other sessions to where these are: the documents' texts and structure. */
  documents: { ask: null; answer: readonly SessionEvent[] };
}

/** A question that can't be answered because of how it was put. */
export type SessionFault =
  | { readonly kind: "unknownDocument"; readonly message: string }
  | { readonly kind: "outOfRange"; readonly message: string };

/** What a question comes back with. */
export type SessionReply<Answer> =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "fault"; readonly fault: SessionFault };

/** Why a completion that is running should stop: polled between small batches. */
export type Interruption = "cancelled" | "superseded";

/** All open documents behind one engine: what the engine worker drives, turn by turn, on one thread. */
export interface SessionsLike {
  /** Takes in a fact; a resync notice when the sidecar lost step with the document. Never throws for what a client said. */
  apply(event: SessionEvent): readonly SessionNotice[];
  /**
   * Runs the engine until the completion is done or `interrupted` answers. `edits` are those of the document that have arrived since,
   * oldest first; while they type what is being written, it goes on, and the next request finds it in hand.
   */
  complete(
    request: CompletionRequest, interrupted: () => Interruption | undefined, edits?: () => readonly ChangeEvent[],
  ): SessionReply<CompletionAnswer>;
  ledger(uri: string): SessionReply<LedgerView>;
  /** The number of cells dropped: of one document, or of all where `uri` is undefined. */
  dropCache(uri: string | undefined): SessionReply<number>;
  statistics(): Statistics;
  documents(): readonly SessionEvent[];
  /** One slice of what is due after `quietMs` without an edit, a cursor move or a request (all of it, if left out); then what is left. */
  idle(interrupted: () => boolean, quietMs?: number): IdleRest;
  /** How well the model, in its present state, expected a text: for measuring only. Undefined where nothing can be said. */
  scoreExpected(request: CompletionRequest, expected: string): ExpectedScore | undefined;
  close(): void;
}

/** What idle time has left to do: nothing, or more once it has been quiet for so long. */
export type IdleRest = { readonly kind: "nothing" } | { readonly kind: "more"; readonly afterQuietMs: number };

/** Loss of a text after the prompt now in the cache, the healed token included. */
export interface ExpectedScore {
  readonly nats: number;
  readonly tokens: number;
  readonly bytes: number;
}

/** What the engine thread says unasked. */
export type SessionNotice =
  | { readonly kind: "modelStatus"; readonly status: ModelStatus }
  /** Idle work goes on slice after slice, or has come to its end or been broken off. */
  | { readonly kind: "activity"; readonly healing: boolean }
  | { readonly kind: "resync"; readonly uri: string; readonly reason: string };
