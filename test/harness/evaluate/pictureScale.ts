// Owns the scales of a picture: figures to places, and round numbers to write beside an axis. Pure.

export interface Scale {
  readonly ticks: readonly number[];
  /** A figure's place along the axis, 0 at its start and 1 at its end. */
  place(value: number): number;
}

const roundSteps = [1, 2, 5, 10] as const;

/** Covers all values with a margin, in steps of 1, 2 or 5 times a power of ten. Where nothing is below 0, neither is the scale. */
export function linearScale(values: readonly number[], ticksMax: number): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || Math.abs(high) || 1;
  const rough = (span * 1.1) / ticksMax;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (roundSteps.find((round) => rough <= round * power) ?? 10);
  const first = Math.floor((low < 0 ? low - 0.05 * span : Math.max(0, low - 0.05 * span)) / step);
  const last = Math.ceil((high + 0.05 * span) / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { ticks, place: (value) => (value / step - first) / (last - first) };
}

/** Covers all values, each at least 1, with a margin; as many ticks at round multiples of the powers of ten as fit. */
export function logScale(values: readonly number[], ticksMax: number): Scale {
  const low = Math.log10(Math.max(1, Math.min(...values))) - 0.08;
  const high = Math.log10(Math.max(1, Math.max(...values))) + 0.08;
  const within = (rounds: readonly number[]): readonly number[] => {
    const powers = Array.from({ length: Math.ceil(high) + 1 }, (_, power) => 10 ** power);
    return powers.flatMap((power) => rounds.map((round) => round * power)).filter((tick) => low <= Math.log10(tick) && Math.log10(tick) <= high);
  };
  const ticks = [[1, 2, 5], [1, 3], [1]].map(within).find((fitting) => fitting.length <= ticksMax) ?? [];
  return { ticks, place: (value) => (Math.log10(Math.max(1, value)) - low) / (high - low) };
}
