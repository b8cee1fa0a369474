// Owns every message of our own: its method, direction, parameters and result. docs/protocol.md describes them
// and a test compares a hash of this file with the one written there. Standard LSP messages are used as LSP defines them.
import type { LedgerView, ModelStatus, Outcome, Statistics, StructureKind } from "./data";

/** Bumped when a message changes its meaning; sent by the server in `serverInfo.version` as `name/protocol`. */
export const protocolVersion = 1;

/** Client to server, notification: the structure of a document, parsed at exactly this version. */
export const structureMethod = "palimpsest/structure";
export interface StructureParams {
  readonly textDocument: { readonly uri: string; readonly version: number };
  /** Triples of kind index (into `structureKinds`), start and end in UTF-16 code units; outer before inner. */
  readonly spans: readonly number[];
}
export const structureKinds: readonly StructureKind[] = ["function", "class", "block"];

/** Client to server, notification: the cursor moved without an edit, so that the cache may get ready. */
export const cursorMethod = "palimpsest/cursor";
export interface CursorParams {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

/** Client to server, request: the cache statistics. */
export const statisticsMethod = "palimpsest/statistics";
export type StatisticsResult = Statistics;

/** Client to server, request: what the cache is believed to hold for one document. */
export const ledgerMethod = "palimpsest/ledger";
export interface LedgerParams {
  readonly textDocument: { readonly uri: string };
}
export type LedgerResult = LedgerView;

/** Client to server, request: forget the cells of one document, or of all where none is named. */
export const dropCacheMethod = "palimpsest/dropCache";
export interface DropCacheParams {
  readonly textDocument?: { readonly uri: string };
}
export interface DropCacheResult {
  readonly cellsDropped: number;
}

/** Server to client, notification: the model is loading, ready, or failed. */
export const modelStatusMethod = "palimpsest/modelStatus";
export type ModelStatusParams = ModelStatus;

/** Server to client, notification: what became of a completion request, whatever it was. */
export const outcomeMethod = "palimpsest/outcome";
export interface OutcomeParams {
  readonly uri: string;
  readonly version: number;
  readonly outcome: Outcome;
}

/** Server to client, notification: stale cells are being read again in idle time, or that has ended. Told when it changes. */
export const activityMethod = "palimpsest/activity";
export interface ActivityParams {
  readonly healing: boolean;
}

/** Server to client, notification: the server lost step with a document; close and open it again to send its full text. */
export const resyncMethod = "palimpsest/resync";
export interface ResyncParams {
  readonly uri: string;
  readonly reason: string;
}

/**
 * Server to client, request: which names, or how many arguments, are legal at a place of the document as it is, the part of a
 * name before the place aside. Sent only where the client's capabilities have `experimental.palimpsest.members`.
 */
export const membersMethod = "palimpsest/members";
export interface MembersParams {
  readonly textDocument: { readonly uri: string; readonly version: number };
  /** Counts UTF-16 code units from the start of the document, whatever the position encoding. */
  readonly offsetUtf16: number;
  readonly kind: "member" | "signature";
}
export type MembersResult =
  /** LSP's CompletionList, as the client's language features give it, snippets and plain words included. `quoted`: the place is in a string. */
  | { readonly kind: "completions"; readonly list: unknown; readonly quoted: boolean }
  /** LSP's SignatureHelp or null. */
  | { readonly kind: "signatures"; readonly help: unknown }
  /** Nothing can be said: another version is open, the language has no such features. */
  | { readonly kind: "open"; readonly reason: string };
