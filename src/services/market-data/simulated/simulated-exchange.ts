import type { Bars } from '#quant/bars.ts';
import type { ExchangeCalendar, ExchangeSession } from '../api.ts';
import { dayNumber, dayOfDate, weekday } from '../calendar/new-york.ts';
import type { BaseTimeframe, FetchRequest, Provider, SymbolBars } from '../provider.ts';
import { WARM_UP, type YearPath, yearPath } from './price-path.ts';
import { keyOf, mix } from './randomness.ts';
import { divideBar, drawSession, emptyFineBars, emptySession, type SessionFacts } from './session-bars.ts';
import { type Company, SECTORS, simulatedCompanies, simulatedCompany } from './universe.ts';

const QUARTER_HOUR = 900_000;
const FIVE_MINUTES = 300_000;
const LONGEST_SESSION = 26 * QUARTER_HOUR;
const MARKET_VOLATILITY = 0.009;
const SECTOR_VOLATILITY = 0.006;
/** Every stock is worth this much more than its path says, so that no path leads to a price of nothing. */
const FLOOR_CENTS = 50;
/** How long a fetch computes before it lets the rest of the process run. */
const BREATH_MS = 25;

/** What all stocks share in a year. */
interface MarketYear {
  readonly year: number;
  readonly sessions: readonly ExchangeSession[];
  readonly days: Int32Array;
  readonly market: YearPath;
  readonly sectors: readonly YearPath[];
}

/** One stock's year: closes in cents, from the close before the year's first session on. */
interface StockYear {
  readonly close: Int32Array;
  readonly volatility: Float32Array;
}

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
  let breath = performance.now();
  for (const [index, symbol] of symbols.entries()) {
    if (performance.now() - breath > BREATH_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      breath = performance.now();
    }
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
  readonly #marketYears = new Map<number, MarketYear>();
  /** Of the newest year asked for only, as live ticks ask for it again and again: some 2 KB a stock. */
  #stockYears: { year: number; byTicker: Map<string, StockYear> } = { year: 0, byTicker: new Map() };
  readonly #session = emptySession();
  readonly #fine = emptyFineBars();

  constructor(seed: number, calendar: ExchangeCalendar) {
    this.#seed = keyOf(seed, 'simulated exchange');
    this.#calendar = calendar;
  }

  spans(from: number, to: number): Span[] {
    if (!(from < to)) return [];
    const firstYear = Number(this.#calendar.dateOf(from).slice(0, 4));
    const lastYear = Number(this.#calendar.dateOf(to).slice(0, 4));
    return Array.from({ length: lastYear - firstYear + 1 }, (_, index) => {
      const marketYear = this.#marketYear(firstYear + index);
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
      const stockYear = this.#stockYear(company, marketYear);
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

  #marketYear(year: number): MarketYear {
    const known = this.#marketYears.get(year);
    if (known) return known;
    const sessions = this.#calendar.between(`${year}-01-01`, `${year}-12-31`);
    const days = Int32Array.from([
      ...weekdaysBefore(dayNumber(year, 1, 1)),
      ...sessions.map(({ date }) => dayOfDate(date)),
    ]);
    const made: MarketYear = {
      year,
      sessions,
      days,
      market: yearPath(keyOf(this.#seed, 'market'), year, days, MARKET_VOLATILITY, 0.004),
      sectors: SECTORS.map(({ name }) => yearPath(keyOf(this.#seed, name), year, days, SECTOR_VOLATILITY, 0.002)),
    };
    this.#marketYears.set(year, made);
    return made;
  }

  #stockYear(company: Company, marketYear: MarketYear): StockYear {
    const { ticker } = company.stock;
    if (marketYear.year > this.#stockYears.year) this.#stockYears = { year: marketYear.year, byTicker: new Map() };
    const cached = marketYear.year === this.#stockYears.year ? this.#stockYears.byTicker : undefined;
    const known = cached?.get(ticker);
    if (known) return known;
    const made = this.#drawStockYear(company, marketYear);
    cached?.set(ticker, made);
    return made;
  }

  #drawStockYear(company: Company, { year, days, market, sectors }: MarketYear): StockYear {
    const { basePrice, marketBeta, sectorBeta, volatility } = company;
    const sector = sectors[company.sectorIndex]!;
    const own = yearPath(keyOf(this.#seed, company.stock.ticker), year, days, volatility, 0.016);
    const length = own.close.length;
    const close = new Int32Array(length + 1);
    const deviation = new Float32Array(length);
    const cents = (marketLog: number, sectorLog: number, ownLog: number) =>
      FLOOR_CENTS + Math.round(100 * basePrice * Math.exp(marketBeta * marketLog + sectorBeta * sectorLog + ownLog));
    close[0] = cents(market.start, sector.start, own.start);
    for (let index = 0; index < length; index++) {
      close[index + 1] = cents(market.close[index]!, sector.close[index]!, own.close[index]!);
      deviation[index] = Math.sqrt(
        (marketBeta * market.volatility[index]!) ** 2 +
          (sectorBeta * sector.volatility[index]!) ** 2 +
          own.volatility[index]! ** 2,
      );
    }
    return { close, volatility: deviation };
  }
}

function weekdaysBefore(day: number): number[] {
  const days: number[] = [];
  for (let before = day - 1; days.length < WARM_UP; before--)
    if (weekday(before) !== 0 && weekday(before) !== 6) days.unshift(before);
  return days;
}

/** Columns that are filled row by row; prices arrive in cents. */
class Rows {
  #length = 0;
  readonly #time: Float64Array;
  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #volume: Float64Array;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#open = new Float64Array(capacity);
    this.#high = new Float64Array(capacity);
    this.#low = new Float64Array(capacity);
    this.#close = new Float64Array(capacity);
    this.#volume = new Float64Array(capacity);
  }

  add(time: number, open: number, high: number, low: number, close: number, volume: number): void {
    const index = this.#length++;
    this.#time[index] = time;
    this.#open[index] = open / 100;
    this.#high[index] = high / 100;
    this.#low[index] = low / 100;
    this.#close[index] = close / 100;
    this.#volume[index] = volume;
  }

  bars(): Bars {
    return {
      length: this.#length,
      time: this.#time,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
    };
  }
}
