import { INDICATOR_NAMES, type Readings, scoreTimeframe } from '../timeframe-score.ts';

/** What the calibrated score is made of; all of it is stored with every signal. */
export interface FeatureSource {
  /** The engine's; null where there is none. */
  readonly finalScore: number | null;
  readonly day: Readings | null;
  readonly week: Readings | null;
  readonly price: number;
  /** ATR 14 of the daily bars, price units. */
  readonly atr: number | null;
  /** Percent against the day before. */
  readonly changePercent: number | null;
}

const OF_A_FRAME = ['rsi', 'macd', 'percentB', 'volume', 'range', 'proximity', 'score'] as const;

export const FEATURES: readonly string[] = Object.freeze([
  ...OF_A_FRAME.map((name) => `1D ${name}`),
  ...OF_A_FRAME.map((name) => `1W ${name}`),
  'volatility',
  'change',
  'final score',
]);

/** Writes the features from `at` on: free of the price's scale, and in the middle of their range where a reading is missing. */
export function writeFeatures(source: FeatureSource, out: { [index: number]: number }, at = 0): void {
  const { price, atr, changePercent } = source;
  writeFrame(source.day, price, out, at);
  writeFrame(source.week, price, out, at + OF_A_FRAME.length);
  const share = atr !== null && atr > 0 ? atr / price : 0.02;
  out[at + 2 * OF_A_FRAME.length] = Math.log(share);
  out[at + 2 * OF_A_FRAME.length + 1] = (changePercent ?? 0) / 100 / share;
  out[at + 2 * OF_A_FRAME.length + 2] = source.finalScore ?? 0;
}

function writeFrame(readings: Readings | null, price: number, out: { [index: number]: number }, at: number): void {
  out[at] = readings?.rsi ?? 50;
  out[at + 1] = ((readings?.macd ?? 0) / price) * 100;
  out[at + 2] = readings?.percentB ?? 0.5;
  out[at + 3] = Math.log(Math.max(0.05, readings?.volumeRatio ?? 1));
  out[at + 4] = readings?.stochasticK ?? 50;
  out[at + 5] = readings?.proximity ?? 50;
  out[at + 6] = (readings && scoreTimeframe(readings).sum) ?? 60;
}

/** The readings of a timeframe as `trading_signals.signals.indicators` keeps them; null when it has none. */
export function readingsOf(stored: Readonly<Record<string, number | null>> | null | undefined): Readings | null {
  if (!stored) return null;
  const entries = Object.entries(INDICATOR_NAMES).map(([key, name]) => [key, stored[name] ?? null]);
  return Object.fromEntries(entries) as unknown as Readings;
}
