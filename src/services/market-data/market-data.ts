import { userInfo } from 'node:os';
import { OperatorError } from '#kernel/errors.ts';
import type { Project } from '#kernel/product.ts';
import { barsOf } from '#quant/bars.ts';
import { finestClosedBars } from './aggregation/closed-bars.ts';
import { DAY, SessionTable } from './aggregation/sessions.ts';
import { stockWindow } from './aggregation/window.ts';
import type { MarketData, Source, Stock } from './api.ts';
import { nyseCalendar } from './calendar/exchange-calendar.ts';
import { importFile } from './files/import-file.ts';
import { createPolygon } from './polygon/polygon.ts';
import type { BaseTimeframe, Provider } from './provider.ts';
import { createSimulatedExchange } from './simulated/simulated-exchange.ts';
import { chartBars } from './store/chart-bars.ts';
import { hasBars, hasIntradayBetween, newestBar } from './store/coverage.ts';
import { universeAsOf } from './store/known-stocks.ts';
import { maintain } from './store/maintain.ts';
import { MarketMemory } from './store/memory.ts';
import { Refresh } from './store/refresh.ts';
import { listStocks, universe } from './store/stocks.ts';

/** Years the exchange's calendar covers. */
const CALENDAR = { from: '1990-01-01', to: '2100-12-31' };
/** Stocks a provider is asked to list. */
const LISTED = 6000;
/** Finest stored timeframe by phase: as fine as its scans are frequent. */
const INTRADAY: Readonly<Record<1 | 2 | 3, BaseTimeframe>> = { 1: '15m', 2: '5m', 3: '5m' };
/** Intraday bars older than this say nothing about which timeframes a scan can use. */
const INTRADAY_AGE = 30 * DAY;
/** Weeks are built from days: a load reaches back to the start of the week and the day before. */
const LOAD_MARGIN = 10 * DAY;
const NO_BARS = barsOf([]);

/**
 * Opens the market data of a project. The source is MARKET_DATA; with `auto` Polygon when there is a key, else files when bars were
 * imported, else the simulated exchange. A `source` that is given is used as it is.
 */
export async function openMarketData({
  project,
  source: chosen,
}: {
  project: Project;
  source?: Source;
}): Promise<MarketData> {
  const { database, background } = project;
  const calendar = nyseCalendar();
  const sessions = new SessionTable(calendar, CALENDAR);
  const source = chosen ?? (await chooseSource(project));
  const provider = providerOf(source, project);
  const memory = new MarketMemory(background, source, sessions);
  const listed = async (limit?: number): Promise<Stock[]> => {
    const stocks = await database.asService((session) => universe(session, source, limit));
    if (stocks.length > 0 || !provider) return stocks;
    const known = await provider.universe(LISTED);
    await database.asService((session) => listStocks(session, source, known));
    return await database.asService((session) => universe(session, source, limit));
  };
  const symbolsOf = async (symbols: readonly string[] | undefined): Promise<readonly string[]> =>
    symbols ?? (await listed()).map(({ ticker }) => ticker);
  let turn: Promise<unknown> = Promise.resolve();

  return {
    calendar,
    source,
    async universe(limit, asOf) {
      if (asOf === undefined) return await listed(limit);
      return await database.asService((session) => universeAsOf(session, sessions, { source, asOf, limit }));
    },
    async load({ symbols, from, onProgress }) {
      await memory.load(await symbolsOf(symbols), from - LOAD_MARGIN, onProgress);
    },
    window(ticker, request) {
      const stock = memory.stock(ticker);
      return stock ? stockWindow(ticker, stock, sessions, request) : null;
    },
    closedBars(ticker, range) {
      const stock = memory.stock(ticker);
      return stock ? finestClosedBars(stock, sessions, range) : NO_BARS;
    },
    lastClose(ticker, asOf) {
      const last = memory.stock(ticker)?.lastClose(asOf);
      return last ? { value: last.value, time: last.end } : null;
    },
    bars: (symbol, timeframe, { asOf, limit }) =>
      chartBars(database, sessions, { source, symbol, timeframe, asOf, limit }),
    async refresh({ now, symbols, onProgress, signal }) {
      const work = async () => {
        if (!provider) return { bars: 0, symbols: 0, newest: null };
        const refresh = new Refresh(background, provider, sessions, async (list, replaced) => {
          if (replaced) memory.forget(list.map(({ symbol }) => symbol));
          else await memory.take(list);
        });
        const intraday = INTRADAY[project.config.phase];
        const timeframes = (['1D', intraday] as const).filter((timeframe) =>
          provider.baseTimeframes.includes(timeframe),
        );
        return await refresh.run({ now, symbols: await symbolsOf(symbols), timeframes, onProgress, signal });
      };
      // One at a time: two would fetch the same bars.
      const mine = turn.then(work, work);
      turn = mine;
      const done = await mine;
      if (done.newest !== null) return done;
      return { ...done, newest: await database.asService((session) => newestBar(session, source, now)) };
    },
    async importFile(path, options) {
      const report = await importFile(background, sessions, path, { ...options, importedBy: operator() });
      return report;
    },
    hasIntraday: (asOf) =>
      database.asService((session) => hasIntradayBetween(session, source, asOf - INTRADAY_AGE, asOf)),
    maintain: ({ now }) => maintain(background, source, { now, foldBefore: calendar.sessionAt(now)?.open ?? now }),
    async close() {
      await turn.catch(() => undefined);
    },
  };
}

async function chooseSource({ config, database }: Project): Promise<Source> {
  if (config.marketData !== 'auto') return config.marketData;
  if (config.polygonApiKey) return 'polygon';
  const imported = await database.asService((session) => hasBars(session, 'files'));
  return imported ? 'files' : 'simulated';
}

function providerOf(source: Source, { config, log, now }: Project): Provider | null {
  const calendar = nyseCalendar();
  if (source === 'files') return null;
  if (source === 'simulated') return createSimulatedExchange({ seed: config.simulationSeed, calendar });
  if (!config.polygonApiKey)
    throw new OperatorError('market data is to come from Polygon, but there is no key', {
      remedy: 'Set POLYGON_API_KEY to the key from your Polygon account.',
    });
  return createPolygon({
    apiKey: config.polygonApiKey,
    url: config.polygonUrl,
    callsPerMinute: config.polygonCallsPerMinute,
    log: log.child({ module: 'polygon' }),
    calendar,
    now,
  });
}

/** Who runs this process, for the record of an import. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user often has no entry in the list of users.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
