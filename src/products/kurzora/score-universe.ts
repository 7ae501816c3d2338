import { Turn } from '#kernel/turn.ts';
import { type MarketData, type Stock, WindowMemory } from '#services/market-data/api.ts';
import { type EngineSettings, HISTORY_DAYS, INTRADAY_BARS, type TimeframeSet } from './rules/engine.ts';
import { type ScoredSignal, type SkippedStock, scoreStock } from './rules/score-stock.ts';

export interface UniverseScores {
  readonly signals: readonly ScoredSignal[];
  readonly skipped: readonly SkippedStock[];
}

/** Windows and scores of all stocks as of a moment, from the store in memory; best score first, then by ticker. */
export async function scoreUniverse(
  marketData: Pick<MarketData, 'window'>,
  stocks: readonly Stock[],
  options: {
    readonly asOf: number;
    readonly set: TimeframeSet;
    readonly settings: EngineSettings;
    readonly signal?: AbortSignal;
    readonly onProgress?: (stocks: number) => void;
  },
): Promise<UniverseScores> {
  const { asOf, set, settings } = options;
  // Scores keep nothing of the window.
  const memory = new WindowMemory();
  const request = { asOf, timeframes: set.timeframes, days: HISTORY_DAYS, intradayLimit: INTRADAY_BARS, memory };
  const signals: ScoredSignal[] = [];
  const skipped: SkippedStock[] = [];
  options.signal?.throwIfAborted();
  const turn = new Turn();
  let told = 0;
  for (const [index, { ticker }] of stocks.entries()) {
    const window = marketData.window(ticker, request);
    const result = window ? scoreStock(window, { set, settings }) : noBars(ticker);
    if (result.kind === 'signal') signals.push(result);
    else skipped.push(result);
    if (!turn.over && index < stocks.length - 1) continue;
    options.onProgress?.(index + 1 - told);
    told = index + 1;
    await turn.pass();
    options.signal?.throwIfAborted();
  }
  signals.sort((a, b) => b.finalScore - a.finalScore || (a.ticker < b.ticker ? -1 : 1));
  return { signals, skipped };
}

function noBars(ticker: string): SkippedStock {
  const detail = `no bar in the ${HISTORY_DAYS} days before this moment`;
  return { kind: 'skipped', ticker, reason: 'no_bars', detail, timeframes: [] };
}
