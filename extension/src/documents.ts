// Owns which documents the sidecar hears of: those that a person writes, that commonly hold no secrets, and for whose
// language completions are on. The language client itself turns change events into deltas, one version at a time.
import type * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { secrecyOf } from "../../sidecar/protocol/exclusion";
import type { HandlerTimes } from "./handlerTimes";
import { t } from "./l10n";

/** Schemes of documents that a person writes; output, diffs and the like are left alone. */
export const schemes: readonly string[] = ["file", "untitled", "vscode-remote", "vscode-vfs"];

/** Why a document may never be sent, as a sentence; undefined where it may. The answer never changes while it is open. */
export function whyNotSent(document: vscode.TextDocument): string | undefined {
  if (!schemes.includes(document.uri.scheme)) return t("Only documents of a workspace are completed.");
  return secrecyOf(document.uri.path);
}

/** What names one change of a document. */
export function changeKey({ uri, version }: vscode.TextDocument): string {
  return `${version} ${uri.toString()}`;
}

/** The documents that one sidecar has been told of: it hears of the changes and the end of these and of no other. */
export class SentDocuments {
  private readonly uris = new Set<string>();

  /**
   * @param whyOff why a document gets no completions as the settings are, as a sentence; undefined where it gets them
   * @param times what a change costs is told to it
   */
  constructor(private readonly whyOff: (document: vscode.TextDocument) => string | undefined, private readonly times: HandlerTimes) {}

  readonly middleware: Pick<Middleware, "didOpen" | "didChange" | "didClose"> = {
    didOpen: (document, next) => (this.begin(document) ? next(document) : Promise.resolve()),
    didChange: (event, next) =>
      this.times.measure(changeKey(event.document), () => (this.has(event.document.uri.toString()) ? next(event) : Promise.resolve())),
    didClose: (document, next) => (this.end(document) ? next(document) : Promise.resolve()),
  };

  has(uri: string): boolean {
    return this.uris.has(uri);
  }

  /** The settings have changed: which of the open documents are to be opened and closed for the sidecar. Taken as done. */
  follow(documents: readonly vscode.TextDocument[]): { readonly opened: readonly vscode.TextDocument[]; readonly closed: readonly vscode.TextDocument[] } {
    const closed = documents.filter((document) => this.whyOff(document) !== undefined && this.end(document));
    const opened = documents.filter((document) => !this.has(document.uri.toString()) && this.begin(document));
    return { opened, closed };
  }

  private begin(document: vscode.TextDocument): boolean {
    if (this.whyOff(document) !== undefined) return false;
    this.uris.add(document.uri.toString());
    return true;
  }

  private end(document: vscode.TextDocument): boolean {
    return this.uris.delete(document.uri.toString());
  }
}
