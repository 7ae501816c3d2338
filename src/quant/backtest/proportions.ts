/** Figures about hit rates in ordered groups. */
import type { Interval } from './block-bootstrap.ts';

/** Wilson's score interval at 95 %; right for independent trials only, and therefore the narrowest that can be claimed. */
export function wilsonInterval(hits: number, n: number): Interval {
  if (n === 0) return [0, 1];
  const z = 1.959964;
  const rate = hits / n;
  const middle = rate + z ** 2 / (2 * n);
  const half = z * Math.sqrt((rate * (1 - rate)) / n + z ** 2 / (4 * n ** 2));
  const whole = 1 + z ** 2 / n;
  return [Math.max(0, (middle - half) / whole), Math.min(1, (middle + half) / whole)];
}

export interface Group {
  /** Where the group stands, e.g. the middle of its scores. */
  readonly at: number;
  readonly n: number;
  readonly hits: number;
}

/** Cochran-Armitage: z of a linear trend of the hit rate over the groups' places, as if trials were independent; 0 without spread. */
export function trendZ(groups: readonly Group[]): number {
  const n = groups.reduce((sum, group) => sum + group.n, 0);
  const rate = groups.reduce((sum, group) => sum + group.hits, 0) / n;
  const mean = groups.reduce((sum, group) => sum + group.at * group.n, 0) / n;
  const trend = groups.reduce((sum, { at, hits, n: count }) => sum + (at - mean) * (hits - count * rate), 0);
  const spread = groups.reduce((sum, { at, n: count }) => sum + count * (at - mean) ** 2, 0);
  const variance = rate * (1 - rate) * spread;
  return variance > 0 ? trend / Math.sqrt(variance) : 0;
}

/** Spearman's rank correlation, ties sharing their mean rank; null with fewer than 3 pairs or without spread. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length < 3) return null;
  const [a, b] = [ranks(x), ranks(y)];
  const mean = (x.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < x.length; index++) {
    const [left, right] = [a[index]! - mean, b[index]! - mean];
    ab += left * right;
    aa += left * left;
    bb += right * right;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let index = from; index < to; index++) found[order[index]!] = (from + to + 1) / 2;
    from = to;
  }
  return found;
}
