// Owns which part of a document the model sees when the whole doesn't fit its context. Pure, and moved seldom: a window
// that shifts with every keystroke would shift every cell.
import { at } from "../base/assert";
import type { TokenRope } from "../tokens/rope";
import { utf16, type Range, type Utf16Offset } from "../text/offset";

export type Window = Range<Utf16Offset>;

/** Share of the budget that goes to the text before the cursor while both sides have enough. */
const beforeShare = 2 / 3;
/** A new window leaves this share of the budget free, so that typing doesn't overflow it at once. */
const slackShare = 0.15;
/** An old window stays while this share of the budget lies between the cursor and each cut edge. */
const marginShare = 0.08;
/** A leaf of more units than this for each token of the budget is cut rather than tokenised whole. */
const unitsPerTokenMax = 4;

/** The window for a cursor at `cursor`: the previous one (in offsets of this text) while it serves, else a fresh one. */
export function windowFor(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, previous: Window | undefined): Window {
  if (previous !== undefined && serves(rope, cursor, budgetTokens, previous)) return previous;
  const whole: Window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  if (tokensWithin(rope, whole, budgetTokens) <= budgetTokens) return whole;
  return freshWindow(rope, cursor, Math.floor(budgetTokens * (1 - slackShare)));
}

function serves(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, window: Window): boolean {
  if (cursor < window.start || window.end < cursor || rope.lengthUtf16 < window.end) return false;
  if (budgetTokens < tokensWithin(rope, window, budgetTokens)) return false;
  const marginTokens = Math.floor(budgetTokens * marginShare);
  const enoughBefore = window.start === 0 || marginTokens <= tokensWithin(rope, { start: window.start, end: cursor }, marginTokens);
  const enoughAfter = window.end === rope.lengthUtf16 || marginTokens <= tokensWithin(rope, { start: cursor, end: window.end }, marginTokens);
  return enoughBefore && enoughAfter;
}

/** Tokens of the leaves that `range` touches, counted no further than just above `enough`. */
function tokensWithin(rope: TokenRope, range: Range<Utf16Offset>, enough: number): number {
  let tokens = 0;
  if (range.start === range.end) return 0;
  for (let index = rope.leafAt(range.start); index < rope.leaves.length && rope.startOf(index) < range.end; index += 1) {
    const leaf = at(rope.leaves, index);
    const start = Math.max(0, range.start - rope.startOf(index));
    const end = Math.min(leaf.text.length, range.end - rope.startOf(index));
    const isHuge = enough * unitsPerTokenMax < end - start;
    if (isHuge) return enough + 1;
    const isWhole = start === 0 && end === leaf.text.length;
    tokens += isWhole ? leaf.tokens.length : Math.ceil((leaf.tokens.length * (end - start)) / leaf.text.length);
    if (enough < tokens) return tokens;
  }
  return tokens;
}

/** Grows from the cursor's leaf outwards by whole leaves; a leaf too long for that is cut around the cursor. */
function freshWindow(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number): Window {
  const home = rope.leafAt(cursor);
  const homeText = at(rope.leaves, home).text;
  if (budgetTokens < homeText.length && budgetTokens < tokensWithin(rope, leafRange(rope, home), budgetTokens)) {
    return cutLeaf(rope, cursor, budgetTokens);
  }
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

/** A window inside one long leaf. A token has at least one unit, so the cut text fits the budget. */
function cutLeaf(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number): Window {
  const home = leafRange(rope, rope.leafAt(cursor));
  const start = Math.max(home.start, cursor - Math.floor(budgetTokens * beforeShare));
  const end = Math.min(home.end, start + budgetTokens);
  return { start: outsidePair(rope, start), end: outsidePair(rope, end) };
}

/** The offset itself, or the one before it where it would cut a surrogate pair. */
function outsidePair(rope: TokenRope, offset: number): Utf16Offset {
  const index = rope.leafAt(utf16(offset));
  const unit = at(rope.leaves, index).text.charCodeAt(offset - rope.startOf(index));
  return utf16(0xdc00 <= unit && unit <= 0xdfff ? offset - 1 : offset);
}
