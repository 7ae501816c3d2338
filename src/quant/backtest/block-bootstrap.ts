/**
 * Intervals for figures of days that hang together: whole blocks of consecutive days are drawn with replacement (circular block
 * bootstrap, Politis and Romano 1992), so that neither the stocks of one day nor trades that overlap count as independent.
 */
import { seededRandom } from './randomness.ts';

export interface BlockOptions {
  /** Days a block. */
  readonly length: number;
  readonly resamples?: number;
  readonly seed?: number;
  /** Share of the resamples inside; 0.95. */
  readonly level?: number;
}

export type Interval = readonly [low: number, high: number];

/** Calls `visit` with how often each of `days` days was drawn, once a resample. The array is the same every time. */
export function resampleDays(days: number, options: BlockOptions, visit: (drawn: Int32Array) => void): void {
  const random = seededRandom(options.seed ?? 1);
  const length = Math.max(1, Math.min(options.length, days));
  const drawn = new Int32Array(days);
  for (let resample = 0; resample < (options.resamples ?? 1000); resample++) {
    drawn.fill(0);
    for (let taken = 0; taken < days; taken += length) {
      const start = Math.floor(random() * days);
      const count = Math.min(length, days - taken);
      for (let step = 0; step < count; step++) drawn[(start + step) % days]! += 1;
    }
    visit(drawn);
  }
}

/** Interval of sum(numerator) / sum(denominator) over days; null when no resample has a denominator. */
export function ratioInterval(
  numerator: Float64Array,
  denominator: Float64Array,
  options: BlockOptions,
): Interval | null {
  const ratios: number[] = [];
  resampleDays(numerator.length, options, (drawn) => {
    let [above, below] = [0, 0];
    for (let day = 0; day < drawn.length; day++) {
      above += drawn[day]! * numerator[day]!;
      below += drawn[day]! * denominator[day]!;
    }
    if (below > 0) ratios.push(above / below);
  });
  return ratios.length === 0 ? null : percentileInterval(ratios, options.level);
}

/** The middle `level` of the values, by the nearest order statistics. Sorts them in place. */
export function percentileInterval(values: number[], level = 0.95): Interval {
  values.sort((a, b) => a - b);
  const tail = ((1 - level) / 2) * (values.length - 1);
  return [values[Math.floor(tail)]!, values[Math.ceil(values.length - 1 - tail)]!];
}

/**
 * Two-sided p of "the daily figures have mean zero": signs of whole blocks are flipped at random, which leaves what hangs
 * together inside a block as it is. At least 1 / (resamples + 1).
 */
export function blockSignP(daily: Float64Array, { length, resamples = 1000, seed = 1 }: BlockOptions): number {
  const random = seededRandom(seed);
  const blocks: number[] = [];
  for (let start = 0; start < daily.length; start += length) {
    let sum = 0;
    for (let day = start; day < Math.min(start + length, daily.length); day++) sum += daily[day]!;
    blocks.push(sum);
  }
  const seen = Math.abs(blocks.reduce((sum, block) => sum + block, 0));
  let asFar = 0;
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (const block of blocks) sum += random() < 0.5 ? block : -block;
    if (Math.abs(sum) >= seen * (1 - 1e-12)) asFar += 1;
  }
  return (asFar + 1) / (resamples + 1);
}
