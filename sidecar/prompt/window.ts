// Owns which part of a document the model sees when the whole doesn't fit its context. Pure, and moved seldom: a window
// that shifts with every keystroke would shift every cell.
import { at } from "../base/assert";
import type { TokenRope } from "../tokens/rope";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import { pairStart } from "../text/surrogates";
import { utf16AfterBytes, utf8Length } from "../text/utf8";

export type Window = Range<Utf16Offset>;

/** Share of the budget that goes to the text before the cursor while both sides have enough. */
const beforeShare = 2 / 3;
/** A new window leaves this share of the budget free, so that typing doesn't overflow it at once. */
const slackShare = 0.15;
/** An old window stays while this share of the budget lies between the cursor and each cut edge. */
const marginShare = 0.08;
/** A cut window that deletions left with less than this share of the budget is made new. */
const thinShare = 0.5;
/** By how much longer a new window must be for that. */
const worthMoving = 1.5;
/** A leaf of more units than this for each token of the budget is cut rather than tokenised whole. */
const unitsPerTokenMax = 4;

/** The window for a cursor at `cursor`: the previous one (in offsets of this text) while it serves, else a fresh one. */
export function windowFor(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, previous: Window | undefined): Window {
  if (budgetTokens <= 0) return { start: cursor, end: cursor };
  const usable = previous !== undefined && holds(rope, cursor, budgetTokens, previous) ? previous : undefined;
  const lacks = usable === undefined ? undefined : lacking(rope, cursor, budgetTokens, usable);
  if (usable !== undefined && lacks?.before === false && !lacks.after && !lacks.anywhere) return usable;
  const whole: Window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  if (tokensWithin(rope, whole, budgetTokens) <= budgetTokens) return whole;
  const fresh = freshWindow(rope, cursor, Math.floor(budgetTokens * (1 - slackShare)));
  if (usable === undefined) return fresh;
  // Beside a leaf that is too long to be taken in, a margin is lacking for good: only a window that mends it is worth the move.
  const isLonger = worthMoving * (usable.end - usable.start) < fresh.end - fresh.start;
  const mends = (lacks?.before === true && fresh.start < usable.start) || (lacks?.after === true && usable.end < fresh.end);
  return mends || (lacks?.anywhere === true && isLonger) ? fresh : usable;
}

function holds(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, window: Window): boolean {
  if (cursor < window.start || window.end < cursor || rope.lengthUtf16 < window.end) return false;
  return tokensWithin(rope, window, budgetTokens) <= budgetTokens;
}

interface Lacking {
  readonly before: boolean;
  readonly after: boolean;
  readonly anywhere: boolean;
}

/** On which side too little stands between the cursor and an edge that cuts the text, and whether the whole is too little. */
function lacking(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, window: Window): Lacking {
  const isCut = window.start !== 0 || window.end !== rope.lengthUtf16;
  const thinTokens = Math.floor(budgetTokens * thinShare);
  const marginTokens = Math.floor(budgetTokens * marginShare);
  const short = (start: Utf16Offset, end: Utf16Offset): boolean => tokensWithin(rope, { start, end }, marginTokens) < marginTokens;
  return {
    before: window.start !== 0 && short(window.start, cursor),
    after: window.end !== rope.lengthUtf16 && short(cursor, window.end),
    anywhere: isCut && tokensWithin(rope, window, thinTokens) < thinTokens,
  };
}

/** Tokens that `range` takes, counted no further than just above `enough`. A leaf is never read beyond what that needs. */
function tokensWithin(rope: TokenRope, range: Range<Utf16Offset>, enough: number): number {
  let tokens = 0;
  if (range.start === range.end) return 0;
  for (let index = rope.leafAt(range.start); index < rope.leaves.length && rope.startOf(index) < range.end; index += 1) {
    const start = utf16(Math.max(range.start, rope.startOf(index)));
    const end = utf16(Math.min(range.end, rope.startOf(index + 1)));
    const isHuge = enough * unitsPerTokenMax < end - start;
    if (isHuge) return enough + 1;
    tokens += rope.tokensOf({ start, end }).length;
    if (enough < tokens) return tokens;
  }
  return tokens;
}

/** Grows from the cursor's leaf outwards by whole leaves; a leaf too long for that is cut around the cursor. */
function freshWindow(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number): Window {
  const home = rope.leafAt(cursor);
  if (budgetTokens < tokensWithin(rope, leafRange(rope, home), budgetTokens)) return cutLeaf(rope, cursor, budgetTokens);
  const homeTokens = at(rope.leaves, home).tokens.length;
  const free = budgetTokens - homeTokens;
  const before = tokensUpTo(rope, home - 1, -1, free);
  const after = tokensUpTo(rope, home + 1, 1, free);
  const wantedBefore = Math.max(Math.floor(free * beforeShare), free - after);
  const start = grow(rope, home - 1, -1, Math.min(before, wantedBefore));
  const end = grow(rope, home + 1, 1, free - Math.min(before, wantedBefore));
  return { start: rope.startOf(start.last), end: utf16(rope.startOf(end.last) + at(rope.leaves, end.last).text.length) };
}

function leafRange(rope: TokenRope, index: number): Range<Utf16Offset> {
  return { start: rope.startOf(index), end: rope.startOf(index + 1) };
}

function tokensUpTo(rope: TokenRope, from: number, step: 1 | -1, tokensMax: number): number {
  return grow(rope, from, step, tokensMax).tokens;
}

/** Takes leaves from `from` on while they fit `tokensMax`; `last` is the outermost leaf taken, or the home leaf. */
function grow(rope: TokenRope, from: number, step: 1 | -1, tokensMax: number): { readonly last: number; readonly tokens: number } {
  let tokens = 0;
  let index = from;
  while (0 <= index && index < rope.leaves.length) {
    const leaf = at(rope.leaves, index);
    if (tokensMax * unitsPerTokenMax < leaf.text.length) break;
    if (tokensMax < tokens + leaf.tokens.length) break;
    tokens += leaf.tokens.length;
    index += step;
  }
  return { last: index - step, tokens };
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
