// Owns one document's text and syntax tree, kept equal to a parse from scratch under edits, and the spans read from it.
// Shared by the extension and the sidecar; knows neither, and counts in UTF-16 code units only.
import { Edit, Parser, type Node, type Point, type QueryOptions, type Tree } from "web-tree-sitter";
import type { Grammar } from "./grammars";
import { boundSpans, type SpanKind, type SyntaxSpan } from "./spans";
import { errorsBelow } from "./syntaxErrors";

/** One edit: `startUtf16`..`endUtf16` of the text before it is replaced by `text`. */
export interface SyntaxChange {
  readonly startUtf16: number;
  readonly endUtf16: number;
  readonly text: string;
}

export class SyntaxTree {
  private readonly parser: Parser;
  /** The last finished tree, edited by what came since; undefined until the first parse is done. */
  private tree: Tree | undefined;
  /** Whether `tree` is the parse of `text`. */
  private parsed = false;

  private constructor(
    private readonly grammar: Grammar,
    private text: string,
  ) {
    this.parser = new Parser();
    this.parser.setLanguage(grammar.language);
  }

  /** A tree that is parsed. Pairs with `delete()`, as does `begin`: both hold memory outside the JavaScript heap. */
  static parse(grammar: Grammar, text: string): SyntaxTree {
    const tree = SyntaxTree.begin(grammar, text);
    tree.advance(neverPause);
    return tree;
  }

  /** A tree that is not parsed yet: `advance` does it, in as many slices as the caller likes. */
  static begin(grammar: Grammar, text: string): SyntaxTree {
    return new SyntaxTree(grammar, text);
  }

  /**
   * Applies changes, each to the result of the one before, and parses again.
   * Law: wherever the text that results has no error, the tree equals that of `parse` of it. In a broken text the
   * parser may recover otherwise with the old tree at hand; once the text is whole again, so is the tree.
   */
  edit(changes: readonly SyntaxChange[]): void {
    this.change(changes);
    this.advance(neverPause);
  }

  /** As `edit`, without the parse. Throws a RangeError where a change lies outside the text. */
  change(changes: readonly SyntaxChange[]): void {
    if (changes.length === 0) return;
    // A parse that was paused is of an older text.
    this.parser.reset();
    this.parsed = false;
    for (const { startUtf16, endUtf16, text } of changes) {
      const edit = this.editOf(startUtf16, endUtf16, text);
      this.text = this.text.slice(0, startUtf16) + text + this.text.slice(endUtf16);
      this.tree?.edit(edit);
    }
  }

  /** Parses until done or until `pause` says so; gives true when the tree is that of the text. */
  advance(pause: () => boolean): boolean {
    if (this.parsed) return true;
    // The declaration of the callback lacks its result: true pauses the parse, and the next call resumes it.
    const progressCallback = pause as () => void;
    const tree = this.parser.parse(this.text, this.tree ?? null, { progressCallback });
    if (tree === null) return false;
    this.tree?.delete();
    this.tree = tree;
    this.parsed = true;
    return true;
  }

  /** At most `countMax` spans, sorted, outer before inner; where there are more, the innermost are left out. */
  spans(countMax: number): readonly SyntaxSpan[] {
    return boundSpans(this.captured(), countMax);
  }

  /** The spans that an offset lies in or at the end of, outer before inner: `startUtf16 < offset <= endUtf16`. Looks at no others. */
  around(offsetUtf16: number): readonly SyntaxSpan[] {
    // The library takes the limits of a query for bytes, of which a unit has two, though it gives nodes in units.
    const near = this.captured({ startIndex: 2 * Math.max(0, offsetUtf16 - 1), endIndex: 2 * (offsetUtf16 + 1) });
    const spans = near.filter((span) => span.startUtf16 < offsetUtf16 && offsetUtf16 <= span.endUtf16);
    return boundSpans(spans, spans.length);
  }

  /** Whether the parser had to skip or make up something that touches this range. */
  hasErrorIn(startUtf16: number, endUtf16: number): boolean {
    return hasErrorBelow(this.finished().rootNode, startUtf16, endUtf16);
  }

  /**
   * How many nodes the parser would have to skip or make up if `change` were made, those inside another one too. Changes nothing.
   * Throws a RangeError where the change lies outside the text.
   */
  errorsWith({ startUtf16, endUtf16, text }: SyntaxChange): number {
    const tree = this.finished().copy();
    try {
      tree.edit(this.editOf(startUtf16, endUtf16, text));
      const changed = this.parser.parse(this.text.slice(0, startUtf16) + text + this.text.slice(endUtf16), tree);
      // A parse without a limit ends.
      if (changed === null) throw new Error("the parser gave no tree");
      try {
        return errorsBelow(changed.rootNode);
      } finally {
        changed.delete();
      }
    } finally {
      tree.delete();
    }
  }

  /** The tree as an s-expression, for tests and reading. */
  print(): string {
    return this.finished().rootNode.toString();
  }

  lengthUtf16(): number {
    return this.text.length;
  }

  /** Frees the tree; nothing else may be called afterwards. */
  delete(): void {
    this.tree?.delete();
    this.tree = undefined;
    this.parsed = false;
    this.parser.delete();
  }

  private captured(within: QueryOptions = {}): readonly SyntaxSpan[] {
    return this.grammar.structure
      .captures(this.finished().rootNode, within)
      .map(({ name, node }) => ({ kind: kindOf(name), startUtf16: node.startIndex, endUtf16: node.endIndex }));
  }

  private editOf(startUtf16: number, endUtf16: number, text: string): Edit {
    if (!(0 <= startUtf16 && startUtf16 <= endUtf16 && endUtf16 <= this.text.length)) {
      throw new RangeError(`change ${startUtf16}..${endUtf16} is outside a text of ${this.text.length}`);
    }
    const startPosition = pointAfter(origin, this.text, 0, startUtf16);
    return new Edit({
      startIndex: startUtf16,
      oldEndIndex: endUtf16,
      newEndIndex: startUtf16 + text.length,
      startPosition,
      oldEndPosition: pointAfter(startPosition, this.text, startUtf16, endUtf16),
      newEndPosition: pointAfter(startPosition, text, 0, text.length),
    });
  }

  private finished(): Tree {
    if (this.tree === undefined || !this.parsed) throw new Error("the tree is read before it is parsed");
    return this.tree;
  }
}

const neverPause = (): boolean => false;
export const origin: Point = { row: 0, column: 0 };

/** The point reached from `from` by reading `text` between two offsets; columns are UTF-16 code units. */
export function pointAfter(from: Point, text: string, startUtf16: number, endUtf16: number): Point {
  let row = from.row;
  let lineStart = startUtf16 - from.column;
  for (;;) {
    const newline = text.indexOf("\n", Math.max(lineStart, startUtf16));
    if (newline === -1 || endUtf16 <= newline) return { row, column: endUtf16 - lineStart };
    row += 1;
    lineStart = newline + 1;
  }
}

function kindOf(capture: string): SpanKind {
  switch (capture) {
    case "function":
    case "class":
    case "block":
      return capture;
    default:
      throw new Error(`a structure query captures @${capture}; @function, @class and @block are known`);
  }
}

function hasErrorBelow(node: Node, startUtf16: number, endUtf16: number): boolean {
  if (!node.hasError) return false;
  // A missing node is empty: it touches the range where it stands in it or at its ends.
  if (endUtf16 < node.startIndex || node.endIndex < startUtf16) return false;
  if (node.isError || node.isMissing) return true;
  return node.children.some((child) => hasErrorBelow(child, startUtf16, endUtf16));
}
