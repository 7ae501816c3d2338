import type { ChartBars, SignalDetail } from '#products/kurzora/contract.ts';
import type { ChartTimeframe } from '../queries.ts';

const DAY = 86_400_000;
/** How long after an ended signal its chart goes on: some sixty bars, enough to see what came of it. */
const AFTER: Record<ChartTimeframe, number> = { '1H': 12 * DAY, '4H': 42 * DAY, '1D': 84 * DAY, '1W': 420 * DAY };

export function hasEnded({ status }: Pick<SignalDetail, 'status'>): boolean {
  return status !== 'active' && status !== 'triggered';
}

/** Up to when a signal's chart shows bars (ISO): an ended one is seen in its own time; undefined for now. */
export function chartEnd(signal: Pick<SignalDetail, 'status' | 'asOf'>, timeframe: ChartTimeframe): string | undefined {
  return hasEnded(signal) ? new Date(Date.parse(signal.asOf) + AFTER[timeframe]).toISOString() : undefined;
}

/** Index of the last bar that had begun when the signal was made; -1 when all of them began later. */
export function lastKnownBar(bars: Pick<ChartBars, 'time'>, asOf: string): number {
  const seconds = Date.parse(asOf) / 1000;
  return bars.time.findLastIndex((time) => time < seconds);
}
