// Owns how a window is made new: what of a text that is too long is shown around a cursor. Over structure it holds whole
// constructs, the nearest first; without, leaves around the cursor; of a line that is too long alone, a part. Pure.
import { at } from "../base/assert";
import type { StructureSpan } from "../protocol/data";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import { pairStart } from "../text/surrogates";
import { utf16AfterBytes, utf8Length } from "../text/utf8";
import type { TokenRope } from "../tokens/rope";
import { tokensWithin } from "../tokens/tokenCount";
import { Constructs, type Outline } from "./constructs";
import { grownDown, grownUp } from "./growth";
import { landmarksFor } from "./landmarks";
import type { Window } from "./window";

/** Share of the budget that goes to the text before the cursor while both sides have enough. */
const beforeShare = 2 / 3;
/** A new window leaves this share of the budget free, so that typing doesn't overflow it at once. */
const slackShare = 0.15;
/** Share of the budget that the landmarks may take. */
const landmarksShare = 0.15;
/** With less than this share of what it may hold, a window takes a part of the classes beside it: whole members. */
const fullShare = 0.85;

/** A new window for `cursor`, in a text of more than `budgetTokens` tokens; at most that many, and some of them left free. */
export function freshWindow(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, outline: Outline | undefined): Window {
  const usableTokens = Math.floor(budgetTokens * (1 - slackShare));
  if (outline === undefined || outline.spans.length === 0) return plainWindow(rope, cursor, usableTokens);
  const constructs = new Constructs(outline);
  const line = constructs.lineRange(cursor);
  const landmarksMax = Math.floor(usableTokens * landmarksShare);
  if (usableTokens - landmarksMax < tokensWithin(rope, line, usableTokens)) return plainWindow(rope, cursor, usableTokens);
  const home = homeOf(rope, constructs, cursor, usableTokens - landmarksMax) ?? line;
  const fitting = new Fitting(rope, constructs, home, usableTokens, landmarksMax);
  const strict = fitting.fitted(false);
  const loose = fullShare * usableTokens <= strict.tokens ? strict : fitting.fitted(true);
  const { range, landmarks } = strict.tokens < loose.tokens ? loose : strict;
  return { ...range, landmarks, fit: { home, tokens: tokensWithin(rope, range, budgetTokens) } };
}

/** The largest construct around the cursor that fits: it is shown whole. Undefined where there is none. */
function homeOf(rope: TokenRope, constructs: Constructs, cursor: Utf16Offset, tokensMax: number): Range<Utf16Offset> | undefined {
  const ranges = constructs.around(cursor).map((span) => constructs.wholeLines(span));
  return ranges.find((range) => range.start <= cursor && cursor <= range.end && tokensWithin(rope, range, tokensMax) <= tokensMax);
}

interface Fitted {
  readonly range: Range<Utf16Offset>;
  readonly landmarks: readonly Range<Utf16Offset>[];
  /** Of the range and the landmarks together. */
  readonly tokens: number;
}

/** Grows a window from its home outwards by whole constructs. */
class Fitting {
  /** What is known of how much a construct takes. */
  private readonly exceeds = new Map<StructureSpan, boolean>();

  constructor(
    private readonly rope: TokenRope,
    private readonly constructs: Constructs,
    private readonly home: Range<Utf16Offset>,
    private readonly tokensMax: number,
    private readonly landmarksMax: number,
  ) {}

  /** `inClasses` lets a cut go between the members of a class. */
  fitted(inClasses: boolean): Fitted {
    const mayCut = (span: StructureSpan): boolean => (inClasses && span.kind === "class") || this.mustCut(span);
    const free = this.tokensMax - this.landmarksMax - this.count(this.home);
    const start = this.up(this.home.start, Math.floor(free * beforeShare), mayCut);
    const end = this.down(this.home.end, free - this.count({ start, end: this.home.start }), mayCut);
    // What the landmarks and whole constructs left free goes to the side that has a use for it.
    const landmarks = this.landmarks(start);
    const left = this.tokensMax - this.count({ start, end }) - this.countAll(landmarks);
    const wideStart = this.up(start, left, mayCut);
    const wideEnd = this.down(end, left - this.count({ start: wideStart, end: start }), mayCut);
    const range = { start: wideStart, end: wideEnd };
    const landmarksNow = wideStart === start ? landmarks : this.landmarks(wideStart);
    return { range, landmarks: landmarksNow, tokens: this.count(range) + this.countAll(landmarksNow) };
  }

  private landmarks(start: Utf16Offset): readonly Range<Utf16Offset>[] {
    return landmarksFor(this.rope, this.constructs, start, this.landmarksMax);
  }

  private up(from: Utf16Offset, tokensMax: number, mayCut: (span: StructureSpan) => boolean): Utf16Offset {
    const grown = grownUp(this.rope, this.constructs.lines, from, tokensMax);
    return this.constructs.snappedDown(grown, from, mayCut);
  }

  private down(from: Utf16Offset, tokensMax: number, mayCut: (span: StructureSpan) => boolean): Utf16Offset {
    const grown = grownDown(this.rope, this.constructs.lines, from, tokensMax);
    return this.constructs.snappedUp(grown, from, mayCut);
  }

  /** A construct around the home is larger than what fits; another is cut only where it alone is. */
  private mustCut(span: StructureSpan): boolean {
    const { start, end } = this.home;
    if (span.startUtf16 < end && start < span.endUtf16) return true;
    const known = this.exceeds.get(span);
    if (known !== undefined) return known;
    const exceeds = this.tokensMax < this.count(this.constructs.wholeLines(span));
    this.exceeds.set(span, exceeds);
    return exceeds;
  }

  private count(range: Range<Utf16Offset>): number {
    return tokensWithin(this.rope, range, this.tokensMax);
  }

  private countAll(ranges: readonly Range<Utf16Offset>[]): number {
    return ranges.reduce((sum, range) => sum + this.count(range), 0);
  }
}

/** Grows from the cursor's leaf outwards by whole leaves; a leaf too long for that is cut around the cursor. */
function plainWindow(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number): Window {
  const leaf = rope.leafAt(cursor);
  const home = { start: rope.startOf(leaf), end: rope.startOf(leaf + 1) };
  const homeTokens = tokensWithin(rope, home, budgetTokens);
  if (budgetTokens < homeTokens) return cutLeaf(rope, cursor, budgetTokens);
  const free = budgetTokens - homeTokens;
  const after = tokensWithin(rope, { start: home.end, end: grownDown(rope, undefined, home.end, free) }, free);
  const wantedBefore = Math.max(Math.floor(free * beforeShare), free - after);
  const start = grownUp(rope, undefined, home.start, wantedBefore);
  const before = tokensWithin(rope, { start, end: home.start }, free);
  return { start, end: grownDown(rope, undefined, home.end, free - before) };
}

/** A window inside one long leaf. A token has at least one byte, so the cut text fits the budget. */
function cutLeaf(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number): Window {
  const home = rope.leafAt(cursor);
  const homeStart = rope.startOf(home);
  const { text } = at(rope.leaves, home);
  const inLeaf = utf16(cursor - homeStart);
  const start = reachedBack(text, inLeaf, Math.floor(budgetTokens * beforeShare));
  const end = utf16AfterBytes(text, inLeaf, budgetTokens - utf8Length(text.slice(start, inLeaf)));
  return { start: utf16(homeStart + start), end: utf16(homeStart + end) };
}

/** Where at most `bytes` bytes of `text` before `end` begin. */
function reachedBack(text: string, end: Utf16Offset, bytes: number): Utf16Offset {
  const farthest = utf16(pairStart(text, Math.max(0, end - bytes)));
  const tooMany = utf8Length(text.slice(farthest, end)) - bytes;
  // A character has up to four bytes: three more make up for the one that the last byte too many cuts.
  return tooMany <= 0 ? farthest : utf16(Math.min(end, utf16AfterBytes(text, farthest, tooMany + 3)));
}
