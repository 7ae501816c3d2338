import { Turn } from '#kernel/turn.ts';
import type { Bars } from '#quant/bars.ts';
import type { ExchangeCalendar } from '../api.ts';
import type { BaseTimeframe, FetchRequest, Provider, SymbolBars } from '../provider.ts';
import { WARM_UP } from './price-path.ts';
import { keyOf, mix } from './randomness.ts';
import { Rows } from './rows.ts';
import { divideBar, drawSession, emptyFineBars, emptySession, type SessionFacts } from './session-bars.ts';
import { type Company, simulatedCompanies, simulatedCompany } from './universe.ts';
import { type MarketYear, Years } from './years.ts';

const QUARTER_HOUR = 900_000;
const FIVE_MINUTES = 300_000;
const LONGEST_SESSION = 26 * QUARTER_HOUR;

/** Which sessions of a year a request covers: from `first` to before `end`. */
interface Span {
  readonly marketYear: MarketYear;
  readonly first: number;
  readonly end: number;
}

/**
 * A market without a vendor: 6,000 invented companies, for development, demonstrations and load tests. Every bar is a pure
 * function of seed, ticker, day and place in the day; it does not matter when or beside what it is asked for. The same
 * 15-minute bars underlie 5m and 1D, so the three agree exactly. Unknown symbols have no bars.
 */
export function createSimulatedExchange(options: { seed: number; calendar: ExchangeCalendar }): Provider {
  const prices = new Prices(options.seed, options.calendar);
  return {
    source: 'simulated',
    baseTimeframes: ['5m', '15m', '1D'],
    adjusted: false,
    universe: async (limit) =>
      simulatedCompanies()
        .slice(0, limit)
        .map(({ stock }) => stock),
    fetch: (request) => fetchBars(prices, request),
  };
}

async function* fetchBars(prices: Prices, request: FetchRequest): AsyncGenerator<SymbolBars> {
  const { symbols, timeframe, signal, onProgress } = request;
  if (timeframe === '1m') throw new RangeError('the simulated exchange has bars of 5m, 15m and 1D, not 1m');
  const spans = prices.spans(request.from, request.to);
  const turn = new Turn();
  for (const [index, symbol] of symbols.entries()) {
    if (turn.over) await turn.pass();
    signal?.throwIfAborted();
    const company = simulatedCompany(symbol);
    const bars = company && prices.bars(company, timeframe, spans, request);
    if (bars && bars.length > 0) yield { symbol, timeframe, bars };
    onProgress?.(index + 1, symbols.length);
  }
}

class Prices {
  readonly #seed: number;
  readonly #calendar: ExchangeCalendar;
  readonly #years: Years;
  readonly #session = emptySession();
  readonly #fine = emptyFineBars();

  constructor(seed: number, calendar: ExchangeCalendar) {
    this.#seed = keyOf(seed, 'simulated exchange');
    this.#calendar = calendar;
    this.#years = new Years(this.#seed, calendar);
  }

  spans(from: number, to: number): Span[] {
    if (!(from < to)) return [];
    const firstYear = Number(this.#calendar.dateOf(from).slice(0, 4));
    const lastYear = Number(this.#calendar.dateOf(to).slice(0, 4));
    return Array.from({ length: lastYear - firstYear + 1 }, (_, index) => {
      const marketYear = this.#years.market(firstYear + index);
      const first = marketYear.sessions.findIndex(({ close }) => close > from);
      const end = marketYear.sessions.findLastIndex(({ open }) => open < to) + 1;
      return { marketYear, first: first < 0 ? end : first, end };
    }).filter(({ first, end }) => first < end);
  }

  bars(company: Company, timeframe: BaseTimeframe, spans: readonly Span[], { from, to }: FetchRequest): Bars {
    const sessions = spans.reduce((sum, { first, end }) => sum + end - first, 0);
    const length = timeframe === '15m' ? QUARTER_HOUR : FIVE_MINUTES;
    const perSession = timeframe === '1D' ? 1 : Math.min(LONGEST_SESSION, to - from) / length;
    const rows = new Rows(Math.ceil(sessions * perSession));
    const key = keyOf(this.#seed, company.stock.ticker);
    for (const { marketYear, first, end } of spans) {
      const stockYear = this.#years.stock(company, marketYear);
      for (let index = first; index < end; index++) {
        const { open, close } = marketYear.sessions[index]!;
        const facts: SessionFacts = {
          key: mix(key, marketYear.days[WARM_UP + index]!),
          bars: (close - open) / QUARTER_HOUR,
          previousClose: stockYear.close[index]!,
          close: stockYear.close[index + 1]!,
          volatility: stockYear.volatility[index]!,
          dailyVolume: company.dailyVolume,
        };
        if (timeframe !== '1D') this.#intraday(facts, open, timeframe, from, to, rows);
        else if (open >= from && close <= to) this.#daily(facts, open, rows);
      }
    }
    return rows.bars();
  }

  #daily(facts: SessionFacts, time: number, rows: Rows): void {
    const session = this.#session;
    drawSession(facts, session);
    let high = 0;
    let low = Number.POSITIVE_INFINITY;
    let volume = 0;
    for (let index = 0; index < session.length; index++) {
      if (session.present[index] === 0) continue;
      if (session.high[index]! > high) high = session.high[index]!;
      if (session.low[index]! < low) low = session.low[index]!;
      volume += session.volume[index]!;
    }
    rows.add(time, session.open[0]!, high, low, session.close[session.length - 1]!, volume);
  }

  #intraday(facts: SessionFacts, open: number, timeframe: BaseTimeframe, from: number, to: number, rows: Rows): void {
    const session = this.#session;
    drawSession(facts, session);
    for (let index = 0; index < session.length; index++) {
      const time = open + index * QUARTER_HOUR;
      if (session.present[index] === 0 || time + QUARTER_HOUR <= from || time >= to) continue;
      if (timeframe === '15m') {
        if (time >= from && time + QUARTER_HOUR <= to)
          rows.add(
            time,
            session.open[index]!,
            session.high[index]!,
            session.low[index]!,
            session.close[index]!,
            session.volume[index]!,
          );
        continue;
      }
      const fine = this.#fine;
      divideBar(facts.key, session, index, fine);
      for (let part = 0; part < 3; part++) {
        const start = time + part * FIVE_MINUTES;
        if (start >= from && start + FIVE_MINUTES <= to)
          rows.add(start, fine.open[part]!, fine.high[part]!, fine.low[part]!, fine.close[part]!, fine.volume[part]!);
      }
    }
  }
}
