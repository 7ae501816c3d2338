import { seededNormal, seededRandom } from '#quant/backtest/randomness.ts';
import { type Bar, type Bars, barsOf } from '#quant/bars.ts';
import { type MarketInMemory, marketInMemory, nyseCalendar } from '#services/market-data/api.ts';
import { dailyBars, type ReplayMarket, replay } from './replay.ts';
import { DEFAULT_SETTINGS, END_OF_DAY, HISTORY_DAYS } from './rules/engine.ts';
import { type Evaluation, evaluate } from './rules/record/evaluation.ts';
import { scoreStock } from './rules/score-stock.ts';

/** What the same procedure says where the truth is known. */
export interface PlaceboFigures {
  readonly n: number;
  readonly hitRate: number | null;
  readonly baseRate: number | null;
  readonly brierSkill: number | null;
  readonly brierSkillInterval: readonly [number, number] | null;
  readonly trendP: number;
  readonly calibratedSkill: number | null;
  readonly buckets: readonly {
    readonly from: number;
    readonly to: number;
    readonly n: number;
    readonly hitRate: number;
    readonly interval: readonly [number, number];
    readonly baseRate: number;
  }[];
}

export interface Placebo {
  /** Prices without memory: `flat` when no score shows an edge, as it must. */
  readonly randomWalk: PlaceboFigures & { readonly flat: boolean };
  /** The days of these very stocks in another order, the same for all: likewise. Null where there is too little history. */
  readonly shuffled: (PlaceboFigures & { readonly flat: boolean }) | null;
  /** Prices that rise after high scores and fall after low ones: `found` when the edge shows, as it must. */
  readonly planted: PlaceboFigures & { readonly found: boolean };
}

const STOCKS = 30;
const FROM = '2018-01-02';
const TO = '2019-12-31';
const DAILY_VOLATILITY = 0.02;
/** Moves within a day that make its high and low. */
const MOVES = 8;
/** Stocks whose days are shuffled. */
const SHUFFLED = 40;
/** Days a planted push lasts, and its size as a share of the daily volatility. */
const PUSH_DAYS = 10;
const PUSH = 0.35;

/** Runs all placebos; about ten seconds of one core. */
export async function runPlacebos(
  market: ReplayMarket,
  tickers: readonly string[],
  until: number,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<Placebo> {
  const run = async (made: MarketInMemory) => figuresOf(await evaluateMarket(made, signal));
  const walk = await run(randomWalks(1));
  onProgress?.(1, 3);
  const mixed = shuffledDays(market, tickers, until);
  const shuffled = mixed && (await run(mixed));
  onProgress?.(2, 3);
  const { edge, figures } = await run(plantedWalks(2));
  onProgress?.(3, 3);
  return {
    randomWalk: { flat: walk.edge === 'none', ...walk.figures },
    shuffled: shuffled && { flat: shuffled.edge === 'none', ...shuffled.figures },
    planted: { found: edge === 'positive', ...figures },
  };
}

export async function evaluateMarket(market: MarketInMemory, signal?: AbortSignal): Promise<Evaluation> {
  const until = Date.UTC(2100, 0, 1);
  const ends = { from: 0, to: until, until: newestClose(market, until) };
  const options = { settings: DEFAULT_SETTINGS, setAt: () => END_OF_DAY, signal };
  return evaluate((await replay(market, { tickers: market.tickers, ...ends, ...options })).table);
}

function newestClose(market: MarketInMemory, until: number): number {
  let newest = 0;
  for (const ticker of market.tickers) {
    const bars = dailyBars(market, ticker, until);
    if (bars) newest = Math.max(newest, bars.time[bars.length - 1]!);
  }
  return market.calendar.session(market.calendar.dateOf(newest))!.close;
}

function figuresOf({ engine, calibrated }: Evaluation) {
  const figures: PlaceboFigures = {
    n: engine.overall?.n ?? 0,
    hitRate: engine.overall?.hitRate ?? null,
    baseRate: engine.overall?.baseRate ?? null,
    brierSkill: engine.brierSkill,
    brierSkillInterval: engine.forecast?.brierSkillInterval ?? null,
    trendP: engine.monotonicity.blockP,
    calibratedSkill: calibrated?.brierSkill ?? null,
    buckets: engine.buckets.map(({ from, to, n, hitRate, interval, baseRate }) => {
      return { from, to, n, hitRate, interval, baseRate };
    }),
  };
  return { figures, edge: engine.edge };
}

/** Geometric walks without drift or memory, in steps within the day. */
export function randomWalks(seed: number, stocks = STOCKS, to = TO): MarketInMemory {
  const market = marketInMemory();
  const sessions = market.calendar.between(FROM, to);
  for (let stock = 0; stock < stocks; stock++) {
    const walk = new Walk(seed * 1000 + stock);
    market.hold(nameOf(stock), '1D', barsOf(sessions.map(({ open }) => walk.day(open, 0))));
  }
  return market;
}

/** Walks that the engine's own score moves: up for days after a high one, down after a low one. */
export function plantedWalks(seed: number, stocks = STOCKS, to = TO): MarketInMemory {
  const market = marketInMemory();
  const sessions = nyseCalendar().between(FROM, to);
  for (let stock = 0; stock < stocks; stock++) {
    const walk = new Walk(seed * 1000 + stock);
    const days: Bar[] = [];
    let push = 0;
    let left = 0;
    for (const { open, close } of sessions) {
      days.push(walk.day(open, left > 0 ? push : 0));
      left -= 1;
      if (left > 0 || days.length < 80) continue;
      market.hold(nameOf(stock), '1D', barsOf(days));
      const score = scoreAt(market, nameOf(stock), close);
      if (score === null || (score >= 66 && score < 76)) continue;
      push = score >= 76 ? PUSH : -PUSH;
      left = PUSH_DAYS;
    }
    market.hold(nameOf(stock), '1D', barsOf(days));
  }
  return market;
}

function scoreAt(market: MarketInMemory, ticker: string, asOf: number): number | null {
  const window = market.window(ticker, { asOf, timeframes: END_OF_DAY.timeframes, days: HISTORY_DAYS });
  const result = window && scoreStock(window, { set: END_OF_DAY, settings: DEFAULT_SETTINGS });
  return result?.kind === 'signal' ? result.finalScore : null;
}

const nameOf = (stock: number) => `W${String(stock).padStart(3, '0')}`;

class Walk {
  readonly #normal: () => number;
  readonly #random: () => number;
  #price = 100;

  constructor(seed: number) {
    this.#normal = seededNormal(seed);
    this.#random = seededRandom(seed + 7);
  }

  /** `push` in daily volatilities. */
  day(time: number, push: number): Bar {
    const open = this.#price;
    let [high, low] = [open, open];
    for (let move = 0; move < MOVES; move++) {
      const drift = (push * DAILY_VOLATILITY - DAILY_VOLATILITY ** 2 / 2) / MOVES;
      this.#price *= Math.exp(drift + (DAILY_VOLATILITY / Math.sqrt(MOVES)) * this.#normal());
      high = Math.max(high, this.#price);
      low = Math.min(low, this.#price);
    }
    return { time, open, high, low, close: this.#price, volume: Math.round(1e5 * (0.5 + this.#random())) };
  }
}

/**
 * The stocks' own days in a random order that is the same for all of them: each day's moves and what stocks have in common stay,
 * what one day says about the next is gone. Null with fewer than 300 sessions that most of the stocks have.
 */
export function shuffledDays(
  market: ReplayMarket,
  tickers: readonly string[],
  until: number,
  seed = 3,
): MarketInMemory | null {
  const step = Math.max(1, Math.floor(tickers.length / SHUFFLED));
  const histories = tickers
    .filter((_, index) => index % step === 0)
    .slice(0, SHUFFLED)
    .flatMap((ticker) => dailyBars(market, ticker, until) ?? []);
  const longest = histories.reduce((most, { length }) => Math.max(most, length), 0);
  const whole = histories.filter(({ length }) => length === longest);
  if (longest < 200 || whole.length === 0) return null;
  const order = permutation(longest - 1, seed);
  const made = marketInMemory();
  for (const [stock, bars] of whole.entries()) made.hold(nameOf(stock), '1D', reordered(bars, order));
  return made;
}

/** Each day's open, high, low and close against the close before, put after one another in another order. */
function reordered(bars: Bars, order: readonly number[]): Bars {
  let close = bars.close[0]!;
  const days = order.map((day, place) => {
    const before = bars.close[day]!;
    const at = (price: number) => (price / before) * close;
    const next = day + 1;
    const made = {
      time: bars.time[place + 1]!,
      open: at(bars.open[next]!),
      high: at(bars.high[next]!),
      low: at(bars.low[next]!),
      close: at(bars.close[next]!),
      volume: bars.volume[next]!,
    };
    close = made.close;
    return made;
  });
  return barsOf(days);
}

function permutation(length: number, seed: number): number[] {
  const random = seededRandom(seed);
  const order = Array.from({ length }, (_, index) => index);
  for (let index = length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}
