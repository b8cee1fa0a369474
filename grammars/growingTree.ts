// Owns the syntax trees of a text that grows at its end and is cut back: one tree a version, each parsed with the help of
// the one before. Knows no tokens; the caller says which text a version has.
import { Edit, Parser, type Node, type Tree } from "web-tree-sitter";
import type { Grammar } from "./grammars";
import { productionsOf, type ProductionRole } from "./productions";
import { origin, pointAfter } from "./syntaxTree";

/** A watched production, named as its node type. */
export interface Production {
  readonly name: string;
  readonly role: ProductionRole;
}

interface Version {
  readonly text: string;
  readonly tree: Tree;
}

export class GrowingTree {
  private readonly parser = new Parser();
  private readonly versions: Version[] = [];

  private constructor(grammar: Grammar, private readonly productions: ReadonlyMap<string, ProductionRole>) {
    this.parser.setLanguage(grammar.language);
  }

  /** Undefined where the grammar has no table of productions. Pairs with `delete()`: it holds memory outside the JavaScript heap. */
  static of(grammar: Grammar): GrowingTree | undefined {
    const productions = productionsOf(grammar.name);
    return productions === undefined ? undefined : new GrowingTree(grammar, productions);
  }

  get versionCount(): number {
    return this.versions.length;
  }

  /**
   * Adds a version with `text`, whatever of the latest one it keeps. The tree is a function of the texts of all versions so
   * far: broken text may be recovered otherwise than by a parse from scratch.
   */
  push(text: string): void {
    const latest = this.versions.at(-1);
    const edited = latest === undefined ? null : editedCopy(latest, text);
    const tree = this.parser.parse(text, edited);
    edited?.delete();
    // A parse without a limit ends.
    if (tree === null) throw new Error("the parser gave no tree");
    this.versions.push({ text, tree });
  }

  /** Goes back to the first `count` versions. */
  truncate(count: number): void {
    for (const { tree } of this.versions.splice(count)) tree.delete();
  }

  /** The outermost watched production that begins at `startUtf16` of the latest version. */
  productionAt(startUtf16: number): Production | undefined {
    const latest = this.versions.at(-1);
    if (latest === undefined) return undefined;
    let found: Production | undefined;
    let node: Node | null = latest.tree.rootNode.descendantForIndex(startUtf16);
    for (; node !== null && node.startIndex === startUtf16; node = node.parent) {
      const role = this.productions.get(node.type);
      if (role !== undefined) found = { name: node.type, role };
    }
    return found;
  }

  /** Frees all trees; nothing else may be called afterwards. */
  delete(): void {
    this.truncate(0);
    this.parser.delete();
  }
}

/** The tree of `version`, told of what `text` changes between their common start and the end. */
function editedCopy(version: Version, text: string): Tree {
  const old = version.text;
  const end = Math.min(old.length, text.length);
  let startIndex = 0;
  while (startIndex < end && old.charCodeAt(startIndex) === text.charCodeAt(startIndex)) startIndex += 1;
  const startPosition = pointAfter(origin, old, 0, startIndex);
  const tree = version.tree.copy();
  tree.edit(new Edit({
    startIndex,
    oldEndIndex: old.length,
    newEndIndex: text.length,
    startPosition,
    oldEndPosition: pointAfter(startPosition, old, startIndex, old.length),
    newEndPosition: pointAfter(startPosition, text, startIndex, text.length),
  }));
  return tree;
}
