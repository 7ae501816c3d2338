import { clampScore, roundTo } from './rounding.ts';

/** The seven figures a timeframe is scored by, rounded as they are stored; null where there are too few bars or no movement. */
export interface Readings {
  /** 0-100, 2 decimals. */
  readonly rsi: number | null;
  /** EMA12 - EMA26 in price units, 4 decimals. */
  readonly macd: number | null;
  /** Bollinger %B, 4 decimals. */
  readonly percentB: number | null;
  /** Last completed bar's volume over the mean, 2 decimals. */
  readonly volumeRatio: number | null;
  /** 0-100, 2 decimals. */
  readonly stochasticK: number | null;
  /** -100-0, 2 decimals. */
  readonly williamsR: number | null;
  /** Support/resistance proximity, 0-100, whole. */
  readonly proximity: number | null;
}

export type IndicatorKey = keyof Readings;

/** Order of the rows, and the names under which they are stored. */
export const INDICATOR_NAMES: Readonly<Record<IndicatorKey, string>> = Object.freeze({
  rsi: 'RSI',
  macd: 'MACD',
  percentB: 'Bollinger',
  volumeRatio: 'Volume',
  stochasticK: 'Stochastic',
  williamsR: 'Williams_R',
  proximity: 'SUPPORT_RESISTANCE',
});
const KEYS = Object.keys(INDICATOR_NAMES) as IndicatorKey[];

export const BASE_POINTS = 60;
const LEAST_INDICATORS = 4;

export interface TimeframeScore {
  /** Points each indicator gave, exactly as they entered the sum; 0 for a missing one. */
  readonly contributions: Readonly<Record<IndicatorKey, number>>;
  /** 60 + all contributions, neither rounded nor clamped; null with fewer than 4 of 7 indicators. */
  readonly sum: number | null;
  /** The sum rounded and held in 0-100; null when there is no sum. */
  readonly score: number | null;
}

const POINTS: Readonly<Record<IndicatorKey, (value: number) => number>> = {
  rsi: (value) => (value < 30 ? 20 : value > 70 ? -10 : (20 - Math.abs(value - 50)) / 4),
  macd: (value) => (value > 1 ? 20 : value > 0 ? 10 : value > -1 ? -5 : -15),
  percentB: (value) => (value < 0.2 ? 15 : value > 0.8 ? -10 : value >= 0.4 && value <= 0.6 ? 5 : 0),
  volumeRatio: (value) =>
    value >= 2.5 ? 30 : value >= 2 ? 25 : value >= 1.5 ? 15 : value >= 1.2 ? 5 : value < 0.8 ? -15 : -5,
  stochasticK: (value) => (value < 20 ? 8 : value > 80 ? -5 : 0),
  williamsR: (value) => (value <= -80 ? 7 : value >= -20 ? -5 : 0),
  proximity: (value) => (value >= 80 ? 12 : value >= 60 ? 6 : value <= 20 ? -8 : value <= 40 ? -4 : 0),
};

/**
 * Scores one timeframe: 60 points to start with, plus what each indicator's band gives (kurzora.md 4.6). The same points
 * are shown to the user, so that what is displayed is what was scored. RSI's neutral band moves in steps of 0.0025: it is
 * rounded to that so that the stored contribution is exact in 4 decimals.
 */
export function scoreTimeframe(readings: Readings): TimeframeScore {
  let present = 0;
  let sum = BASE_POINTS;
  const contributions = {} as Record<IndicatorKey, number>;
  for (const key of KEYS) {
    const value = readings[key];
    const points = value === null ? 0 : Math.round(POINTS[key](value) * 400) / 400;
    contributions[key] = points;
    sum += points;
    if (value !== null) present += 1;
  }
  if (present < LEAST_INDICATORS) return { contributions, sum: null, score: null };
  // Binary additions leave dust such as 98.14750000000001.
  const exact = roundTo(sum, 4);
  return { contributions, sum: exact, score: clampScore(Math.round(exact)) };
}
