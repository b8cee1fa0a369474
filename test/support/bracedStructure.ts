// Owns the structure of texts with braces for tests, by their keywords: no parser is needed to say what a case means.
import type { StructureSpan } from "../../sidecar/protocol/data";

/** Each pair of braces is a block; behind `class` or `function` (or `=>`) on its line it is the body of one. Sorted, outer before inner. */
export function bracedStructure(text: string): readonly StructureSpan[] {
  const spans: StructureSpan[] = [];
  const open: number[] = [];
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    if (brace === "{") {
      open.push(index);
      continue;
    }
    const start = open.pop();
    if (start === undefined) continue;
    const endUtf16 = index + 1;
    const lineStart = text.lastIndexOf("\n", start) + 1;
    const keyword = /\b(class|function)\b/.exec(text.slice(lineStart, start));
    spans.push({ kind: "block", startUtf16: start, endUtf16 });
    if (keyword !== null) {
      spans.push({ kind: keyword[1] === "class" ? "class" : "function", startUtf16: lineStart + keyword.index, endUtf16 });
    }
  }
  return spans.sort((a, b) => a.startUtf16 - b.startUtf16 || b.endUtf16 - a.endUtf16);
}
