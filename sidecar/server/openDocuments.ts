// Owns which documents the client has open, at which version, and whether the engine follows them. Holds no text.
// Knows no message: dispatch.ts asks it what a message means for a document.
import { limits } from "../base/limits";
import { RequestError } from "./requestError";
import type { SharedCompletion } from "./sharedCompletion";

/** following: the engine hears every change. excluded: it hears nothing. The others wait for the full text. */
export type Following = "following" | "outOfStep" | "tooLarge" | "excluded";

export const followingText: Readonly<Record<Following, string>> = {
  following: "in step",
  outOfStep: "out of step: close it and open it again to send its full text",
  excluded: "excluded",
  tooLarge: `too large: more than ${limits.documentUtf16Max} UTF-16 code units`,
};

export interface OpenDocument {
  readonly uri: string;
  readonly languageId: string;
  version: number;
  following: Following;
  /** The number of the fact that gave the engine its full text. */
  openedAt: number;
  /** Why the client has yet to be asked for its full text; undefined where it needn't be, or was. */
  textToAskFor: string | undefined;
  /** At most one, for all requests that ask the same: another one supersedes it, and so does a change. */
  completion: SharedCompletion | undefined;
}

export class OpenDocuments {
  private readonly documents = new Map<string, OpenDocument>();

  constructor(private readonly documentsMax: number = limits.openDocumentsMax) {}

  /** Undefined when there are as many as there may be. */
  open(uri: string, languageId: string, version: number): OpenDocument | undefined {
    const before = this.documents.get(uri);
    supersede(before);
    if (before === undefined && this.documents.size >= this.documentsMax) return undefined;
    const document: OpenDocument = { uri, languageId, version, following: "outOfStep", openedAt: 0, textToAskFor: undefined, completion: undefined };
    this.documents.set(uri, document);
    return document;
  }

  all(): readonly OpenDocument[] {
    return [...this.documents.values()];
  }

  get(uri: string): OpenDocument | undefined {
    return this.documents.get(uri);
  }

  /** @throws RequestError where the client hasn't opened it: an answer in LSP's terms, and nothing is lost. */
  mustBeOpen(uri: string): OpenDocument {
    const document = this.documents.get(uri);
    if (document === undefined) throw new RequestError("invalidParams", `${uri} is not open: send textDocument/didOpen first.`);
    return document;
  }

  close(uri: string): OpenDocument | undefined {
    const document = this.documents.get(uri);
    supersede(document);
    this.documents.delete(uri);
    return document;
  }
}

/** Whatever is on its way for the document was asked of a text that is no more, or that is no longer known. */
export function supersede(document: OpenDocument | undefined, why: "superseded" | "outOfStep" = "superseded"): void {
  document?.completion?.interrupt(why);
  if (document !== undefined) document.completion = undefined;
}
