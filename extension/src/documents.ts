// Owns which documents the sidecar hears of: those that a person writes, and that commonly hold no secrets.
// The language client itself turns change events into deltas, one version at a time.
import type * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { exclusionOf } from "./exclusion";

/** Schemes of documents that a person writes; output, diffs and the like are left alone. */
export const schemes: readonly string[] = ["file", "untitled", "vscode-remote", "vscode-vfs"];

/** Why a document is not sent, as a sentence; undefined where it is. */
export function whyNotSent(document: vscode.TextDocument): string | undefined {
  if (!schemes.includes(document.uri.scheme)) return "Only documents of a workspace are completed.";
  return exclusionOf(document.uri.path);
}

/** Keeps what must not be sent from being sent. The answer for a document never changes while it is open. */
export const documentMiddleware: Middleware = {
  didOpen: (document, next) => (whyNotSent(document) === undefined ? next(document) : Promise.resolve()),
  didChange: (event, next) => (whyNotSent(event.document) === undefined ? next(event) : Promise.resolve()),
  didClose: (document, next) => (whyNotSent(document) === undefined ? next(document) : Promise.resolve()),
};
