// Owns the bootstrap of an evaluation: whole traces are drawn again, as weights, so that a figure over thousands of points
// costs one walk a draw. Pure. All figures made with one resampling are drawn together: comparisons are paired.
import { at } from "../../../sidecar/base/assert";
import { Random } from "../../../sidecar/base/random";
import type { Estimate } from "../score";
import { quantile } from "../score";

/** A figure of the points when each trace counts as often as its weight says; undefined where none of them has it. */
export type Figure = (weights: Uint16Array) => number | undefined;

export interface OfTrace {
  readonly trace: string;
}

const resamples = 1_000;

export class Resampling {
  private readonly indexOf = new Map<string, number>();
  private readonly draws: readonly Uint16Array[];

  /** @param points all that figures will be asked of, by their traces */
  constructor(points: readonly OfTrace[], seed: number) {
    for (const { trace } of points) if (!this.indexOf.has(trace)) this.indexOf.set(trace, this.indexOf.size);
    const random = new Random(seed);
    const count = this.indexOf.size;
    this.draws = count < 2 ? [] : Array.from({ length: resamples }, () => {
      const weights = new Uint16Array(count);
      for (let drawn = 0; drawn < count; drawn += 1) {
        const index = random.below(count);
        weights[index] = at(weights, index) + 1;
      }
      return weights;
    });
  }

  /** The figure with its 95 % interval; without one where there is a single trace. */
  estimate(figure: Figure): Estimate | undefined {
    const value = figure(new Uint16Array(this.indexOf.size).fill(1));
    if (value === undefined) return undefined;
    const drawn = this.draws.flatMap((weights) => figure(weights) ?? []);
    const low = quantile(drawn, 0.025);
    const high = quantile(drawn, 0.975);
    return { value, interval: low === undefined || high === undefined ? undefined : { low, high } };
  }

  /** The sum of `over` divided by the sum of `under`. */
  quotient<Point extends OfTrace>(points: readonly Point[], fractionOf: (point: Point) => Fraction | undefined): Figure {
    const over = new Float64Array(this.indexOf.size);
    const under = new Float64Array(this.indexOf.size);
    for (const point of points) {
      const fraction = fractionOf(point);
      if (fraction === undefined) continue;
      const index = this.index(point);
      over[index] = at(over, index) + fraction.over;
      under[index] = at(under, index) + fraction.under;
    }
    return (weights) => {
      const divisor = weightedSum(under, weights);
      return divisor === 0 ? undefined : weightedSum(over, weights) / divisor;
    };
  }

  mean<Point extends OfTrace>(points: readonly Point[], valueOf: (point: Point) => number | undefined): Figure {
    return this.quotient(points, (point) => {
      const value = valueOf(point);
      return value === undefined ? undefined : { over: value, under: 1 };
    });
  }

  /** The middle value, or the mean of the two in the middle. */
  median<Point extends OfTrace>(points: readonly Point[], valueOf: (point: Point) => number | undefined): Figure {
    const sorted = points.flatMap((point) => {
      const value = valueOf(point);
      return value === undefined ? [] : [{ value, index: this.index(point) }];
    }).toSorted((a, b) => a.value - b.value);
    return (weights) => {
      const total = sorted.reduce((sum, { index }) => sum + at(weights, index), 0);
      let passed = 0;
      let lower: number | undefined;
      for (const { value, index } of sorted) {
        passed += at(weights, index);
        if (lower === undefined && 2 * passed >= total && passed > 0) lower = value;
        if (lower !== undefined && 2 * passed > total) return (lower + value) / 2;
      }
      return undefined;
    };
  }

  private index({ trace }: OfTrace): number {
    const index = this.indexOf.get(trace);
    if (index === undefined) throw new RangeError(`the trace ${trace} isn't among those that are drawn`);
    return index;
  }
}

export interface Fraction {
  readonly over: number;
  readonly under: number;
}

function weightedSum(values: Float64Array, weights: Uint16Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += at(values, index) * at(weights, index);
  return sum;
}
