// Owns how a plan is made to read stale cells again: kept runs give up the cells that a completion is about to depend on,
// within a budget. Pure: which cells those are is told from outside.
import { at } from "../base/assert";
import type { Outlook } from "./freshness";
import { joined, type Plan, type Section } from "./plan";

export interface Reread {
  /** Runs of the new cells, half-open, the most useful first; asked for while there are tokens left. */
  readonly ranges: Iterable<{ readonly start: number; readonly end: number }>;
  readonly tokensMax: number;
  /** Cells between two gaps are read too where they are fewer than this: a gap costs a call of the engine. */
  readonly gapTokensMin: number;
}

/**
 * `plan`, after which the cells are as `outlook` says, with kept cells read again in place, the first of `ranges` first,
 * until `tokensMax` are. What was encoded since anything before it changed isn't read again, though it may have been encoded
 * on stale cells: else every keystroke would repair what the one before has repaired.
 */
export function withRereads(plan: Plan, { isAged, exactEnd: staleFrom }: Outlook, { ranges, tokensMax, gapTokensMin }: Reread): Plan {
  const isEncoded = encodedBy(plan);
  let left = tokensMax;
  if (tokensMax <= 0) return plan;
  for (const { start, end } of ranges) {
    for (let index = Math.max(start, staleFrom); index < Math.min(end, isEncoded.length) && 0 < left; index += 1) {
      if (isEncoded[index] === 1 || isAged[index] === 0) continue;
      isEncoded[index] = 1;
      left -= 1;
    }
    if (left === 0) break;
  }
  if (left === tokensMax) return plan;
  closeGaps(isEncoded, staleFrom, gapTokensMin);
  return { sections: joined(plan.sections.reduce(splitter(isEncoded), { sections: [], position: 0 }).sections) };
}

/** For each new cell whether the plan encodes it. */
function encodedBy(plan: Plan): Uint8Array {
  const length = plan.sections.reduce((sum, { kind, length: count }) => sum + (kind === "delete" ? 0 : count), 0);
  const isEncoded = new Uint8Array(length);
  let position = 0;
  for (const { kind, length: count } of plan.sections) {
    if (kind === "encode" || kind === "reread") isEncoded.fill(1, position, position + count);
    if (kind !== "delete") position += count;
  }
  return isEncoded;
}

/** Marks kept runs that lie between two encoded ones, are shorter than `lengthMin` and not exact. */
function closeGaps(isEncoded: Uint8Array, staleFrom: number, lengthMin: number): void {
  let keptFrom = isEncoded.length;
  for (let index = staleFrom; index < isEncoded.length; index += 1) {
    if (isEncoded[index] === 0) {
      if (0 < index && isEncoded[index - 1] === 1) keptFrom = index;
    } else if (keptFrom < index && index - keptFrom < lengthMin) {
      isEncoded.fill(1, keptFrom, index);
    }
  }
}

interface Split {
  readonly sections: Section[];
  readonly position: number;
}

function splitter(isEncoded: Uint8Array): (split: Split, section: Section) => Split {
  return ({ sections, position }, section) => {
    if (section.kind === "delete") return { sections: [...sections, section], position };
    if (section.kind === "encode") return { sections: [...sections, section], position: position + section.length };
    const end = position + section.length;
    for (let start = position; start < end; ) {
      let runEnd = start + 1;
      while (runEnd < end && isEncoded[runEnd] === at(isEncoded, start)) runEnd += 1;
      const length = runEnd - start;
      sections.push({ kind: isEncoded[start] === 1 ? "reread" : "keep", length });
      start = runEnd;
    }
    return { sections, position: end };
  };
}
