/**
 * RSI divergence on daily closes (kurzora.md 4.9), signed by direction and free of the price's scale (T-9):
 *
 *     priceSlope = (p2 / p1 - 1) / bars between them          share of the price a bar
 *     rsiSlope   = (r2 - r1) / 100 / bars between them        share of RSI's range a bar
 *     slopeDiff  = |priceSlope - rsiSlope|
 *     bonus      = +-15 * tradingStrength / 100               + for a bullish pattern, - for a bearish one
 *
 * Significances are percentages of a range (see extremes.ts), so multiplying every price by a constant changes nothing.
 */
import { type Extreme, findExtremes } from './extremes.ts';
import { clampScore, roundTo } from './rounding.ts';

const WINDOW = 100;
const LEAST_POINTS = 50;
const PAIR_REACH = 3;
const LEAST_SLOPE_DIFFERENCE = 0.0005;
const MOST_POINTS = 15;

export type DivergenceType = 'bullish_regular' | 'bearish_regular' | 'bullish_hidden' | 'bearish_hidden';
export type DivergenceStrength = 'very_strong' | 'strong' | 'moderate' | 'weak';

export interface DivergencePattern {
  readonly type: DivergenceType;
  readonly strength: DivergenceStrength;
  readonly confidenceScore: number;
  readonly qualityScore: number;
  /** 0-100. */
  readonly tradingStrength: number;
  readonly slopeDifference: number;
  /** Bars counted from the start of the window, and their values. */
  readonly price: readonly [Extreme, Extreme];
  readonly rsi: readonly [Extreme, Extreme];
}

export interface Divergence {
  /** False with fewer than 50 closes or RSI values: nothing was looked for. */
  readonly analysed: boolean;
  readonly found: number;
  readonly valid: number;
  /** The valid pattern with the highest trading strength; of equals, the later. */
  readonly strongest: DivergencePattern | null;
  /** Points added to the base score, -15 to 15, 2 decimals. */
  readonly bonus: number;
}

const NOT_ANALYSED: Divergence = Object.freeze({ analysed: false, found: 0, valid: 0, strongest: null, bonus: 0 });

/** `close` and `rsi` hold one value a bar, oldest first; RSI is NaN for its first 14. Only the first `length` are read. */
export function findDivergence(close: Float64Array, rsi: Float64Array, length: number): Divergence {
  if (length < LEAST_POINTS || length - 14 < LEAST_POINTS) return NOT_ANALYSED;
  const from = Math.max(14, length - WINDOW);
  const patterns = [...patternsOf(close, rsi, from, length, 1), ...patternsOf(close, rsi, from, length, -1)];
  const valid = patterns.filter(isValid);
  const strongest = valid.reduce<DivergencePattern | null>(
    (best, pattern) => (best === null || outranks(pattern, best) ? pattern : best),
    null,
  );
  return { analysed: true, found: patterns.length, valid: valid.length, strongest, bonus: bonusOf(strongest) };
}

function isValid(pattern: DivergencePattern): boolean {
  return (
    pattern.confidenceScore >= 50 && pattern.qualityScore >= 40 && pattern.slopeDifference >= LEAST_SLOPE_DIFFERENCE
  );
}

function outranks(a: DivergencePattern, b: DivergencePattern): boolean {
  if (a.tradingStrength !== b.tradingStrength) return a.tradingStrength > b.tradingStrength;
  return a.price[1].index > b.price[1].index;
}

/** Bearish patterns take points away: a falling setup never earns a higher score. */
export function bonusOf(pattern: DivergencePattern | null): number {
  if (!pattern) return 0;
  const points = roundTo((pattern.tradingStrength / 100) * MOST_POINTS, 2);
  return pattern.type.startsWith('bullish') ? points : -points;
}

function patternsOf(close: Float64Array, rsi: Float64Array, from: number, to: number, sign: 1 | -1) {
  const prices = findExtremes(close, from, to, sign);
  if (prices.length < 2) return [];
  const oscillator = findExtremes(rsi, from, to, sign);
  const patterns: DivergencePattern[] = [];
  for (let second = 1; second < prices.length; second += 1)
    for (let first = 0; first < second; first += 1) {
      const price = [prices[first]!, prices[second]!] as const;
      const left = nearestWithin(oscillator, price[0].index);
      const right = nearestWithin(oscillator, price[1].index);
      if (!left || !right || left.index >= right.index) continue;
      const pattern = patternOf(sign, price, [left, right]);
      if (pattern) patterns.push(pattern);
    }
  return patterns;
}

function nearestWithin(extremes: readonly Extreme[], index: number): Extreme | null {
  let nearest: Extreme | null = null;
  for (const extreme of extremes) {
    const distance = Math.abs(extreme.index - index);
    if (distance <= PAIR_REACH && (nearest === null || distance < Math.abs(nearest.index - index))) nearest = extreme;
  }
  return nearest;
}

/** Lows: price down and RSI up is bullish, the reverse its hidden form. Highs: price up and RSI down is bearish, likewise. */
function typeOf(sign: 1 | -1, priceMove: number, rsiMove: number): DivergenceType | null {
  if (!(priceMove * rsiMove < 0)) return null;
  if (sign === -1) return priceMove < 0 ? 'bullish_regular' : 'bullish_hidden';
  return priceMove > 0 ? 'bearish_regular' : 'bearish_hidden';
}

function patternOf(
  sign: 1 | -1,
  price: readonly [Extreme, Extreme],
  rsi: readonly [Extreme, Extreme],
): DivergencePattern | null {
  const type = typeOf(sign, price[1].value - price[0].value, rsi[1].value - rsi[0].value);
  if (!type) return null;
  const priceSpan = price[1].index - price[0].index;
  const rsiSpan = rsi[1].index - rsi[0].index;
  const priceSlope = (price[1].value / price[0].value - 1) / priceSpan;
  const slopeDifference = Math.abs(priceSlope - (rsi[1].value - rsi[0].value) / 100 / rsiSpan);
  const priceSignificance = (price[0].significance + price[1].significance) / 2;
  const rsiSignificance = (rsi[0].significance + rsi[1].significance) / 2;
  const strength = strengthOf(slopeDifference * 100 + (priceSignificance + rsiSignificance) / 2);
  const confidence = clampScore(50 + Math.min(30, 1000 * slopeDifference) + (priceSignificance + rsiSignificance) / 10);
  const mismatch = Math.abs(priceSpan - rsiSpan);
  const quality = clampScore(60 + Math.max(0, 20 - mismatch) + Math.min(20, 500 * slopeDifference));
  const regular = type.endsWith('regular') ? 1.2 : 1;
  const tradingStrength = clampScore(confidence * 0.6 * regular * STRENGTH_FACTOR[strength]);
  return {
    type,
    strength,
    confidenceScore: roundTo(confidence, 2),
    qualityScore: roundTo(quality, 2),
    tradingStrength: roundTo(tradingStrength, 2),
    slopeDifference,
    price,
    rsi,
  };
}

const STRENGTH_FACTOR = { very_strong: 1.3, strong: 1.1, moderate: 1, weak: 0.8 } as const;

function strengthOf(score: number): DivergenceStrength {
  return score >= 85 ? 'very_strong' : score >= 70 ? 'strong' : score >= 50 ? 'moderate' : 'weak';
}
