import type { Frame, ScanTimeframe, StockWindow, WindowRequest } from '../api.ts';
import { Series } from '../store/series.ts';
import { lowerBound } from './bisect.ts';
import { Composition } from './compose.ts';
import { DAY, type SessionTable } from './sessions.ts';
import type { LastClose, StockBars } from './stock-bars.ts';

export const DEFAULT_DAYS = 500;
export const DEFAULT_LIMIT = 200;
/** A price older than this is no price. */
const PRICE_AGE = 7 * DAY;
/** A change against a close older than this would not be a day's change. */
const PREVIOUS_CLOSE_AGE = 10 * DAY;

type Price = NonNullable<StockWindow['price']>;

/**
 * Memory for one window at a time. A scan of 6,000 stocks cuts 240 MB of windows, needs each for a tenth of a millisecond, and
 * would spend most of its time having them allocated and collected.
 */
export class WindowMemory {
  readonly #series = new Map<Frame['timeframe'], Series>();

  series(timeframe: Frame['timeframe']): Series {
    let series = this.#series.get(timeframe);
    if (!series) {
      series = new Series(512);
      this.#series.set(timeframe, series);
    }
    return series;
  }
}

/**
 * What was known of one stock at `asOf`: nothing that closed later is read. Null when no bar had closed by then. The frames are
 * copies; in `request.memory` when that is given, where the next window takes their place.
 */
export function stockWindow(
  ticker: string,
  stock: StockBars,
  sessions: SessionTable,
  request: WindowRequest,
): StockWindow | null {
  const { asOf, timeframes, days = DEFAULT_DAYS, intradayLimit = DEFAULT_LIMIT, memory } = request;
  const last = stock.lastClose(asOf);
  if (!last) return null;
  const price = asOf - last.end <= PRICE_AGE ? { value: last.value, time: last.end, timeframe: last.timeframe } : null;
  const frames: Partial<Record<ScanTimeframe, Frame>> = {};
  for (const timeframe of timeframes) {
    const limit = timeframe === '1D' ? Number.POSITIVE_INFINITY : intradayLimit;
    const frame = frameAsOf(stock, timeframe, { asOf, from: asOf - days * DAY, limit }, memory?.series(timeframe));
    if (!frame) continue;
    if (price && !reaches(sessions, timeframe, frame, last)) continue;
    if (price) setLastPrice(frame, price);
    frames[timeframe] = frame;
  }
  return { ticker, frames, price, previousClose: price && previousClose(stock, sessions, last, asOf) };
}

/**
 * Bars of one timeframe that start at or after `from`, the newest `limit` of them, closed by `asOf`, plus the running bar;
 * a copy that the caller may keep, made in `into` when that is given. Null when there is none.
 */
export function frameAsOf<T extends Frame['timeframe']>(
  stock: StockBars,
  timeframe: T,
  range: { asOf: number; from: number; limit: number },
  into?: Series,
): (Frame & { timeframe: T }) | null {
  const running = new Composition();
  const start = stock.running(timeframe, range.asOf, running);
  const extra = start !== null && start >= range.from && range.limit > 0 ? 1 : 0;
  const { series, count } = stock.closed(timeframe, range.asOf);
  const first = Math.max(lowerBound(series.time, count, range.from), count + extra - range.limit);
  const length = count - first + extra;
  if (length <= 0) return null;
  const bars = into ?? new Series(length);
  bars.copy(series, first, count);
  if (extra) bars.append(start!, running.open, running.high, running.low, running.close, running.volume);
  return { timeframe, bars, provisional: extra === 1 };
}

/**
 * Whether the frame's last bar covers the trading day (the week for 1W) the price belongs to. A frame that ended earlier, such
 * as hourly bars that stop days before the daily ones, is left out: setting today's price on its last bar would invent a bar.
 */
function reaches(sessions: SessionTable, timeframe: ScanTimeframe, frame: Frame, price: LastClose): boolean {
  const lastBar = sessions.lastOpened(frame.bars.time[frame.bars.length - 1]!);
  const priced = sessions.lastOpened(price.time);
  return timeframe === '1W' ? sessions.week[lastBar] === sessions.week[priced] : lastBar === priced;
}

/** The price replaces the last close and stretches the last bar to hold it (kurzora.md 4.3). */
function setLastPrice({ bars }: Frame, { value }: Price): void {
  const at = bars.length - 1;
  bars.close[at] = value;
  if (value > bars.high[at]!) bars.high[at] = value;
  if (value < bars.low[at]!) bars.low[at] = value;
}

function previousClose(stock: StockBars, sessions: SessionTable, price: LastClose, asOf: number): number | null {
  const open = sessions.open[sessions.lastOpened(price.time)]!;
  const { series, count } = stock.closed('1D', asOf);
  const before = lowerBound(series.time, count, open) - 1;
  return before >= 0 && open - series.time[before]! <= PREVIOUS_CLOSE_AGE ? series.close[before]! : null;
}
