// Owns spans of structure as plain data: their order and their bound. Knows no parser.

export type SpanKind = "function" | "class" | "block";

/** Half-open, in UTF-16 code units of the text that was parsed. */
export interface SyntaxSpan {
  readonly kind: SpanKind;
  readonly startUtf16: number;
  readonly endUtf16: number;
}

const kindRank: Readonly<Record<SpanKind, number>> = { class: 0, function: 1, block: 2 };

/** Outer before inner, else by start; the kinds of one range as class, function, block. */
export function compareSpans(a: SyntaxSpan, b: SyntaxSpan): number {
  return a.startUtf16 - b.startUtf16 || b.endUtf16 - a.endUtf16 || kindRank[a.kind] - kindRank[b.kind];
}

/** Sorts spans, leaves out doubles, and keeps at most `countMax`: the deepest go first, the last of one depth before the first. */
export function boundSpans(spans: readonly SyntaxSpan[], countMax: number): readonly SyntaxSpan[] {
  const sorted = [...spans].sort(compareSpans);
  const unique = sorted.filter((span, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareSpans(before, span) !== 0;
  });
  if (unique.length <= countMax) return unique;
  const depths = depthsOf(unique);
  const order = unique.map((span, index) => ({ span, index, depth: depths[index] ?? 0 }));
  order.sort((a, b) => a.depth - b.depth || a.index - b.index);
  return order
    .slice(0, countMax)
    .sort((a, b) => a.index - b.index)
    .map(({ span }) => span);
}

/** For each of sorted spans, how many contain it. Spans of one tree nest, so the open ones form a stack. */
function depthsOf(sorted: readonly SyntaxSpan[]): readonly number[] {
  const openEnds: number[] = [];
  return sorted.map((span) => {
    for (let last = openEnds.at(-1); last !== undefined && last <= span.startUtf16; last = openEnds.at(-1)) openEnds.pop();
    openEnds.push(span.endUtf16);
    return openEnds.length - 1;
  });
}
