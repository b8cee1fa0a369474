// Owns whether a place in a text is code to Tree-sitter. Knows no case and no method.
import type { Node } from "web-tree-sitter";
import type { Grammar } from "../../../grammars/grammars";
import { parsedOnce } from "../../../grammars/parsedOnce";

/** Whether the character at an offset stands in a string or a comment. */
export function isProse(grammar: Grammar, text: string, offsetUtf16: number): boolean {
  return parsedOnce(grammar, text, (root) => {
    for (let node: Node | null = root.descendantForIndex(offsetUtf16); node !== null; node = node.parent) {
      if (/comment|string|template/.test(node.type)) return true;
    }
    return false;
  });
}
