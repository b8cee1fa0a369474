// Owns the figures that need nothing but numbers and texts: matches, similarity, losses, medians, intervals.
// Pure: no I/O, no clock; randomness comes in as a seed.
import { at } from "../../sidecar/base/assert";
import { levenshtein } from "../../sidecar/base/levenshtein";
import { Random } from "../../sidecar/base/random";

/** Teacher-forced loss of the text really written, healed token included. */
export interface Loss {
  readonly nats: number;
  readonly tokens: number;
  readonly bytes: number;
}

/** The first line of a text, without white space at its end. */
export function firstLine(text: string): string {
  return (/^[^\r\n]*/.exec(text)?.[0] ?? "").trimEnd();
}

/** Whether the first line suggested is the first line that was really written. */
export function exactMatch(suggested: string, expected: string): boolean {
  return firstLine(suggested) === firstLine(expected);
}

/** Edit similarity of the first lines, 0..100: the share of the longer line that Levenshtein distance leaves. */
export function editSimilarity(suggested: string, expected: string): number {
  const left = firstLine(suggested);
  const right = firstLine(expected);
  const longest = Math.max(left.length, right.length);
  return longest === 0 ? 100 : 100 * (1 - levenshtein(left, right) / longest);
}

/** The middle value, or the mean of the two in the middle; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, half) : (at(sorted, half - 1) + at(sorted, half)) / 2;
}

/** The smallest value that at least `share` (0..1) of the values don't exceed (nearest rank); undefined for none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return at(sorted, Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1)));
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Difference of two losses of the same text, in nats a token; both summed first, so that long texts weigh more. */
export function excessLoss(pairs: readonly { readonly own: Loss; readonly cold: Loss }[]): number | undefined {
  const tokens = pairs.reduce((sum, pair) => sum + pair.cold.tokens, 0);
  if (tokens === 0) return undefined;
  return pairs.reduce((sum, pair) => sum + pair.own.nats - pair.cold.nats, 0) / tokens;
}

/** The median of `over` divided by the median of `under`; undefined where that isn't a number. */
export function ratioOfMedians(pairs: readonly { readonly over: number; readonly under: number }[]): number | undefined {
  const over = median(pairs.map((pair) => pair.over));
  const under = median(pairs.map((pair) => pair.under));
  return over === undefined || under === undefined || under === 0 ? undefined : over / under;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const resamples = 1_000;

/**
 * The 95 % bootstrap interval of `figure`. What is drawn again are whole groups (one a trace), because completions of one
 * trace resemble each other; both sides of a comparison are drawn together, since they stand in one item.
 * Undefined with fewer than two groups.
 */
export function bootstrap<Item>(
  groups: readonly (readonly Item[])[],
  figure: (items: readonly Item[]) => number | undefined,
  seed: number,
): Interval | undefined {
  if (groups.length < 2) return undefined;
  const random = new Random(seed);
  const figures: number[] = [];
  for (let i = 0; i < resamples; i += 1) {
    const drawn = figure(groups.flatMap(() => random.pick(groups)));
    if (drawn !== undefined) figures.push(drawn);
  }
  const low = quantile(figures, 0.025);
  const high = quantile(figures, 0.975);
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** A value with its 95 % bootstrap interval over traces, where there are enough of them. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | undefined;
}

/** What `figure` says of all items, and how far that would go astray with other traces. */
export function estimate<Item>(
  items: readonly Item[],
  traceOf: (item: Item) => string,
  figure: (items: readonly Item[]) => number | undefined,
  seed: number,
): Estimate | undefined {
  const value = figure(items);
  if (value === undefined) return undefined;
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(traceOf(item), [...(groups.get(traceOf(item)) ?? []), item]);
  return { value, interval: bootstrap([...groups.values()], figure, seed) };
}
