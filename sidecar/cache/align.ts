// Owns the alignment of two token lists: which runs stand in both, in the same order. Pure.
// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), after trimming what both ends share; where the
// difference is too large for that, runs that are anchored by windows of tokens unique on both sides.
import { at } from "../base/assert";

/** Tokens heldStart.. and targetStart.. are equal over `length`. */
export interface Run {
  readonly heldStart: number;
  readonly targetStart: number;
  readonly length: number;
}

/** Steps of Myers' search after which anchors take over: bounds time and memory to a few milliseconds and megabytes. */
const differencesMax = 1_200;
/** Length of the unique windows that anchor runs where the difference is too large. */
const anchorTokens = 8;

/** Runs that are disjoint, sorted and rising in both lists. */
export function align(held: Int32Array, target: Int32Array): readonly Run[] {
  const shared = Math.min(held.length, target.length);
  let head = 0;
  while (head < shared && held[head] === target[head]) head += 1;
  let tail = 0;
  while (tail < shared - head && held[held.length - 1 - tail] === target[target.length - 1 - tail]) tail += 1;

  const runs: Run[] = [];
  if (0 < head) runs.push({ heldStart: 0, targetStart: 0, length: head });
  const heldCore = held.subarray(head, held.length - tail);
  const targetCore = target.subarray(head, target.length - tail);
  if (0 < heldCore.length && 0 < targetCore.length) {
    for (const run of myers(heldCore, targetCore) ?? anchored(heldCore, targetCore)) {
      pushRun(runs, { heldStart: run.heldStart + head, targetStart: run.targetStart + head, length: run.length });
    }
  }
  if (0 < tail) pushRun(runs, { heldStart: held.length - tail, targetStart: target.length - tail, length: tail });
  return runs;
}

/** Adds `run`, joining it to the last one where they touch in both lists. */
function pushRun(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last !== undefined && last.heldStart + last.length === run.heldStart && last.targetStart + last.length === run.targetStart) {
    runs[runs.length - 1] = { ...last, length: last.length + run.length };
  } else {
    runs.push(run);
  }
}

/** Undefined where more than `differencesMax` tokens differ. */
function myers(held: Int32Array, target: Int32Array): readonly Run[] | undefined {
  const heldCount = held.length;
  const targetCount = target.length;
  const depthMax = Math.min(differencesMax, heldCount + targetCount);
  // furthest[depthMax + k] is the largest held index reached on diagonal k = heldIndex - targetIndex.
  const furthest = new Int32Array(2 * depthMax + 3);
  const offset = depthMax + 1;
  const history: Int32Array[] = [];
  for (let depth = 0; depth <= depthMax; depth += 1) {
    history.push(furthest.slice(offset - depth - 1, offset + depth + 2));
    for (let k = -depth; k <= depth; k += 2) {
      const down = k === -depth || (k !== depth && at(furthest, offset + k - 1) < at(furthest, offset + k + 1));
      let heldIndex = down ? at(furthest, offset + k + 1) : at(furthest, offset + k - 1) + 1;
      while (heldIndex < heldCount && heldIndex - k < targetCount && held[heldIndex] === target[heldIndex - k]) heldIndex += 1;
      furthest[offset + k] = heldIndex;
      if (heldCount <= heldIndex && targetCount <= heldIndex - k) return traced(history, heldCount, targetCount);
    }
  }
  return undefined;
}

/** Walks Myers' search back from the end and collects the diagonals. */
function traced(history: readonly Int32Array[], heldCount: number, targetCount: number): readonly Run[] {
  const runs: Run[] = [];
  let heldIndex = heldCount;
  let targetIndex = targetCount;
  for (let depth = history.length - 1; 0 <= depth; depth -= 1) {
    const furthest = at(history, depth);
    const reach = (k: number): number => at(furthest, k + depth + 1);
    const k = heldIndex - targetIndex;
    const down = k === -depth || (k !== depth && reach(k - 1) < reach(k + 1));
    const heldBefore = depth === 0 ? 0 : reach(down ? k + 1 : k - 1);
    const targetBefore = depth === 0 ? 0 : heldBefore - (down ? k + 1 : k - 1);
    const heldStart = depth === 0 ? 0 : down ? heldBefore : heldBefore + 1;
    const length = heldIndex - heldStart;
    if (0 < length) runs.push({ heldStart, targetStart: targetIndex - length, length });
    heldIndex = heldBefore;
    targetIndex = targetBefore;
  }
  return runs.reverse();
}

/** Runs grown from windows that occur once on each side, taken in rising order. */
function anchored(held: Int32Array, target: Int32Array): readonly Run[] {
  const heldWindows = uniqueWindows(held);
  const targetWindows = uniqueWindows(target);
  const runs: Run[] = [];
  let heldEnd = 0;
  let targetEnd = 0;
  const pairs = [...targetWindows].map(([key, targetStart]) => ({ targetStart, heldStart: heldWindows.get(key) }));
  for (const { targetStart, heldStart } of rising(pairs)) {
    if (targetStart < targetEnd || heldStart < heldEnd) continue;
    let start = 0;
    while (heldEnd < heldStart - start && targetEnd < targetStart - start && held[heldStart - start - 1] === target[targetStart - start - 1]) start += 1;
    let end = 0;
    while (heldStart + end < held.length && targetStart + end < target.length && held[heldStart + end] === target[targetStart + end]) end += 1;
    // Two windows may share a key without being equal: the key is a hint, never proof.
    if (end === 0) continue;
    pushRun(runs, { heldStart: heldStart - start, targetStart: targetStart - start, length: start + end });
    heldEnd = heldStart + end;
    targetEnd = targetStart + end;
  }
  return runs;
}

/** Start of each window whose key occurs once. */
function uniqueWindows(tokens: Int32Array): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  const repeated = new Set<string>();
  for (let start = 0; start + anchorTokens <= tokens.length; start += 1) {
    const key = tokens.subarray(start, start + anchorTokens).join(",");
    if (starts.has(key)) repeated.add(key);
    else starts.set(key, start);
  }
  for (const key of repeated) starts.delete(key);
  return starts;
}

interface AnchorPair {
  readonly targetStart: number;
  readonly heldStart: number;
}

/** The longest subsequence of pairs that rises on both sides (patience sorting). `pairs` rise by targetStart. */
function rising(pairs: readonly { readonly targetStart: number; readonly heldStart: number | undefined }[]): readonly AnchorPair[] {
  const tails: { readonly pair: AnchorPair; readonly before: unknown }[] = [];
  for (const { targetStart, heldStart } of pairs) {
    if (heldStart === undefined) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(tails, middle).pair.heldStart < heldStart) low = middle + 1;
      else high = middle;
    }
    tails[low] = { pair: { targetStart, heldStart }, before: low === 0 ? undefined : tails[low - 1] };
  }
  const result: AnchorPair[] = [];
  let node = tails.at(-1);
  while (node !== undefined) {
    result.push(node.pair);
    node = node.before as typeof node | undefined;
  }
  return result.reverse();
}
