import type { Bars } from '#quant/bars.ts';
import { clampScore } from './rounding.ts';

const SIDE = 20;
const LEAST_BARS = SIDE + 5;
/** Share of the level's price within which bars touch it, levels merge, and proximity counts. */
const BAND = 0.02;
const LEAST_TOUCHES = 2;
/** |entry - stop| of the legacy levels as a share of the price: 1.01 - 0.92. */
const ACTIONABLE = 0.09;

export interface PriceLevel {
  /** Price of the pivot that made the level. */
  readonly price: number;
  readonly pivot: 'low' | 'high';
  /** Bars whose low (of a pivot low) or high (of a pivot high) lies within 2 % of the level, the pivot itself included. */
  readonly touches: number;
  /** min(10, 2 * touches). */
  readonly strength: number;
}

export interface NearestLevel extends PriceLevel {
  /** Support below the price, resistance otherwise, whatever pivot made it. */
  readonly kind: 'support' | 'resistance';
  /** |level - price| / price. */
  readonly distance: number;
  /** 0-100: above 50 near a support, below 50 near a resistance; 50 beyond 2 %. */
  readonly proximity: number;
}

/** The level nearest to the price and what it says, or null where the bars form none (kurzora.md 4.5). */
export function nearestLevel(bars: Bars, price: number): NearestLevel | null {
  if (bars.length < LEAST_BARS) return null;
  const levels = mergeLevels(findLevels(bars));
  const near = levels.filter((level) => Math.abs(level.price - price) <= ACTIONABLE * price);
  let nearest: PriceLevel | null = null;
  for (const level of near.length > 0 ? near : levels)
    if (nearest === null || Math.abs(level.price - price) < Math.abs(nearest.price - price)) nearest = level;
  if (nearest === null) return null;
  const distance = Math.abs(nearest.price - price) / price;
  const kind = nearest.price < price ? 'support' : 'resistance';
  return { ...nearest, kind, distance, proximity: proximityOf(kind, distance, nearest.strength) };
}

/** 50 +- 45 * closeness * strength/10, where closeness falls from 1 at the level to 0 at 2 %. */
export function proximityOf(kind: 'support' | 'resistance', distance: number, strength: number): number {
  const closeness = Math.max(0, 1 - distance / BAND);
  const pull = 45 * closeness * (strength / 10);
  return clampScore(Math.round(kind === 'support' ? 50 + pull : 50 - pull));
}

/** Pivots with at least two touches, in order of time; a bar that is both gives its low first. */
export function findLevels(bars: Bars): PriceLevel[] {
  const { low, high, length } = bars;
  const [lows, highs] = [pivotsOf(low, length, -1), pivotsOf(high, length, 1)];
  const levels: PriceLevel[] = [];
  let next = 0;
  for (const index of lows) {
    while (next < highs.length && highs[next]! < index) addLevel(levels, high, length, high[highs[next++]!]!, 'high');
    addLevel(levels, low, length, low[index]!, 'low');
  }
  while (next < highs.length) addLevel(levels, high, length, high[highs[next++]!]!, 'high');
  return levels;
}

/**
 * Bars strictly beyond all 20 on both sides. The first bar to the right that is as far out is the next candidate: those between
 * lie within reach of this one, which is beyond them. So each bar is looked at about once.
 */
function pivotsOf(values: Float64Array, length: number, sign: 1 | -1): number[] {
  const pivots: number[] = [];
  let index = SIDE;
  while (index < length - SIDE) {
    const value = values[index]! * sign;
    let step = 1;
    while (step <= SIDE && values[index + step]! * sign < value) step += 1;
    if (step > SIDE && isBeyondBefore(values, index, sign)) pivots.push(index);
    index += step;
  }
  return pivots;
}

function isBeyondBefore(values: Float64Array, index: number, sign: 1 | -1): boolean {
  const value = values[index]! * sign;
  for (let step = 1; step <= SIDE; step += 1) if (values[index - step]! * sign >= value) return false;
  return true;
}

function addLevel(
  levels: PriceLevel[],
  values: Float64Array,
  length: number,
  price: number,
  pivot: 'low' | 'high',
): void {
  const reach = BAND * price;
  let touches = 0;
  for (let index = 0; index < length; index += 1) if (Math.abs(values[index]! - price) <= reach) touches += 1;
  if (touches >= LEAST_TOUCHES) levels.push({ price, pivot, touches, strength: Math.min(10, touches * 2) });
}

/** Of levels within 2 % of one another the one with most touches stays; of equals, the older. */
export function mergeLevels(levels: readonly PriceLevel[]): PriceLevel[] {
  const kept: PriceLevel[] = [];
  for (const level of levels.toSorted((a, b) => b.strength - a.strength))
    if (kept.every((stronger) => Math.abs(stronger.price - level.price) > BAND * stronger.price)) kept.push(level);
  return kept;
}
