// Owns which part of a document the model sees when the whole doesn't fit its context. Pure, and moved seldom: a window
// that shifts with every keystroke would shift every cell. How one is made new is freshWindow.ts's business.
//
//   head of the file ▏ … ▏ class A { ▏ … ▏ start  whole constructs, the cursor among them  end ▏ …
//   landmarks ───────┘     ─────────┘
import type { Delta } from "../text/delta";
import { utf16, type Range, type Utf16Offset } from "../text/frames";
import type { Lines } from "../text/lines";
import type { TokenRope } from "../tokens/rope";
import { tokensWithin } from "../tokens/tokenCount";
import type { Outline } from "./constructs";
import { freshWindow } from "./freshWindow";

/** One run of text around the cursor, in which all that moves with the cursor happens, and landmarks before it. */
export interface Window extends Range<Utf16Offset> {
  /** Whole lines shown ahead of the window, in order and disjoint, all before its start. None where it is absent. */
  readonly landmarks?: readonly Range<Utf16Offset>[];
  /** Absent where the window was made without structure. */
  readonly fit?: Fit;
}

/** What a window was fitted around. */
interface Fit {
  /** While the cursor is in here, another window would serve it no better. */
  readonly home: Range<Utf16Offset>;
  /** Tokens of the window without its landmarks when it was made. */
  readonly tokens: number;
}

/** An old window stays while this share of the budget lies between the cursor and each cut edge. */
const marginShare = 0.08;
/** A cut window that deletions left with less than this share of the budget, or of what it had, is made new. */
const thinShare = 0.5;
/** By how much longer a new window must be for that. */
const worthMoving = 1.5;

/**
 * The window for a cursor at `cursor`: the previous one (in offsets of this text) while it serves, else a fresh one.
 * `outline` is asked only when a window has to be made new; without spans, the window holds leaves around the cursor.
 */
export function windowFor(
  rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, previous: Window | undefined, outline?: () => Outline,
): Window {
  if (budgetTokens <= 0) return { start: cursor, end: cursor };
  const usable = previous !== undefined && holds(rope, cursor, budgetTokens, previous) ? previous : undefined;
  const lacks = usable === undefined ? undefined : lacking(rope, cursor, budgetTokens, usable);
  if (usable !== undefined && lacks?.before === false && !lacks.after && !lacks.anywhere) return usable;
  const whole: Window = { start: utf16(0), end: utf16(rope.lengthUtf16) };
  if (tokensWithin(rope, whole, budgetTokens) <= budgetTokens) return whole;
  const fresh = freshWindow(rope, cursor, budgetTokens, outline?.());
  if (usable === undefined) return fresh;
  // Beside a leaf or a construct too long to be taken in, a margin is lacking for good: only a window that mends it is worth the move.
  const isLonger = worthMoving * (usable.end - usable.start) < fresh.end - fresh.start;
  const mends = (lacks?.before === true && fresh.start < usable.start) || (lacks?.after === true && usable.end < fresh.end);
  if (mends || (lacks?.anywhere === true && isLonger)) return fresh;
  return fresh.fit === undefined ? usable : { ...usable, fit: fresh.fit };
}

/** Where a window is in the text that `delta` made, whose lines are `lines`. What is typed at its edges belongs to it. */
export function movedWindow(window: Window, delta: Delta, lines: Lines): Window {
  const start = delta.mapOffset(window.start, "before");
  // A window that reached the end of the text still does.
  const end = window.end === delta.oldLength ? utf16(delta.newLength) : delta.mapOffset(window.end, "after");
  const moved = (range: Range<Utf16Offset>): Range<Utf16Offset> => ({
    start: delta.mapOffset(range.start, "before"),
    end: delta.mapOffset(range.end, "after"),
  });
  return {
    start,
    end,
    ...(window.landmarks === undefined ? {} : { landmarks: wholeLines(window.landmarks.map(moved), start, lines) }),
    ...(window.fit === undefined ? {} : { fit: { ...window.fit, home: moved(window.fit.home) } }),
  };
}

/** Landmarks of which an edit cut a part off, as whole lines again; those of which nothing is left are dropped. */
function wholeLines(ranges: readonly Range<Utf16Offset>[], limit: Utf16Offset, lines: Lines): readonly Range<Utf16Offset>[] {
  const result: Range<Utf16Offset>[] = [];
  let free = utf16(0);
  for (const range of ranges) {
    if (range.end <= range.start) continue;
    const lineStart = lines.startOf(lines.lineAt(range.start)) ?? free;
    const lineEnd = lines.startOf(lines.lineAt(utf16(range.end - 1)) + 1) ?? limit;
    const start = utf16(Math.max(free, lineStart));
    const end = utf16(Math.min(limit, lineEnd));
    if (start < end) result.push({ start, end });
    free = utf16(Math.max(free, end));
  }
  return result;
}

function holds(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, window: Window): boolean {
  if (cursor < window.start || window.end < cursor || rope.lengthUtf16 < window.end) return false;
  let tokens = tokensWithin(rope, window, budgetTokens);
  for (const landmark of window.landmarks ?? []) tokens += tokensWithin(rope, landmark, budgetTokens);
  return tokens <= budgetTokens;
}

interface Lacking {
  readonly before: boolean;
  readonly after: boolean;
  readonly anywhere: boolean;
}

/** On which side too little stands between the cursor and an edge that cuts the text, and whether the whole is too little. */
function lacking(rope: TokenRope, cursor: Utf16Offset, budgetTokens: number, window: Window): Lacking {
  const isCut = window.start !== 0 || window.end !== rope.lengthUtf16;
  const { fit } = window;
  const thinTokens = Math.floor(Math.min(budgetTokens, fit?.tokens ?? budgetTokens) * thinShare);
  const anywhere = isCut && tokensWithin(rope, window, thinTokens) < thinTokens;
  if (fit !== undefined && fit.home.start <= cursor && cursor <= fit.home.end) return { before: false, after: false, anywhere };
  const marginTokens = Math.floor(budgetTokens * marginShare);
  const short = (start: Utf16Offset, end: Utf16Offset): boolean => tokensWithin(rope, { start, end }, marginTokens) < marginTokens;
  return {
    before: window.start !== 0 && short(window.start, cursor),
    after: window.end !== rope.lengthUtf16 && short(cursor, window.end),
    anywhere,
  };
}
