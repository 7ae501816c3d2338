import type { SignalType } from './classes.ts';
import type { LevelsRule } from './engine.ts';
import { roundTo } from './rounding.ts';

/** Prices in the currency of the listing, 4 decimals as they are stored. */
export interface Levels {
  readonly rule: LevelsRule;
  readonly direction: 'long' | 'short';
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** |target - entry| / |entry - stop| of these three rounded numbers, 2 decimals. */
  readonly ratio: number;
  readonly stopReason: string;
  readonly targetReason: string;
}

const band = (score: number, bands: readonly (readonly [number, number])[], otherwise: number) =>
  bands.find(([least]) => score >= least)?.[1] ?? otherwise;

/** Percent of the price paid above (short: below) it so that the order fills. */
export const entryPremium = (score: number) =>
  band(
    score,
    [
      [85, 0.5],
      [75, 0.8],
      [65, 1.2],
    ],
    1.5,
  );
/** Percent of the entry risked; a bullish signal gets one point more room. */
export const stopPercent = (score: number, type: SignalType) =>
  band(
    score,
    [
      [90, 3],
      [80, 4],
      [70, 5],
    ],
    6,
  ) + (type === 'bullish' ? 1 : 0);
/** Reward as a multiple of the risk. */
export const rewardMultiple = (score: number) =>
  band(
    score,
    [
      [90, 3],
      [80, 2.5],
      [70, 2],
    ],
    1.5,
  );

/**
 * Entry, stop and target (kurzora.md 4.11). Bearish signals are mirrored; a neutral one that passed the gate is traded long,
 * since the gate only lets upward-looking stocks through. Null when four decimals cannot tell entry from stop.
 */
export function levelsFor(price: number, score: number, type: SignalType, rule: LevelsRule): Levels | null {
  return rule === 'legacy' ? legacyLevels(price) : scoreBandLevels(price, score, type);
}

function scoreBandLevels(price: number, score: number, type: SignalType): Levels | null {
  const premium = entryPremium(score) / 100;
  const entry = roundTo(price * (type === 'bearish' ? 1 - premium : 1 + premium), 4);
  return scoreBandFromEntry(entry, score, type);
}

/** The score-band stop and target for a given entry. */
export function scoreBandFromEntry(entry: number, score: number, type: SignalType): Levels | null {
  const side = type === 'bearish' ? -1 : 1;
  const percent = stopPercent(score, type);
  const multiple = rewardMultiple(score);
  const stop = roundTo(entry - (side * entry * percent) / 100, 4);
  return finish({
    rule: 'score-band',
    direction: side === 1 ? 'long' : 'short',
    entry,
    stop,
    // From the stored stop, so that anyone can work the target out from the two printed numbers.
    target: roundTo(entry + (entry - stop) * multiple, 4),
    stopReason: `${percent} % ${side === 1 ? 'below' : 'above'} entry for score ${score}`,
    targetReason: `${multiple} times the risk for score ${score}`,
  });
}

/** The rule of the first live engine: always long, the same percentages for every score. */
function legacyLevels(price: number): Levels | null {
  return finish({
    rule: 'legacy',
    direction: 'long',
    entry: roundTo(price * 1.01, 4),
    stop: roundTo(price * 0.92, 4),
    target: roundTo(price * 1.15, 4),
    stopReason: '8 % below the price',
    targetReason: '15 % above the price',
  });
}

function finish(levels: Omit<Levels, 'ratio'>): Levels | null {
  const risk = Math.abs(levels.entry - levels.stop);
  if (risk < 1e-4 / 2 || Math.min(levels.entry, levels.stop, levels.target) <= 0) return null;
  return { ...levels, ratio: roundTo(Math.abs(levels.target - levels.entry) / risk, 2) };
}
