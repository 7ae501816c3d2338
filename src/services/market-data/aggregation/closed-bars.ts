import type { Bars } from '#quant/bars.ts';
import { Series } from '../store/series.ts';
import { lowerBound } from './bisect.ts';
import type { SessionTable } from './sessions.ts';
import type { StockBars } from './stock-bars.ts';
import { endOf } from './timeframes.ts';

/**
 * The finest stored bars that opened at or after `from` and closed by `to` (epoch ms), oldest first: in each session those of
 * the finest timeframe that has any. What happened inside them can be told no more exactly.
 */
export function finestClosedBars(
  stock: StockBars,
  sessions: SessionTable,
  { from, to }: { from: number; to: number },
): Bars {
  const found = new Series(16);
  const finestFirst = stock.stored.toReversed();
  for (let session = Math.max(0, sessions.lastOpened(from)); session < sessions.count; session++) {
    const [open, close] = [sessions.open[session]!, sessions.close[session]!];
    if (open >= to) break;
    const before = found.length;
    for (const [timeframe, series] of finestFirst) {
      for (let at = lowerBound(series.time, series.length, Math.max(from, open)); at < series.length; at++) {
        const time = series.time[at]!;
        if (time >= close || endOf(sessions, timeframe, time) > to) break;
        found.append(time, series.open[at]!, series.high[at]!, series.low[at]!, series.close[at]!, series.volume[at]!);
      }
      if (found.length > before) break;
    }
  }
  return found;
}
