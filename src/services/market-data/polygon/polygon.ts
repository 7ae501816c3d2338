import type { Logger } from '#kernel/log.ts';
import { type Bar, barsOf } from '#quant/bars.ts';
import type { ExchangeCalendar, ExchangeSession, Stock } from '../api.ts';
import type { FetchRequest, Provider, Quote, SymbolBars } from '../provider.ts';
import { Freshness } from './freshness.ts';
import { inOrder } from './in-order.ts';
import { type ClientOptions, PolygonClient, PolygonRefusal } from './polygon-client.ts';
import {
  barsOfAggregates,
  barsOfGroupedDaily,
  companiesOf,
  type DropReason,
  previousCloseOf,
  quotesOf,
  rankedByTurnover,
} from './responses.ts';

export interface PolygonOptions extends ClientOptions {
  readonly calendar: ExchangeCalendar;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How late a DELAYED plan sees the market; its newest bars are still growing. */
const PLAN_DELAY_MS = 15 * 60_000;
/** Calls under way at a time: enough to hide the round trip, few enough to be polite. */
const IN_FLIGHT = 8;
/** Sessions of grouped daily bars gathered before they are handed on: some 4 MB for the whole market. */
const SESSIONS_A_PIECE = 21;
/** Snapshot asks by name up to here; above, the whole market comes in one call. */
const NAMED_IN_SNAPSHOT = 200;
/** Symbols missing from the snapshot that are asked for one by one. */
const PREVIOUS_CLOSES = 10;
/** Below this many symbols, bars that are out of date say little about the source. */
const FEW_SYMBOLS = 5;
const DAY = 86_400_000;
const RANGE = { '1m': '1/minute', '5m': '5/minute', '15m': '15/minute', '1D': '1/day' } as const;

/**
 * Bars of the US stock market from Polygon, adjusted for splits. History comes symbol by symbol, newest first, so that a limit
 * can never cut off the present; daily bars come by session for the whole market where that takes fewer calls.
 */
export function createPolygon(options: PolygonOptions): Provider {
  return new Polygon(options);
}

class Polygon implements Provider {
  readonly source = 'polygon';
  readonly baseTimeframes = ['1m', '5m', '15m', '1D'] as const;
  readonly adjusted = true;
  readonly dropped: Record<string, number> = {};
  readonly #client: PolygonClient;
  readonly #calendar: ExchangeCalendar;
  readonly #callsPerMinute: number;
  readonly #log: Logger;
  readonly #now: () => number;

  constructor(options: PolygonOptions) {
    this.#client = new PolygonClient(options);
    this.#calendar = options.calendar;
    this.#callsPerMinute = options.callsPerMinute;
    this.#log = options.log;
    this.#now = options.now;
  }

  async universe(limit: number): Promise<Stock[]> {
    const companies: ReturnType<typeof companiesOf> = [];
    const target = '/v3/reference/tickers?market=stocks&type=CS&active=true&order=asc&sort=ticker&limit=1000';
    for await (const { results } of this.#client.pages(target)) companies.push(...companiesOf(results));
    let session = this.#calendar.lastClosed(this.#now());
    let day = await this.#groupedDaily(session);
    if (day.size === 0) {
      session = this.#calendar.previous(session);
      day = await this.#groupedDaily(session);
    }
    return rankedByTurnover(companies, day).slice(0, limit);
  }

  async *fetch(request: FetchRequest): AsyncGenerator<SymbolBars> {
    const { symbols, timeframe, from, to } = request;
    if (!(from < to) || symbols.length === 0) return;
    const sessions = this.#sessionsWithin(from, to);
    if (sessions.length === 0) return;
    const stop = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, stop.signal]) : stop.signal;
    const freshness = new Freshness(this.#expectedSession(sessions, timeframe, to));
    const bySession = timeframe === '1D' && sessions.length < symbols.length;
    this.#announce(bySession ? sessions.length : symbols.length);
    const inner = { ...request, signal };
    try {
      for await (const piece of bySession ? this.#bySession(inner, sessions) : this.#bySymbol(inner, sessions)) {
        freshness.see(piece);
        yield piece;
      }
    } finally {
      // The caller may have left early: what is under way has nobody to go to.
      stop.abort(new Error('the fetch has ended'));
    }
    this.#warnWhenStale(freshness, symbols.length, timeframe);
  }

  async quotes(symbols: readonly string[], signal?: AbortSignal): Promise<Quote[]> {
    const wanted = new Set(symbols);
    const named = symbols.length <= NAMED_IN_SNAPSHOT ? `?tickers=${symbols.map(encodeURIComponent).join(',')}` : '';
    const quotes = await this.#client
      .get(`/v2/snapshot/locale/us/markets/stocks/tickers${named}`, signal)
      .then(({ tickers }) => quotesOf(tickers).filter(({ symbol }) => wanted.has(symbol)))
      .catch((error: unknown) => this.#whenNotInPlan<Quote[]>(error, [], 'snapshots are not in the Polygon plan'));
    for (const { symbol } of quotes) wanted.delete(symbol);
    for (const symbol of [...wanted].slice(0, PREVIOUS_CLOSES)) {
      const { results } = await this.#client.get(
        `/v2/aggs/ticker/${encodeURIComponent(symbol)}/prev?adjusted=true`,
        signal,
      );
      const quote = previousCloseOf(symbol, results, this.#calendar);
      if (quote) quotes.push(quote);
    }
    return quotes;
  }

  async *#bySymbol(request: FetchRequest, sessions: readonly ExchangeSession[]): AsyncGenerator<SymbolBars> {
    const { symbols, timeframe, signal, onProgress } = request;
    const answers = inOrder(symbols, IN_FLIGHT, (symbol) => this.#aggregates(symbol, request, sessions, signal));
    let done = 0;
    for await (const [symbol, bars] of answers) {
      if (bars.length > 0) yield { symbol, timeframe, bars: barsOf(bars) };
      onProgress?.(++done, symbols.length);
    }
  }

  async #aggregates(
    symbol: string,
    { timeframe, from, to }: FetchRequest,
    sessions: readonly ExchangeSession[],
    signal?: AbortSignal,
  ): Promise<Bar[]> {
    const [first, last] = [sessions[0]!, sessions.at(-1)!];
    const span =
      timeframe === '1D'
        ? `${first.date}/${last.date}`
        : `${Math.max(from, first.open)}/${Math.min(to, last.close) - 1}`;
    const target = `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/${RANGE[timeframe]}/${span}?adjusted=true&sort=desc&limit=50000`;
    const rows: unknown[] = [];
    let delayed = false;
    try {
      for await (const { results, status } of this.#client.pages(target, signal)) {
        if (Array.isArray(results)) for (const row of results) rows.push(row);
        delayed ||= status === 'DELAYED';
      }
    } catch (error) {
      if (!(error instanceof PolygonRefusal && [400, 404].includes(error.vendorStatus))) throw error;
      this.#drop('symbol refused');
      return [];
    }
    // The clock of a delayed plan stands 15 minutes back: what has not closed by then is not finished, whatever `to` says.
    const finished = delayed ? Math.min(to, this.#now() - PLAN_DELAY_MS) : to;
    return barsOfAggregates(rows, timeframe, { from, to: finished }, this.#calendar, this.#drop);
  }

  async *#bySession(request: FetchRequest, sessions: readonly ExchangeSession[]): AsyncGenerator<SymbolBars> {
    const { symbols, timeframe, from, to, signal, onProgress } = request;
    const closed = sessions.filter(({ open, close }) => open >= from && close <= to);
    const gathered = new Map<string, Bar[]>();
    let done = 0;
    for await (const [, day] of inOrder(closed, IN_FLIGHT, (session) => this.#groupedDaily(session, signal))) {
      for (const symbol of symbols) {
        const bar = day.get(symbol);
        const earlier = gathered.get(symbol);
        if (bar && earlier) earlier.push(bar);
        else if (bar) gathered.set(symbol, [bar]);
      }
      done++;
      if (done % SESSIONS_A_PIECE === 0 || done === closed.length) {
        for (const [symbol, bars] of gathered) yield { symbol, timeframe, bars: barsOf(bars) };
        gathered.clear();
      }
      onProgress?.(Math.floor((symbols.length * done) / closed.length), symbols.length);
    }
  }

  /** All stocks of a session; empty when the plan does not show the last day yet. */
  async #groupedDaily(session: ExchangeSession, signal?: AbortSignal): Promise<Map<string, Bar>> {
    const target = `/v2/aggs/grouped/locale/us/market/stocks/${session.date}?adjusted=true`;
    try {
      const { results, status } = await this.#client.get(target, signal);
      if (status === 'DELAYED' && session.close > this.#now() - PLAN_DELAY_MS) return new Map();
      return barsOfGroupedDaily(results, session.open, this.#drop);
    } catch (error) {
      if (session.close < this.#now() - DAY) throw error;
      return this.#whenNotInPlan(error, new Map(), `the Polygon plan does not show ${session.date} yet`);
    }
  }

  #sessionsWithin(from: number, to: number): ExchangeSession[] {
    return this.#calendar
      .between(this.#calendar.dateOf(from), this.#calendar.dateOf(to))
      .filter(({ open, close }) => close > from && open < to);
  }

  /** The session whose bars must be there by now, if the request reaches it. */
  #expectedSession(sessions: readonly ExchangeSession[], timeframe: string, to: number): ExchangeSession | undefined {
    const finished = Math.min(to, this.#now() - (timeframe === '1D' ? DAY : PLAN_DELAY_MS));
    return sessions.findLast(({ close }) => close <= finished);
  }

  #warnWhenStale(freshness: Freshness, symbols: number, timeframe: string): void {
    const finding = freshness.finding(symbols);
    if (!finding) return;
    // A few symbols asked for alone are mostly those that were behind already, for reasons of their own: no news.
    const level = symbols < FEW_SYMBOLS ? 'info' : 'warn';
    this.#log[level]({ timeframe, symbols, ...finding }, "Polygon's bars are out of date");
  }

  #announce(calls: number): void {
    const minutes = calls / this.#callsPerMinute;
    if (minutes < 2) return;
    const callsPerMinute = this.#callsPerMinute;
    this.#log.warn(
      { calls, callsPerMinute },
      `the Polygon plan needs about ${Math.ceil(minutes)} minutes for these ${calls} calls`,
    );
  }

  #whenNotInPlan<T>(error: unknown, instead: T, message: string): T {
    if (!(error instanceof PolygonRefusal && error.vendorStatus === 403)) throw error;
    this.#log.warn(message);
    return instead;
  }

  readonly #drop = (reason: DropReason | 'symbol refused'): void => {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  };
}
