import type { ExchangeCalendar, ExchangeSession } from '../api.ts';
import { dayNumber, dayOfDate, weekday } from '../calendar/new-york.ts';
import { WARM_UP, type YearPath, yearPath } from './price-path.ts';
import { keyOf } from './randomness.ts';
import { type Company, SECTORS } from './universe.ts';

const MARKET_VOLATILITY = 0.009;
const SECTOR_VOLATILITY = 0.006;
/** Every stock is worth this much more than its path says, so that no path leads to a price of nothing. */
const FLOOR_CENTS = 50;

/** What all stocks share in a year. */
export interface MarketYear {
  readonly year: number;
  readonly sessions: readonly ExchangeSession[];
  readonly days: Int32Array;
  readonly market: YearPath;
  readonly sectors: readonly YearPath[];
}

/** One stock's year: closes in cents, from the close before the year's first session on. */
export interface StockYear {
  readonly close: Int32Array;
  readonly volatility: Float32Array;
}

/** The years of one simulated market, kept as far as they are asked for again. */
export class Years {
  readonly #seed: number;
  readonly #calendar: ExchangeCalendar;
  readonly #marketYears = new Map<number, MarketYear>();
  /** Of the newest year asked for only, as live ticks ask for it again and again: some 2 KB a stock. */
  #stockYears: { year: number; byTicker: Map<string, StockYear> } = { year: 0, byTicker: new Map() };

  constructor(seed: number, calendar: ExchangeCalendar) {
    this.#seed = seed;
    this.#calendar = calendar;
  }

  /** RangeError for a year the calendar does not cover. */
  market(year: number): MarketYear {
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

  stock(company: Company, marketYear: MarketYear): StockYear {
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
