// Owns the syntax trees of the documents in view and sends the structure of their newest version, and of no other.
// Parses in short slices after the change event, never in it. Knows no editor: it is given views, a timer and a sender.
import type { Grammar } from "../../../grammars/grammars";
import type { SyntaxSpan } from "../../../grammars/spans";
import { SyntaxTree, type SyntaxChange } from "../../../grammars/syntaxTree";
import { limits } from "../limits";

/** A document as it is whenever it is asked. */
export interface DocumentView {
  readonly uri: string;
  readonly languageId: string;
  version(): number;
  text(): string;
  lengthUtf16(): number;
}

export interface StructureParts {
  readonly loadGrammar: (languageId: string) => Promise<Grammar | undefined>;
  readonly send: (uri: string, version: number, spans: readonly SyntaxSpan[]) => void;
  readonly log: (line: string) => void;
  readonly nowMs: () => number;
  readonly later: (delayMs: number, action: () => void) => void;
}

interface Entry {
  readonly view: DocumentView;
  grammar: Grammar | undefined;
  tree: SyntaxTree | undefined;
  /** Changes since the tree's text, each to the result of the one before. */
  pending: SyntaxChange[];
  sentVersion: number | undefined;
  scheduled: boolean;
}

export class Structures {
  /** In order of use, the least recent first. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly parts: StructureParts) {}

  /** The document is in view: its structure is sent soon. */
  show(view: DocumentView): void {
    const known = this.entries.get(view.uri);
    if (known !== undefined && known.view.languageId === view.languageId) {
      this.use(known);
      this.schedule(known, 0);
      return;
    }
    this.forget(view.uri);
    const entry: Entry = { view, grammar: undefined, tree: undefined, pending: [], sentVersion: undefined, scheduled: false };
    this.entries.set(view.uri, entry);
    for (const [uri] of this.entries) if (limits.treesMax < this.entries.size) this.forget(uri);
    void this.parts.loadGrammar(view.languageId).then((grammar) => {
      if (grammar === undefined || !this.isCurrent(entry)) return;
      entry.grammar = grammar;
      this.schedule(entry, 0);
    });
  }

  /** The document has changed. Its view gives the text after these changes. */
  change(uri: string, changes: readonly SyntaxChange[]): void {
    const entry = this.entries.get(uri);
    if (entry === undefined) return;
    this.use(entry);
    if (entry.tree !== undefined) entry.pending.push(...changes);
    this.schedule(entry, limits.parseDelayMs);
  }

  forget(uri: string): void {
    this.entries.get(uri)?.tree?.delete();
    this.entries.delete(uri);
  }

  /** Whoever receives the structure has forgotten it: all of it, or that of one document. */
  sendAgain(uri?: string): void {
    for (const entry of this.entries.values()) {
      if (uri !== undefined && entry.view.uri !== uri) continue;
      entry.sentVersion = undefined;
      this.schedule(entry, 0);
    }
  }

  dispose(): void {
    for (const uri of [...this.entries.keys()]) this.forget(uri);
  }

  private use(entry: Entry): void {
    this.entries.delete(entry.view.uri);
    this.entries.set(entry.view.uri, entry);
  }

  private isCurrent(entry: Entry): boolean {
    return this.entries.get(entry.view.uri) === entry;
  }

  private schedule(entry: Entry, delayMs: number): void {
    if (entry.scheduled || entry.grammar === undefined) return;
    entry.scheduled = true;
    this.parts.later(delayMs, () => {
      entry.scheduled = false;
      if (this.isCurrent(entry)) this.work(entry);
    });
  }

  /** One slice. A document that goes on changing starts it again with the newest text. */
  private work(entry: Entry): void {
    const { view, grammar } = entry;
    const version = view.version();
    if (grammar === undefined || entry.sentVersion === version) return;
    if (limits.parseUtf16Max < view.lengthUtf16()) {
      entry.tree?.delete();
      entry.tree = undefined;
      return;
    }
    const tree = this.treeOf(entry, grammar);
    const untilMs = this.parts.nowMs() + limits.parseSliceMs;
    if (!tree.advance(() => untilMs <= this.parts.nowMs())) {
      this.schedule(entry, 0);
      return;
    }
    entry.sentVersion = version;
    this.parts.send(view.uri, version, tree.spans(limits.structureSpansMax));
  }

  /** The tree of the document's text as it is, by its pending changes where that works out. */
  private treeOf(entry: Entry, grammar: Grammar): SyntaxTree {
    const pending = entry.pending;
    entry.pending = [];
    if (entry.tree !== undefined) {
      if (fits(entry.tree, pending) && entry.tree.lengthUtf16() === entry.view.lengthUtf16()) return entry.tree;
      this.parts.log(`Structure: the changes of ${entry.view.languageId} version ${entry.view.version()} don't fit; parsed anew.`);
      entry.tree.delete();
    }
    entry.tree = SyntaxTree.begin(grammar, entry.view.text());
    return entry.tree;
  }
}

/** Applies the changes; false where one lies outside the text. */
function fits(tree: SyntaxTree, changes: readonly SyntaxChange[]): boolean {
  try {
    tree.change(changes);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
