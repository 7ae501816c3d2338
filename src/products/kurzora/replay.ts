import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { STOP, TARGET, tripleBarrier, UNKNOWN } from '#quant/backtest/triple-barrier.ts';
import type { Bars } from '#quant/bars.ts';
import { type MarketData, WindowMemory } from '#services/market-data/api.ts';
import { type EngineSettings, HISTORY_DAYS, INTRADAY_BARS, type TimeframeSet } from './rules/engine.ts';
import { EventTable } from './rules/record/event-table.ts';
import { writeFeatures } from './rules/record/features.ts';
import { PROTOCOL } from './rules/record/protocol.ts';
import { type ScoredSignal, type SkippedStock, scoreStock } from './rules/score-stock.ts';

/** Further back than any bar. */
const ALL_DAYS = 50_000;

export type ReplayMarket = Pick<MarketData, 'window' | 'calendar'>;

export interface ReplayRequest {
  readonly tickers: readonly string[];
  /** Closes that are scored, epoch ms, both included. */
  readonly from: number;
  readonly to: number;
  /** The newest moment of which bars may be read: outcomes of the last scores need bars after `to`. */
  readonly until: number;
  readonly settings: EngineSettings;
  /** The timeframes a scan of that close would have looked at. */
  readonly setAt: (close: number) => TimeframeSet;
  /** Closes that count; all when absent. */
  readonly counts?: (close: number) => boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Replay {
  readonly table: EventTable;
  /** Closes of the sessions that are looked at; `table.day` counts in them. */
  readonly closes: readonly number[];
  /** Stocks with at least one event. */
  readonly stocks: number;
  /** Scores whose holding time is not over. */
  readonly open: number;
  /** Gains that were held to the most that counts. */
  readonly held: number;
  /** SHA-256 over the tickers and all daily bars that were there, hexadecimal. */
  readonly dataHash: string;
}

/**
 * Runs the engine again at every close of the range, stock by stock, through the very windows a scan cuts: nothing that closed
 * later is in them. Outcomes are read from later daily bars by the triple barrier. A close whose holding time is not over by
 * `until` gives no event at all, resolved or not: what ends early is not a fair sample.
 */
export async function replay(market: ReplayMarket, request: ReplayRequest): Promise<Replay> {
  const { calendar } = market;
  const last = calendar.lastClosed(request.until);
  const first = Math.max(request.from, Date.UTC(1991, 0, 1));
  const sessions = calendar.between(calendar.dateOf(first), last.date);
  const dayOf = new Map(sessions.map(({ open }, day) => [open, day]));
  const closes = sessions.map(({ close }) => close);
  const scan: StockReplay = {
    market,
    request,
    closes,
    dayOf,
    table: new EventTable(),
    hash: createHash('sha256'),
    open: 0,
    held: 0,
  };
  let stocks = 0;
  for (const [stock, ticker] of request.tickers.entries()) {
    request.signal?.throwIfAborted();
    const before = scan.table.length;
    replayStock(scan, stock, ticker);
    if (scan.table.length > before) stocks += 1;
    request.onProgress?.(stock + 1, request.tickers.length);
    await setImmediate();
  }
  return {
    ...withoutEmptyDays(scan.table, closes),
    stocks,
    open: scan.open,
    held: scan.held,
    dataHash: scan.hash.digest('hex'),
  };
}

interface StockReplay {
  readonly market: ReplayMarket;
  readonly request: ReplayRequest;
  readonly closes: readonly number[];
  readonly dayOf: ReadonlyMap<number, number>;
  readonly table: EventTable;
  readonly hash: Hash;
  open: number;
  held: number;
}

function replayStock(scan: StockReplay, stock: number, ticker: string): void {
  const { market, request, closes, dayOf, table } = scan;
  const bars = dailyBars(market, ticker, request.until);
  if (!bars) return;
  addBars(scan.hash, ticker, bars);
  const memory = new WindowMemory();
  const risks = wilderRanges(bars, PROTOCOL.atrPeriod);
  for (let at = 0; at < bars.length; at++) {
    const day = dayOf.get(bars.time[at]!);
    if (day === undefined || closes[day]! < request.from || closes[day]! > request.to) continue;
    if (request.counts?.(closes[day]!) === false) continue;
    const result = scoreAt(market, ticker, closes[day]!, request, memory);
    if (!result || (result.kind === 'skipped' && result.reason !== 'gate')) continue;
    if (day + PROTOCOL.horizon >= closes.length) {
      if (result.kind === 'signal') scan.open += 1;
      continue;
    }
    const event = outcomeAt(bars, at, risks[at]!);
    if (!event) continue;
    if (event.clipped) scan.held += 1;
    const score = result.kind === 'signal' ? result.finalScore : null;
    const features = table.add({ day, stock, score, ...event });
    const change = at > 0 ? (bars.close[at]! / bars.close[at - 1]! - 1) * 100 : null;
    const [price, atr] = [bars.close[at]!, risks[at]!];
    const source = { finalScore: score, ...readingsOf(result), price, atr, changePercent: change };
    writeFeatures(source, table.features, features);
  }
}

function scoreAt(
  market: ReplayMarket,
  ticker: string,
  asOf: number,
  { setAt, settings }: ReplayRequest,
  memory: WindowMemory,
): ScoredSignal | SkippedStock | null {
  const set = setAt(asOf);
  const range = { days: HISTORY_DAYS, intradayLimit: INTRADAY_BARS, memory };
  const window = market.window(ticker, { asOf, timeframes: set.timeframes, ...range });
  return window && scoreStock(window, { set, settings });
}

function readingsOf({ timeframes }: ScoredSignal | SkippedStock) {
  const of = (name: string) => timeframes.find(({ timeframe }) => timeframe === name)?.readings ?? null;
  return { day: of('1D'), week: of('1W') };
}

function addBars(hash: Hash, ticker: string, bars: Bars): void {
  hash.update(ticker);
  for (const column of ['time', 'open', 'high', 'low', 'close', 'volume'] as const)
    hash.update(new Uint8Array(bars[column].slice(0, bars.length).buffer));
}

/** All closed days of a stock; a copy. */
export function dailyBars(market: Pick<ReplayMarket, 'window'>, ticker: string, until: number): Bars | null {
  const frame = market.window(ticker, { asOf: until, timeframes: ['1D'], days: ALL_DAYS })?.frames['1D'];
  if (!frame) return null;
  return frame.provisional ? { ...frame.bars, length: frame.bars.length - 1 } : frame.bars;
}

export interface Outcome {
  readonly hit: boolean;
  readonly hitOne: boolean;
  readonly stopped: boolean;
  /** In R, after costs, held to the most that counts. */
  readonly gain: number;
  readonly clipped: boolean;
}

const scratch = new Float64Array(3);

/** What became of buying after bar `at`; null when no bar follows or there is no range to measure the risk by. */
export function outcomeAt(bars: Bars, at: number, risk: number): Outcome | null {
  const { multiple, horizon, costRate, mostR } = PROTOCOL;
  tripleBarrier(bars, at, risk, { multiple: 1, horizon }, scratch);
  const hitOne = scratch[0] === TARGET;
  tripleBarrier(bars, at, risk, { multiple, horizon }, scratch);
  const [outcome, gross, entry] = scratch as unknown as [number, number, number];
  if (outcome === UNKNOWN) return null;
  const net = gross - (costRate * (entry + entry + gross * risk)) / risk;
  const gain = Math.max(-mostR, Math.min(mostR, net));
  return { hit: outcome === TARGET, stopped: outcome === STOP, hitOne, gain, clipped: gain !== net };
}

/** Wilder's average true range of every bar; NaN for the first `period`. A bar's value never changes when later bars come. */
export function wilderRanges({ high, low, close, length }: Bars, period: number): Float64Array {
  const ranges = new Float64Array(length).fill(Number.NaN);
  let average = 0;
  for (let at = 1; at < length; at++) {
    const range = Math.max(high[at]!, close[at - 1]!) - Math.min(low[at]!, close[at - 1]!);
    average = at <= period ? average + range / period : average + (range - average) / period;
    if (at >= period) ranges[at] = average;
  }
  return ranges;
}

/** Counts days from the first with an event to the last: history that only feeds the indicators is no day of the record. */
function withoutEmptyDays(table: EventTable, closes: readonly number[]): Pick<Replay, 'table' | 'closes'> {
  let [first, last] = [closes.length, -1];
  for (let at = 0; at < table.length; at++) {
    first = Math.min(first, table.day[at]!);
    last = Math.max(last, table.day[at]!);
  }
  for (let at = 0; at < table.length; at++) table.day[at]! -= first;
  return { table, closes: closes.slice(first, last + 1) };
}
