// Owns the texts of the open documents of those languages that a language server of ours serves, each at its version, on the
// thread that speaks with the servers. Knows no server: who holds no text here can't be asked for it.
import { limits } from "../base/limits";
import type { ChangeEvent, PositionEncoding, SessionEvent } from "../session/events";
import { TextDocument } from "../text/document";

interface Mirrored {
  readonly document: TextDocument;
  /** The texts before, the oldest first: a completion that is being written while one types is asked about the text that it began with. */
  readonly past: { readonly version: number; readonly text: string }[];
}

export class DocumentMirror {
  private readonly documents = new Map<string, Mirrored>();

  constructor(private readonly encoding: PositionEncoding, private readonly isWanted: (languageId: string) => boolean) {}

  /** What it lost step with is let go of until its whole text comes again. */
  apply(event: SessionEvent): void {
    switch (event.kind) {
      case "open":
        this.documents.delete(event.uri);
        if (!this.isWanted(event.languageId) || limits.monitorDocumentsMax <= this.documents.size) return;
        if (event.text.length <= limits.monitorDocumentUtf16Max) {
          const document = new TextDocument(event.uri, event.languageId, event.version, event.text, this.encoding);
          this.documents.set(event.uri, { document, past: [] });
        }
        return;
      case "change":
        return this.change(event);
      case "close":
        this.documents.delete(event.uri);
        return;
      case "cursor":
      case "structure":
        return;
    }
  }

  get(uri: string): TextDocument | undefined {
    return this.documents.get(uri)?.document;
  }

  /** The document's text at a version of the recent past; undefined where it is not remembered. */
  textAt(uri: string, version: number): string | undefined {
    const mirrored = this.documents.get(uri);
    if (mirrored?.document.version === version) return mirrored.document.text;
    return mirrored?.past.find((text) => text.version === version)?.text;
  }

  all(): readonly TextDocument[] {
    return [...this.documents.values()].map(({ document }) => document);
  }

  private change(event: ChangeEvent): void {
    const mirrored = this.documents.get(event.uri);
    if (mirrored === undefined) return;
    const { document, past } = mirrored;
    past.push({ version: document.version, text: document.text });
    if (limits.monitorPastTextsMax < past.length) past.shift();
    const changed = document.change(event.version, event.changes);
    if (changed.kind !== "changed" || limits.monitorDocumentUtf16Max < document.text.length) this.documents.delete(event.uri);
  }
}
