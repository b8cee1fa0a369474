// Owns the way in for structure: triples of the wire become spans, no more of them than are kept. Pure.
import { boundSpans } from "../../grammars/spans";
import { limits } from "../base/limits";
import type { StructureSpan } from "../protocol/data";
import { structureKinds } from "../protocol/messages";

export function spansOf(triples: readonly number[]): readonly StructureSpan[] {
  const spans: StructureSpan[] = [];
  for (let index = 0; index + 2 < triples.length; index += 3) {
    const kind = structureKinds[triples[index] ?? -1];
    if (kind !== undefined) spans.push({ kind, startUtf16: triples[index + 1] ?? 0, endUtf16: triples[index + 2] ?? 0 });
  }
  // Kept in the client's order where they are few: sorting is for too many.
  return spans.length <= limits.structureSpansMax ? spans : boundSpans(spans, limits.structureSpansMax);
}
