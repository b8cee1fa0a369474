// Owns which stale cells a completion is about to depend on: turns a policy's sources into runs of the prompt, the most
// useful first. Pure: reads the document and the prompt; how many are read again, and how, is the plan's affair.
import { unreachable } from "../base/assert";
import { keptRuns, type Patch } from "../cache/patch";
import type { PlanTotals } from "../cache/plan";
import type { Reread } from "../cache/reread";
import { tokenRangesOf, type Prompt } from "../prompt/layout";
import type { StructureSpan } from "../protocol/data";
import { tokenIndex, utf16, type Range, type TokenIndex, type Utf16Offset } from "../text/frames";
import type { TokenRope } from "../tokens/rope";
import type { ChangedNames } from "./changedNames";
import { nearestLines } from "./nearestLines";
import type { Repair, RepairOccasion, RepairRule, RepairSource } from "./policy";

/** What a repair looks at besides prompt and cells. */
export interface RepairScene {
  readonly rope: TokenRope;
  readonly text: string;
  readonly cursor: Utf16Offset;
  /** Functions and classes around the cursor, the innermost first. */
  readonly around: readonly StructureSpan[];
  readonly changed: ChangedNames;
  /** Whether the cursor is elsewhere in the text than where the cells were last read for. */
  readonly jumped: boolean;
}

/** What a change of `own` is to a repair. */
export function occasionOf(jumped: boolean, { tokensEncoded, cellsDeleted }: Pick<PlanTotals, "tokensEncoded" | "cellsDeleted">): RepairOccasion {
  if (jumped) return "jump";
  // The last token is always read again, for its logits; where lines are joined, a few tokens beside the seam are.
  const deletes = tokensEncoded < cellsDeleted && seamShare * (tokensEncoded - 1) <= cellsDeleted - 1;
  return deletes ? "deletion" : "text";
}

/** What of `rule` such an occasion asks for. */
export function repairAfter(rule: RepairRule, occasion: RepairOccasion, { tokensEncoded }: Pick<PlanTotals, "tokensEncoded">): Repair {
  const repair = rule[occasion];
  return occasion === "text" ? { ...repair, tokensMax: Math.max(repair.tokensMax, Math.floor(tokensEncoded / changeShare)) } : repair;
}

/** A change that deletes this many times what it reads is a deletion. */
const seamShare = 4;
/** A large change may be repaired by as much as this share of what it reads: it takes its time anyway. */
const changeShare = 4;

/** What of `prompt` is to be read again, `tokensMax` tokens at most; `patch` is what would bring the cells to it without. */
export function rereadFor(
  sources: readonly RepairSource[], tokensMax: number, scene: RepairScene, prompt: Prompt, patch: Patch, gapTokensMin: number,
): Reread {
  return { ranges: rangesInOrder(sources, scene, prompt, patch), tokensMax, gapTokensMin };
}

/** One source after the other, as far as somebody asks: to look for names takes its time. */
function* rangesInOrder(sources: readonly RepairSource[], scene: RepairScene, prompt: Prompt, patch: Patch): Generator<Range<TokenIndex>> {
  for (const source of sources) yield* rangesOf(source, scene, prompt, patch);
}

function rangesOf(source: RepairSource, scene: RepairScene, prompt: Prompt, patch: Patch): Iterable<Range<TokenIndex>> {
  switch (source.kind) {
    case "near":
      return near(prompt, scene.cursor, source.tokensBefore, source.tokensAfter);
    case "last":
      return lastOfMiddle(prompt, source.tokens);
    case "seams":
      return seams(patch, source.tokens);
    case "headers":
      return tokenRangesOf(prompt, scene.rope, scene.around.map((span) => headerOf(scene.text, span)));
    case "names":
      return linesWithChangedNames(scene, prompt);
    default:
      return unreachable(source);
  }
}

/** The last tokens before the fresh part's text, and the first of the text after the cursor. */
function near(prompt: Prompt, cursor: Utf16Offset, tokensBefore: number, tokensAfter: number): readonly Range<TokenIndex>[] {
  const fresh = prompt.segments.find(({ start }) => prompt.freshFrom <= start);
  const anchor = fresh?.text.start ?? cursor;
  const before = prompt.segments.find(({ start, text }) => start < prompt.freshFrom && text.end === anchor);
  const after = prompt.segments.find(({ start, text }) => start < prompt.freshFrom && text.start === cursor);
  return [
    ...(before === undefined ? [] : nearestFirst(Math.max(before.start, before.end - tokensBefore), before.end)),
    ...(after === undefined ? [] : [{ start: after.start, end: tokenIndex(Math.min(after.end, after.start + tokensAfter)) }]),
  ];
}

/** The sentinel, which says in one cell what stands around the middle, and the last tokens before the cursor. */
function lastOfMiddle({ tokens, freshFrom, middleFrom }: Prompt, count: number): readonly Range<TokenIndex>[] {
  const start = Math.max(middleFrom ?? freshFrom, tokens.length - count);
  const sentinel = middleFrom === undefined ? [] : [{ start: middleFrom, end: tokenIndex(middleFrom + 1) }];
  return [...sentinel, ...nearestFirst(start, tokens.length)];
}

/** Short runs from the end on: a budget that ends amid them has gone to those nearest to the cursor. */
function nearestFirst(start: number, end: number): readonly Range<TokenIndex>[] {
  const ranges: Range<TokenIndex>[] = [];
  for (let to = end; start < to; to -= runTokens) ranges.push({ start: tokenIndex(Math.max(start, to - runTokens)), end: tokenIndex(to) });
  return ranges;
}

const runTokens = 8;

function seams(patch: Patch, tokens: number): readonly Range<TokenIndex>[] {
  return keptRuns(patch).filter(({ heldStart, start }) => 0 < heldStart || 0 < start)
    .map(({ start, end }) => ({ start: tokenIndex(start), end: tokenIndex(Math.min(end, start + tokens)) }))
    // What stands nearest to the end of the prompt is nearest to what is written.
    .reverse();
}

/** From the span's first line to the one that opens its body; a few lines at most. */
function headerOf(text: string, span: StructureSpan): Range<Utf16Offset> {
  const start = span.startUtf16 === 0 ? 0 : text.lastIndexOf("\n", span.startUtf16 - 1) + 1;
  let end = start;
  for (let lines = 0; lines < headerLinesMax && end < span.endUtf16; lines += 1) {
    const newline = text.indexOf("\n", end);
    end = newline === -1 ? text.length : newline + 1;
    if (/[{:]\s*$/.test(text.slice(start, end))) break;
  }
  return { start: utf16(start), end: utf16(end) };
}

const headerLinesMax = 6;

function linesWithChangedNames({ rope, text, cursor, changed }: RepairScene, prompt: Prompt): Iterable<Range<TokenIndex>> {
  const parts = prompt.segments.filter(({ start }) => start < prompt.freshFrom).map((segment) => segment.text);
  return tokenRangesOf(prompt, rope, nearestLines(text, cursor, parts, (start, end) => changed.linesUsing(text, start, end)));
}
