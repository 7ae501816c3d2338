/**
 * What became of a trade that began at a bar's close: the triple barrier (Lopez de Prado, Advances in Financial Machine
 * Learning, 3.4). Bought at the next bar's open; stop one `risk` below the entry, target `multiple` of it above; sold at the
 * close of the `horizon`-th bar when neither was touched. Where one bar touched both, the stop counts. A bar that opens beyond
 * a level fills at its open.
 */
import type { Bars } from '../bars.ts';

export const TARGET = 1;
export const STOP = 2;
export const TIMEOUT = 3;
/** Nothing to say: no next bar, or no risk to measure by. */
export const UNKNOWN = 0;

export interface Barriers {
  /** Reward as a multiple of the risk. */
  readonly multiple: number;
  /** Bars held at most. */
  readonly horizon: number;
}

/**
 * Writes the outcome of buying after bar `at` into `out`: [outcome, gain in R before costs, entry price]. `risk` is in price
 * units. Reads bars at+1 to at+horizon; where fewer are there it ends at the last, as a listing does: the caller leaves out
 * trades whose time is not up.
 */
export function tripleBarrier(
  bars: Bars,
  at: number,
  risk: number,
  { multiple, horizon }: Barriers,
  out: Float64Array,
): void {
  const { open, high, low, close } = bars;
  const first = at + 1;
  const last = Math.min(at + horizon, bars.length - 1);
  out.fill(0);
  if (!(risk > 0) || first > last) return;
  const entry = open[first]!;
  const stop = entry - risk;
  const target = entry + multiple * risk;
  let outcome = TIMEOUT;
  let exit = close[last]!;
  for (let index = first; index <= last; index++) {
    if (low[index]! <= stop) {
      outcome = STOP;
      exit = Math.min(open[index]!, stop);
      break;
    }
    if (high[index]! >= target) {
      outcome = TARGET;
      exit = Math.max(open[index]!, target);
      break;
    }
  }
  out[0] = outcome;
  out[1] = (exit - entry) / risk;
  out[2] = entry;
}
