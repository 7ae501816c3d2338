/** Bars for tests of this folder: random walks on the real calendar, with holes. */
import { nyseCalendar } from '../calendar/exchange-calendar.ts';
import { Series } from '../store/series.ts';
import { SessionTable } from './sessions.ts';
import { StockBars } from './stock-bars.ts';
import { LENGTH, type StoredTimeframe } from './timeframes.ts';

export const calendar = nyseCalendar();
export const sessions = new SessionTable(calendar, { from: '1990-01-01', to: '2100-12-31' });

/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Bars of every session from one date to another; a share of them is missing. */
export function madeSeries(
  timeframe: StoredTimeframe,
  from: string,
  to: string,
  { seed, missing = 0 }: { seed: number; missing?: number },
): Series {
  const random = randomOf(seed);
  const series = new Series();
  let price = 100;
  for (const { open, close } of calendar.between(from, to))
    for (let start = open; start < close; start += LENGTH[timeframe]) {
      const first = price;
      price = Math.max(1, Math.round((price + random() * 2 - 1) * 100) / 100);
      const high = Math.max(first, price) + Math.round(random() * 50) / 100;
      const low = Math.max(0.5, Math.min(first, price) - Math.round(random() * 50) / 100);
      if (random() >= missing) series.append(start, first, high, low, price, Math.floor(random() * 1000));
    }
  return series;
}

export function stockOf(stored: Iterable<readonly [StoredTimeframe, Series]>): StockBars {
  const stock = new StockBars(sessions);
  for (const [timeframe, series] of stored) stock.adopt(timeframe, series);
  return stock;
}
