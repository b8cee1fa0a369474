// Owns when a plan may keep what the fresh part of a prompt holds: the lines before the cursor, which lean on all the rest.
// Pure: reads lengths alone.
import { joined, type Plan, type Section } from "./plan";

/** Indices of tokens: the fresh part's first, and the first behind the suffix's sentinel where there is one. */
export interface FreshPart {
  readonly freshFrom: number;
  readonly suffixFrom: number | undefined;
}

/**
 * `plan`, with kept cells of the fresh part read again in place: those behind a change in it, and all of them where the
 * cursor has jumped. An alignment finds there the same tokens of another place, or lines that were read with the text behind
 * them that stands before the cursor now; both cost far more than their tokens are worth (docs/notes/05).
 */
export function withFreshPart(plan: Plan, { freshFrom, suffixFrom }: FreshPart): Plan {
  let position = 0;
  let isRead = suffixFrom !== undefined && hasJumped(plan, suffixFrom);
  const sections = plan.sections.flatMap((section): readonly Section[] => {
    const { kind, length } = section;
    const start = position;
    if (kind !== "delete") position += length;
    if (position <= freshFrom) return [section];
    if (kind === "keep" && isRead) return split(length, freshFrom - start);
    isRead ||= kind !== "keep";
    return [section];
  });
  return { sections: joined(sections) };
}

/** A kept run of which only the first `keptMax` cells stay as they are. */
function split(length: number, keptMax: number): readonly Section[] {
  const kept = Math.max(0, keptMax);
  const reread: Section = { kind: "reread", length: length - kept };
  return kept === 0 ? [reread] : [{ kind: "keep", length: kept }, reread];
}

/** Whether text has changed sides at the cursor: the suffix's sentinel has moved, or much is new or gone right behind it. */
export function hasJumped(plan: Plan, suffixFrom: number): boolean {
  let position = 0;
  let changedTokens = 0;
  let sentinelStays = false;
  for (const { kind, length } of plan.sections) {
    const start = position;
    if (kind !== "delete") position += length;
    if (kind === "keep") sentinelStays ||= start < suffixFrom && suffixFrom <= position;
    else if (kind === "delete" ? start === suffixFrom : start <= suffixFrom && suffixFrom < position) changedTokens += length;
  }
  return !sentinelStays || jumpTokensMin <= changedTokens;
}

/** Fewer tokens than these are a bracket that was typed over, or a word that goes on behind the cursor. */
const jumpTokensMin = 8;
