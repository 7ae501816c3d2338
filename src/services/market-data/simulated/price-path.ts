/**
 * Daily closes of one simulated factor (the market, a sector, a company's own part) as log prices, a calendar year at a time.
 *
 * Where a year begins and ends is decided first: a mean-reverting walk from year to year, so that prices stay in a
 * believable range for a century and any year can be computed without the ones before it. Inside the year runs a path with
 * volatility clustering (GARCH(1,1), Bollerslev 1986), regimes that trend or revert (a changing first-order autocorrelation
 * and drift) and now and then a jump. The path is then tilted so that it meets the year's end: a Brownian bridge, whose law
 * is that of the untilted path. The process warms up on the shocks of the weekdays before the year.
 */
import { keyOf, mix, normal, uniform } from './randomness.ts';

/** One factor over the sessions of a year. */
export interface YearPath {
  /** Log price at the close before the year's first session. */
  readonly start: number;
  /** Log price at each session's close. */
  readonly close: Float64Array;
  /** Standard deviation of that session's log return, as the process stood. */
  readonly volatility: Float64Array;
}

export const WARM_UP = 48;
const REGIME_DAYS = 56;
const SQRT_YEAR = Math.sqrt(252);
/** How much of a year's distance from the long-run level is left a year later, and for how many years that is followed. */
const YEARLY_MEMORY = 0.85;
const YEARS_REMEMBERED = 24;

/**
 * `days` are the day numbers of the WARM_UP weekdays before the year and of the year's sessions, in order;
 * `volatility` the long-run standard deviation of a daily log return; `jumps` how many to expect in a session.
 */
export function yearPath(key: number, year: number, days: Int32Array, volatility: number, jumps: number): YearPath {
  const start = yearLevel(key, year, volatility);
  const target = yearLevel(key, year + 1, volatility);
  const length = days.length - WARM_UP;
  const close = new Float64Array(length);
  const volatilities = new Float64Array(length);
  let variance = 1;
  let previous = 0;
  let sum = 0;
  let varianceSum = 0;
  const shocks = keyOf(key, 'shocks');
  const jumping = keyOf(key, 'jumps');
  const regime = new Regime(keyOf(key, 'regimes'));
  for (let index = 0; index < days.length; index++) {
    const day = days[index]!;
    regime.enter(day);
    const deviation = volatility * regime.volatility * Math.sqrt(variance);
    const shock = normal(shocks, day);
    const jump = uniform(jumping, day) < jumps ? 4 * normal(jumping, -day) : 0;
    previous = regime.autocorrelation * previous + volatility * regime.drift + deviation * (shock + jump);
    variance = 0.08 + 0.1 * variance * shock * shock + 0.82 * variance;
    if (index < WARM_UP) continue;
    sum += previous;
    varianceSum += deviation * deviation;
    close[index - WARM_UP] = sum;
    volatilities[index - WARM_UP] = deviation;
  }
  tilt(close, volatilities, start, target - start - sum, varianceSum);
  return { start, close, volatility: volatilities };
}

/** Spreads what is missing at the year's end over its sessions by their share of the variance. */
function tilt(
  close: Float64Array,
  volatility: Float64Array,
  start: number,
  missing: number,
  varianceSum: number,
): void {
  let passed = 0;
  for (let index = 0; index < close.length; index++) {
    passed += volatility[index]! ** 2;
    close[index] = start + close[index]! + (missing * passed) / varianceSum;
  }
}

/** Log price at the start of a year, around 0: a first-order autoregression over years, cut off where nothing is left of it. */
function yearLevel(key: number, year: number, volatility: number): number {
  const levels = keyOf(key, 'levels');
  let level = 0;
  for (let age = 0, weight = 1; age < YEARS_REMEMBERED; age++, weight *= YEARLY_MEMORY)
    level += weight * normal(levels, year - age);
  return level * volatility * SQRT_YEAR * 0.8;
}

/** Stretches of some 40 sessions, beginning on a day of the factor's own, in which the path behaves alike. */
class Regime {
  volatility = 1;
  autocorrelation = 0;
  /** In daily standard deviations. */
  drift = 0;
  readonly #key: number;
  readonly #shift: number;
  #block = Number.NaN;

  constructor(key: number) {
    this.#key = key;
    this.#shift = mix(key, 7) % REGIME_DAYS;
  }

  enter(day: number): void {
    const block = Math.floor((day + this.#shift) / REGIME_DAYS);
    if (block === this.#block) return;
    this.#block = block;
    const kind = uniform(this.#key, block);
    const strength = uniform(this.#key, block ^ 0x5bd1e995);
    this.volatility = kind < 0.15 ? 0.55 : 0.8 + 0.5 * strength;
    this.autocorrelation = kind < 0.45 ? 0.12 * strength : kind < 0.75 ? -0.25 * strength : 0;
    this.drift = kind < 0.45 ? (kind < 0.27 ? 1 : -1) * (0.06 + 0.12 * strength) : 0;
  }
}
