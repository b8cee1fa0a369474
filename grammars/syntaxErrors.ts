// Owns how broken a text is to Tree-sitter: the nodes that it had to skip or make up.
import { Parser, type Node } from "web-tree-sitter";
import type { Grammar } from "./grammars";

/** Error and missing nodes of a text parsed from scratch, those inside an error too: a beginning of a file is often one large error. */
export function countSyntaxErrors(grammar: Grammar, text: string): number {
  return parsed(grammar, text, errorsBelow);
}

/** What `read` finds in the tree of a text, which is freed again. */
export function parsed<Result>(grammar: Grammar, text: string, read: (root: Node) => Result): Result {
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

export function errorsBelow(node: Node): number {
  if (node.isMissing) return 1;
  if (!node.hasError) return 0;
  return node.children.reduce((sum, child) => sum + errorsBelow(child), node.isError ? 1 : 0);
}
