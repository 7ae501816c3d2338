/** The Shariah screen of section 11: ratios in percent against limits, a score, and what of a profit is to be given away. */
import { roundTo } from '../rounding.ts';
import type { ExcludedBusiness } from './business.ts';

/** Percent; null where a figure is not known. */
export interface ShariahRatios {
  readonly debtToMarketCap: number | null;
  readonly cashToMarketCap: number | null;
  readonly interestIncome: number | null;
  readonly nonPermissibleRevenue: number | null;
}

/** Dollars, of one moment and one year. */
export interface CompanyFigures {
  readonly marketCap: number | null;
  readonly totalDebt: number | null;
  readonly cash: number | null;
  readonly revenue: number | null;
  readonly interestIncome: number | null;
  readonly nonPermissibleRevenue: number | null;
}

export type ShariahStatus = 'compliant' | 'non_compliant' | 'pending' | 'review_required';
export type Violation = keyof ShariahRatios | ExcludedBusiness;

export interface ShariahScreen {
  readonly status: ShariahStatus;
  /** 0-100; null while a ratio is not known and nothing is violated. */
  readonly score: number | null;
  readonly violations: readonly Violation[];
  readonly requiresPurification: boolean | null;
  /** Percent of a profit; null while not known. */
  readonly purificationPercentage: number | null;
}

interface Bands {
  readonly limit: number;
  readonly high: number;
  readonly low: number;
}
const OF_MARKET_CAP: Bands = { limit: 33, high: 25, low: 20 };
const OF_REVENUE: Bands = { limit: 5, high: 3, low: 1 };
const BANDS: Readonly<Record<keyof ShariahRatios, Bands>> = {
  debtToMarketCap: OF_MARKET_CAP,
  cashToMarketCap: OF_MARKET_CAP,
  interestIncome: OF_REVENUE,
  nonPermissibleRevenue: OF_REVENUE,
};
const PASSING_SCORE = 70;
/** Percent; less is not worth a donation. */
const LEAST_PURIFICATION = 0.1;

/** Shares in percent, 4 decimals; null where a part is unknown or the whole is not above zero. */
export function ratiosOf(figures: CompanyFigures): ShariahRatios {
  const share = (part: number | null, whole: number | null) =>
    part === null || whole === null || whole <= 0 ? null : roundTo((part / whole) * 100, 4);
  return {
    debtToMarketCap: share(figures.totalDebt, figures.marketCap),
    cashToMarketCap: share(figures.cash, figures.marketCap),
    interestIncome: share(figures.interestIncome, figures.revenue),
    nonPermissibleRevenue: share(figures.nonPermissibleRevenue, figures.revenue),
  };
}

/**
 * Excluded business scores 0. From 100 each ratio takes 25 over its limit, 15 and 5 in its warning bands. Compliant is a score of 70
 * without a violation; what is not known is pending, never compliant, and violated as far as it is known.
 */
export function screen(ratios: ShariahRatios, business: readonly ExcludedBusiness[]): ShariahScreen {
  const known = Object.entries(ratios) as [keyof ShariahRatios, number | null][];
  const over = known.filter(([name, value]) => value !== null && value > BANDS[name].limit).map(([name]) => name);
  const violations = [...business, ...over];
  const complete = known.every(([, value]) => value !== null);
  const { interestIncome, nonPermissibleRevenue } = ratios;
  const impure =
    interestIncome === null || nonPermissibleRevenue === null
      ? null
      : roundTo(interestIncome + nonPermissibleRevenue, 3);
  const shared = {
    violations,
    requiresPurification: impure === null ? null : impure > LEAST_PURIFICATION,
    purificationPercentage: impure === null ? null : Math.min(impure, 100),
  };
  if (business.length > 0) return { status: 'non_compliant', score: 0, ...shared };
  const score = complete
    ? Math.max(0, 100 - known.reduce((sum, [name, value]) => sum + cost(value!, BANDS[name]), 0))
    : null;
  if (violations.length > 0) return { status: 'non_compliant', score, ...shared };
  if (score === null) return { status: 'pending', score, ...shared };
  return { status: score >= PASSING_SCORE ? 'compliant' : 'review_required', score, ...shared };
}

function cost(value: number, { limit, high, low }: Bands): number {
  return value > limit ? 25 : value > high ? 15 : value > low ? 5 : 0;
}
