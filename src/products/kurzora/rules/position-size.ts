import type { RiskBudget } from './engine.ts';
import type { Levels } from './levels.ts';
import { roundTo } from './rounding.ts';

export interface Position {
  /** Whole shares the risk budget allows, before the cap. */
  readonly uncapped: number;
  /** Shares after the cap on the position's value; at least 1. */
  readonly size: number;
  /** Money lost at the stop and won at the target with `size` shares, 2 decimals. */
  readonly riskAmount: number;
  readonly rewardAmount: number;
}

/** floor(balance * risk % / |entry - stop|), at least 1, cut to the largest position allowed. */
export function positionFor(levels: Levels, budget: RiskBudget): Position {
  const perShare = Math.abs(levels.entry - levels.stop);
  const uncapped = Math.max(1, wholeShares((budget.balance * budget.riskPercent) / 100 / perShare));
  const cap = wholeShares((budget.balance * budget.positionCapPercent) / 100 / levels.entry);
  const size = Math.max(1, Math.min(uncapped, cap));
  return {
    uncapped,
    size,
    riskAmount: roundTo(size * perShare, 2),
    rewardAmount: roundTo(size * Math.abs(levels.target - levels.entry), 2),
  };
}

/** Floor that forgives the last bit of binary division: 200 / (100 - 95) must be 40, and 39.9999999999 is 40 too. */
function wholeShares(value: number): number {
  return Math.floor(value + 1e-9);
}

/** low: score >= 85 and ratio >= 2; medium: score >= 70 and ratio >= 1.5; otherwise high. */
export function riskLevel(score: number, ratio: number): 'low' | 'medium' | 'high' {
  if (score >= 85 && ratio >= 2) return 'low';
  return score >= 70 && ratio >= 1.5 ? 'medium' : 'high';
}
