import { words } from '../../app/format.ts';

const REASONS: Record<string, string> = {
  gate: 'below the gate of timeframe scores',
  no_bars: 'no bars stored',
  no_price: 'no price in the last 7 days',
  too_few_timeframes: 'bars on one timeframe only',
  too_few_bars: 'too few bars to compute from',
  too_few_scored: 'one timeframe scored above zero',
};

/** Why the scan gave a stock no signal; a reason this page does not know yet reads as its code. */
export function skipReason(code: string): string {
  return REASONS[code] ?? words(code);
}
