// Owns the sidecar's own parse of one document, for clients that send no structure or not yet that of this version.
// Parses only when asked; edits are noted and applied before the next parse. Shares its parser with the extension.
import type { Grammar } from "../../grammars/grammars";
import { SyntaxTree, type SyntaxChange } from "../../grammars/syntaxTree";
import { limits } from "../base/limits";
import type { StructureSpan } from "../protocol/data";
import type { Delta } from "../text/delta";
import type { Utf16Offset } from "../text/frames";

/** The grammar of a language, where there is one and it is loaded. */
export type GrammarSource = (languageId: string) => Grammar | undefined;

export class OwnStructure {
  private tree: SyntaxTree | undefined;
  private pending: SyntaxChange[] = [];

  constructor(private readonly languageId: string, private readonly grammars: GrammarSource) {}

  /** Notes an edit; the parse waits until somebody asks. */
  note(delta: Delta): void {
    if (this.tree === undefined) return;
    // Where nobody asks any more, because the client sends structure itself, a parse anew is cheaper than what waits.
    if (limits.pendingSyntaxEditsMax <= this.pending.length) return this.close();
    // From the last run to the first, so that each is still in the frame of the text before.
    for (const run of delta.touched().toReversed()) {
      this.pending.push({ startUtf16: run.old.start, endUtf16: run.old.end, text: run.text });
    }
  }

  /** The spans of `text`, which is what the noted edits led to; undefined where the language has no grammar at hand. */
  spansOf(text: string): readonly StructureSpan[] | undefined {
    return this.treeOf(text, limits.parsedUtf16Max)?.spans(limits.structureSpansMax);
  }

  /** Those of the spans of `text` that lie around `offset`, outer before inner. */
  spansAround(text: string, offset: Utf16Offset): readonly StructureSpan[] {
    return this.treeOf(text, limits.parsedUtf16Max)?.around(offset) ?? [];
  }

  /**
   * Says for a text put in place of `startUtf16`..`endUtf16` of `text` how many syntax errors more there would be than without it;
   * undefined where that can't be told soon enough.
   */
  errorWatch(text: string, startUtf16: number): ((endUtf16: number, suggested: string) => number) | undefined {
    const tree = this.treeOf(text, limits.syntaxCheckedUtf16Max);
    if (tree === undefined) return undefined;
    const before = tree.errorsWith({ startUtf16, endUtf16: startUtf16, text: "" });
    return (endUtf16, suggested) => tree.errorsWith({ startUtf16, endUtf16, text: suggested }) - before;
  }

  private treeOf(text: string, utf16Max: number): SyntaxTree | undefined {
    const grammar = this.grammars(this.languageId);
    if (grammar === undefined || utf16Max < text.length) return undefined;
    if (this.tree === undefined) this.tree = SyntaxTree.parse(grammar, text);
    else this.tree.edit(this.pending);
    this.pending = [];
    return this.tree;
  }

  /** Frees what the parser holds outside the heap. */
  close(): void {
    this.tree?.delete();
    this.tree = undefined;
    this.pending = [];
  }
}
