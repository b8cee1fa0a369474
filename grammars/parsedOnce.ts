// Owns a look at the tree of a text that is parsed from scratch and not kept.
import { Parser, type Node } from "web-tree-sitter";
import type { Grammar } from "./grammars";

/** What `read` finds in the tree of a text, which is freed again. */
export function parsedOnce<Result>(grammar: Grammar, text: string, read: (root: Node) => Result): Result {
  const parser = new Parser();
  try {
    parser.setLanguage(grammar.language);
    const tree = parser.parse(text);
    // A parse without a limit ends.
    if (tree === null) throw new Error("the parser gave no tree");
    try {
      return read(tree.rootNode);
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}
