// Owns the search for the longest run of tokens that stands both in one of some spans of one list and in one of some spans of
// another, by windows that are looked up. Pure.
import { at } from "../base/assert";

/** Indexes start..end of a list, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tokens fromStart.. of the one list are tokens toStart.. of the other, over `length`; `to` is the span that the latter lie in. */
export interface SharedRun {
  readonly fromStart: number;
  readonly to: Span;
  readonly toStart: number;
  readonly length: number;
}

/** Fewer tokens are read again: their cells were computed with other text before them, and little is saved. */
export const sharedTokensMin = 16;
/** Tokens of a window that is looked up; a run is found where one lies within it. */
const windowTokens = 8;

/**
 * The longest run of `sharedTokensMin` tokens or more in a span of `froms` and a span of `tos` that are a pair, the first of
 * several. Of a window that stands in several places the first is looked at: a run that begins with one may be missed.
 */
export function longestSharedRun(
  fromTokens: Int32Array, froms: readonly Span[], toTokens: Int32Array, tos: readonly Span[], isPair: (from: Span, to: Span) => boolean,
): SharedRun | undefined {
  const sources = froms.filter(isLongEnough);
  const places = tos.filter(isLongEnough);
  if (!sources.some((from) => places.some((to) => isPair(from, to)))) return undefined;
  const windows = new Map<number, number>();
  for (const { start, end } of sources) forEachWindow(fromTokens, start, end, (key, window) => void (windows.has(key) || windows.set(key, window)));
  let best: SharedRun | undefined;
  for (const to of places) {
    let searchedTo = to.start;
    forEachWindow(toTokens, to.start, to.end, (key, toWindow) => {
      const fromWindow = toWindow < searchedTo ? undefined : windows.get(key);
      const from = fromWindow === undefined ? undefined : sources.find(({ start, end }) => start <= fromWindow && fromWindow < end);
      if (fromWindow === undefined || from === undefined || !isPair(from, to)) return;
      let before = 0;
      const beforeMax = Math.min(fromWindow - from.start, toWindow - to.start);
      while (before < beforeMax && fromTokens[fromWindow - before - 1] === toTokens[toWindow - before - 1]) before += 1;
      let behind = 0;
      const behindMax = Math.min(from.end - fromWindow, to.end - toWindow);
      while (behind < behindMax && fromTokens[fromWindow + behind] === toTokens[toWindow + behind]) behind += 1;
      searchedTo = toWindow + behind;
      // Two windows may share a key without being equal.
      const length = before + behind;
      if (behind < windowTokens || length < Math.max(sharedTokensMin, (best?.length ?? 0) + 1)) return;
      best = { fromStart: fromWindow - before, to, toStart: toWindow - before, length };
    });
  }
  return best;
}

function isLongEnough({ start, end }: Span): boolean {
  return sharedTokensMin <= end - start;
}

/** Each window within start..end with a key that equal windows share, from left to right. */
function forEachWindow(tokens: Int32Array, start: number, end: number, look: (key: number, start: number) => void): void {
  let key = 0;
  for (let index = start; index < end; index += 1) {
    if (start + windowTokens <= index) key = (key - Math.imul(at(tokens, index - windowTokens), leadingFactor)) | 0;
    key = (Math.imul(key, windowFactor) + at(tokens, index)) | 0;
    if (start + windowTokens <= index + 1) look(key, index + 1 - windowTokens);
  }
}

const windowFactor = 31;
const leadingFactor = Array.from({ length: windowTokens - 1 }).reduce<number>((power) => Math.imul(power, windowFactor), 1);
