// Owns what one language server has open: which text of which document it was shown last. Sends what changed and no more.
// Knows no version of ours: the server's versions count what it was shown.
import { splitsPair } from "../text/surrogates";
import { Lines } from "../text/lines";
import { utf16 } from "../text/frames";

export interface ShownText {
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
}

interface Shown {
  version: number;
  text: string;
}

/** What `textDocument/didChange` may hold, by the server's own word. */
export type SyncKind = "incremental" | "full";

export class ServerDocuments {
  private readonly shown = new Map<string, Shown>();
  sync: SyncKind = "full";

  constructor(private readonly notify: (method: string, params: unknown) => void) {}

  /** The server sees `text` from here on. */
  show({ uri, languageId, text }: ShownText): void {
    const shown = this.shown.get(uri);
    if (shown === undefined) {
      this.shown.set(uri, { version: 1, text });
      this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
      return;
    }
    if (shown.text === text) return;
    shown.version += 1;
    const change = this.sync === "full" ? { text } : changeBetween(shown.text, text);
    shown.text = text;
    this.notify("textDocument/didChange", { textDocument: { uri, version: shown.version }, contentChanges: [change] });
  }

  /** The server goes by what is on disk again. */
  close(uri: string): void {
    if (this.shown.delete(uri)) this.notify("textDocument/didClose", { textDocument: { uri } });
  }
}

/** One content change of LSP that leads from one text to the other: what lies between their common start and end. */
export function changeBetween(before: string, after: string): object {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  if (splitsPair(before, start) || splitsPair(after, start)) start -= 1;
  let same = 0;
  while (same < shorter - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same += 1;
  // A place between \r and \n can't be told in lines, nor one inside a pair.
  const isTorn = (): boolean => [before, after].some((text) => splitsPair(text, text.length - same)) || isTornEnding(before, before.length - same);
  while (0 < same && isTorn()) same -= 1;
  while (0 < start && isTornEnding(before, start)) start -= 1;
  const lines = Lines.of(before);
  const range = { start: lines.placeAt(utf16(start), "utf-16"), end: lines.placeAt(utf16(before.length - same), "utf-16") };
  return { range, text: after.slice(start, after.length - same) };
}

function isTornEnding(text: string, offset: number): boolean {
  return text.charAt(offset - 1) === "\r" && text.charAt(offset) === "\n";
}
