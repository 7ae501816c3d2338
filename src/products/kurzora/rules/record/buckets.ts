import { type BlockOptions, type Interval, ratioInterval } from '#quant/backtest/block-bootstrap.ts';
import { wilsonInterval } from '#quant/backtest/proportions.ts';
import { PROTOCOL } from './protocol.ts';

/** Sums of one group of scores, session by session. */
export interface DailySums {
  readonly n: Float64Array;
  readonly hits: Float64Array;
  /** Gains in R after costs. */
  readonly gains: Float64Array;
}

export const dailySums = (days: number): DailySums => ({
  n: new Float64Array(days),
  hits: new Float64Array(days),
  gains: new Float64Array(days),
});

/** Shares, not percent; `from` and `to` in points of the score, `to` excluded but for 100. */
export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Share that reached the target before the stop, and in time. */
  readonly hitRate: number;
  /** 95 % by blocks of days. */
  readonly interval: Interval;
  /** The hit rate of every stock that was judged on the same days, each day weighing as much as it does here. */
  readonly baseRate: number;
  /** Mean gain in R after costs. */
  readonly meanR: number;
  readonly baseMeanR: number;
  /** Hit rate less base rate. */
  readonly lift: number;
  readonly liftInterval: Interval;
  /** As if every event were independent: too narrow, for comparison. */
  readonly wilson: Interval;
}

export const BLOCKS: BlockOptions = Object.freeze({ length: PROTOCOL.blockSessions, resamples: PROTOCOL.resamples });

/** Figures of one group against all that were judged (`base`); null when it is empty. */
export function bucketOf(from: number, to: number, group: DailySums, base: DailySums): Bucket | null {
  const n = total(group.n);
  if (n === 0) return null;
  const days = group.n.length;
  const [expected, expectedGain, excess] = [new Float64Array(days), new Float64Array(days), new Float64Array(days)];
  for (let day = 0; day < days; day++) {
    if (base.n[day] === 0) continue;
    expected[day] = (group.n[day]! * base.hits[day]!) / base.n[day]!;
    expectedGain[day] = (group.n[day]! * base.gains[day]!) / base.n[day]!;
    excess[day] = group.hits[day]! - expected[day]!;
  }
  const hits = total(group.hits);
  const blocks = blocksFor(days);
  return {
    from,
    to,
    n,
    hitRate: hits / n,
    interval: ratioInterval(group.hits, group.n, blocks)!,
    baseRate: total(expected) / n,
    meanR: total(group.gains) / n,
    baseMeanR: total(expectedGain) / n,
    lift: total(excess) / n,
    liftInterval: ratioInterval(excess, group.n, blocks)!,
    wilson: wilsonInterval(hits, n),
  };
}

/** Blocks as long as a trade, but ten of them at least: with one or two there would be nothing to draw from. */
export function blocksFor(days: number): BlockOptions {
  return { ...BLOCKS, length: Math.max(1, Math.min(PROTOCOL.blockSessions, Math.floor(days / 10))) };
}

/** Groups of ten points, 0-10 to 90-100. One of fewer than `least` events joins the next above it, the last the one below. */
export function tenPointBuckets(tens: readonly DailySums[], base: DailySums, least = PROTOCOL.leastEvents): Bucket[] {
  const groups: { from: number; to: number; sums: DailySums; n: number }[] = [];
  let open: (typeof groups)[number] | null = null;
  for (const [ten, sums] of tens.entries()) {
    const n = total(sums.n);
    if (!open && n === 0) continue;
    if (open) {
      open.to = (ten + 1) * 10;
      addSums(open.sums, sums);
      open.n += n;
    } else open = { from: ten * 10, to: (ten + 1) * 10, sums: copySums(sums), n };
    if (open.n < least) continue;
    groups.push(open);
    open = null;
  }
  if (open && open.n > 0) {
    const before = groups.at(-1);
    if (before) {
      addSums(before.sums, open.sums);
      before.to = open.to;
    } else groups.push(open);
  }
  return groups.flatMap(({ from, to, sums }) => bucketOf(from, to, sums, base) ?? []);
}

export function addSums(into: DailySums, other: DailySums): void {
  for (const key of ['n', 'hits', 'gains'] as const)
    for (let day = 0; day < into.n.length; day++) into[key][day]! += other[key][day]!;
}

const copySums = ({ n, hits, gains }: DailySums): DailySums => ({
  n: n.slice(),
  hits: hits.slice(),
  gains: gains.slice(),
});

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
