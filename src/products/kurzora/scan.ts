import { OperatorError } from '#kernel/errors.ts';
import type { Project } from '#kernel/product.ts';
import type { MarketData, Stock } from '#services/market-data/api.ts';
import { openTickers } from './queries/end-signals.ts';
import { readSettings } from './queries/settings.ts';
import { END_OF_DAY, ENGINE, HISTORY_DAYS, INTRADAY, type TimeframeSetName } from './rules/engine.ts';
import { expiryOf } from './rules/lifecycle.ts';
import { PHASES, type PhaseNumber } from './rules/phases.ts';
import type { SkippedStock } from './rules/score-stock.ts';
import { type SignalReport, signalReport } from './rules/signal-report.ts';
import { scoreUniverse } from './score-universe.ts';
import { type StoreOutcome, storeScan } from './store-scan.ts';

const DAY = 86_400_000;

export interface ScanRequest {
  /** Epoch ms; no bar that closed later is read. */
  readonly asOf: number;
  /** What becomes of the signals. `live`: they replace the live ones; `history`: kept as expired; `report`: nothing is written. */
  readonly store: 'live' | 'history' | 'report';
  readonly tickers?: readonly string[];
  readonly limit?: number;
  readonly phase?: PhaseNumber;
  readonly signal?: AbortSignal;
  readonly onProgress?: (title: string, done: number, total: number) => void;
}

/** What `kurzora scan --json` prints; best signal first. */
export interface ScanReport {
  readonly asOf: string;
  readonly engine: string;
  readonly scanned: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly signals: readonly SignalReport[];
  readonly source: string;
  readonly phase: PhaseNumber;
  readonly timeframeSet: TimeframeSetName;
  readonly stored: StoreOutcome | null;
}

export interface ScanResult {
  readonly report: ScanReport;
  readonly skippedStocks: readonly SkippedStock[];
  /** How many signals; those of the report are put into words when they are looked at. */
  readonly found: number;
  /** Seconds of its parts: bars into memory, windows and scores, everything written. */
  readonly parts: { readonly load: number; readonly score: number; readonly store: number };
}

/**
 * One scan: the universe of the phase, its windows as of the moment, scores, and, unless only a report is wanted, the store.
 * Everything written is one transaction; a scan that fails leaves what was there.
 */
export async function runScan(project: Project, marketData: MarketData, request: ScanRequest): Promise<ScanResult> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started) / 1000;
  const { asOf } = request;
  const settings = await project.database.asService(readSettings, { readOnly: true });
  const phase = request.phase ?? settings.phase ?? project.config.phase;
  const stocks = await stocksOf(marketData, request, universeSize(marketData, request, phase));
  const live = request.store === 'live';
  const open = live ? await project.database.asService((session) => openTickers(session, marketData.source)) : [];
  // With the stocks of open signals that have left the universe: their bars still decide how those end.
  const symbols = [...new Set([...stocks.map(({ ticker }) => ticker), ...open])];
  await marketData.load({
    symbols,
    from: asOf - HISTORY_DAYS * DAY,
    onProgress: (done, total) => request.onProgress?.('loading bars', done, total),
  });
  const set = (await marketData.hasIntraday(asOf)) ? INTRADAY : END_OF_DAY;
  const loaded = elapsed();
  let done = 0;
  const { signals, skipped } = await scoreUniverse(marketData, stocks, {
    asOf,
    set,
    settings,
    signal: request.signal,
    onProgress: (count) => {
      done += count;
      request.onProgress?.('scoring', done, stocks.length);
    },
  });
  const scored = elapsed();
  const expiresAt = expiryOf(asOf, marketData.calendar, settings.signalExpiryHours);
  const byTicker = new Map(stocks.map((stock) => [stock.ticker, stock]));
  const counts = countReasons(skipped);
  const { source } = marketData;
  const stored =
    request.store === 'report'
      ? null
      : await storeScan(project.database, {
          signals: signals.map((signal) => {
            const { companyName, sector } = byTicker.get(signal.ticker)!;
            return { signal, companyName, sector, expiresAt };
          }),
          skipped,
          asOf,
          bars: marketData,
          elapsed,
          record: {
            source,
            phase,
            timeframe: set.label,
            live,
            scanned: stocks.length,
            signals: signals.length,
            skipped: counts,
          },
        });
  let reported: SignalReport[] | undefined;
  const report: ScanReport = {
    asOf: new Date(asOf).toISOString(),
    engine: ENGINE,
    scanned: stocks.length,
    skipped: counts,
    seconds: elapsed(),
    get signals() {
      reported ??= signals.map((signal) => signalReport(signal, byTicker.get(signal.ticker), expiresAt));
      return reported;
    },
    source,
    phase,
    timeframeSet: set.name,
    stored,
  };
  const parts = { load: loaded, score: between(loaded, scored), store: between(scored, elapsed()) };
  return { report, found: signals.length, skippedStocks: skipped, parts };
}

const between = (from: number, to: number) => Math.round((to - from) * 1000) / 1000;

/** The phase is about what a live provider is asked for; whoever imported files chose the universe with them. */
function universeSize({ source }: MarketData, request: ScanRequest, phase: PhaseNumber): number {
  return source === 'files' && request.phase === undefined ? Number.MAX_SAFE_INTEGER : PHASES[phase].stocks;
}

async function stocksOf(marketData: MarketData, request: ScanRequest, phaseLimit: number): Promise<Stock[]> {
  if (!request.tickers) {
    // A live source lists today's stocks; of files, and in a look back, only those count that had a bar by then.
    const asOf = request.store === 'live' && marketData.source !== 'files' ? undefined : request.asOf;
    return await marketData.universe(Math.min(request.limit ?? phaseLimit, phaseLimit), asOf);
  }
  const wanted = new Set(request.tickers);
  const stocks = (await marketData.universe()).filter(({ ticker }) => wanted.has(ticker));
  for (const { ticker } of stocks) wanted.delete(ticker);
  if (wanted.size > 0)
    throw new OperatorError(`no stock named ${[...wanted].join(', ')} among the active ones of ${marketData.source}`, {
      remedy: 'tickers are case-sensitive, e.g. --tickers AAPL,MSFT',
    });
  return request.limit === undefined ? stocks : stocks.slice(0, request.limit);
}

function countReasons(skipped: readonly SkippedStock[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
