// Owns how broken a text is to Tree-sitter: the nodes it had to skip or make up. Knows no case and no method.
import { Parser, type Node } from "web-tree-sitter";
import type { Grammar } from "../../../grammars/grammars";

/** Error and missing nodes of a text parsed from scratch, those inside an error too: a beginning of a file is often one large error. */
export function countSyntaxErrors(grammar: Grammar, text: string): number {
  return parsed(grammar, text, (root) => errorsBelow(root));
}

/** Whether the character at an offset stands in a string or a comment. */
export function isProse(grammar: Grammar, text: string, offsetUtf16: number): boolean {
  return parsed(grammar, text, (root) => {
    for (let node: Node | null = root.descendantForIndex(offsetUtf16); node !== null; node = node.parent) {
      if (/comment|string|template/.test(node.type)) return true;
    }
    return false;
  });
}

function parsed<Result>(grammar: Grammar, text: string, read: (root: Node) => Result): Result {
  const parser = new Parser();
  try {
    parser.setLanguage(grammar.language);
    const tree = parser.parse(text);
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

function errorsBelow(node: Node): number {
  if (node.isMissing) return 1;
  if (!node.hasError) return 0;
  return node.children.reduce((sum, child) => sum + errorsBelow(child), node.isError ? 1 : 0);
}
