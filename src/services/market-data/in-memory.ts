import type { Bars } from '#quant/bars.ts';
import { SessionTable } from './aggregation/sessions.ts';
import { StockBars } from './aggregation/stock-bars.ts';
import type { StoredTimeframe } from './aggregation/timeframes.ts';
import { stockWindow } from './aggregation/window.ts';
import type { MarketData } from './api.ts';
import { nyseCalendar } from './calendar/exchange-calendar.ts';
import { readFileOfBars } from './files/read-file.ts';
import { Series } from './store/series.ts';

/** What can be asked of bars that no database holds: the same answers as `MarketData` gives for the same bars. */
export interface MarketInMemory extends Pick<MarketData, 'calendar' | 'window'> {
  /** In order of the alphabet. */
  readonly tickers: readonly string[];
  /** Puts in bars of one timeframe, in place of those that were there. */
  hold(ticker: string, timeframe: StoredTimeframe, bars: Bars): void;
}

let table: SessionTable | undefined;

/** Bars held in this process only: of a file that is looked at without being imported, or invented ones. */
export function marketInMemory(): MarketInMemory {
  const calendar = nyseCalendar();
  const sessions = sessionTable();
  const stocks = new Map<string, StockBars>();
  return {
    calendar,
    get tickers() {
      return [...stocks.keys()].sort();
    },
    hold(ticker, timeframe, bars) {
      const series = bars instanceof Series ? bars : copyOf(bars);
      const stock = stocks.get(ticker) ?? new StockBars(sessions);
      stock.adopt(timeframe, series);
      stocks.set(ticker, stock);
    },
    window(ticker, request) {
      const stock = stocks.get(ticker);
      return stock ? stockWindow(ticker, stock, sessions, request) : null;
    },
  };
}

/** Reads a file of bars as an import would, refusing the same lines, and stores nothing. Throws OperatorError. */
export async function readMarketFile(
  path: string,
  into: MarketInMemory,
  options: { onProgress?: (bytes: number, total: number) => void } = {},
): Promise<{ readonly timeframe: StoredTimeframe; readonly symbols: number }> {
  const { list, timeframe } = await readFileOfBars(path, sessionTable(), options);
  for (const { symbol, bars } of list) into.hold(symbol, timeframe, bars);
  return { timeframe, symbols: list.length };
}

function sessionTable(): SessionTable {
  table ??= new SessionTable(nyseCalendar(), { from: '1990-01-01', to: '2100-12-31' });
  return table;
}

function copyOf(bars: Bars): Series {
  const series = new Series(bars.length);
  series.copy(bars, 0, bars.length);
  return series;
}
