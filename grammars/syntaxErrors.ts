// Owns how broken a text is to Tree-sitter: the nodes that it had to skip or make up.
import type { Node } from "web-tree-sitter";
import type { Grammar } from "./grammars";
import { parsedOnce } from "./parsedOnce";

/** Error and missing nodes of a text parsed from scratch, those inside an error too: a beginning of a file is often one large error. */
export function countSyntaxErrors(grammar: Grammar, text: string): number {
  return parsedOnce(grammar, text, errorsBelow);
}

export function errorsBelow(node: Node): number {
  if (node.isMissing) return 1;
  if (!node.hasError) return 0;
  return node.children.reduce((sum, child) => sum + errorsBelow(child), node.isError ? 1 : 0);
}
