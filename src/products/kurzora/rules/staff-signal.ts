import type { SignalType } from './classes.ts';
import { roundTo } from './rounding.ts';

/** What staff say of a signal they make. Prices in the currency of the listing. */
export interface SignalIdea {
  readonly signalType: SignalType;
  readonly entryPrice: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
}

export interface LevelFault {
  readonly field: 'entryPrice' | 'stopLoss' | 'takeProfit';
  readonly message: string;
}

/** What is wrong with the levels for their direction: bullish and neutral are long, bearish is short. Empty when nothing is. */
export function levelFaults({ signalType, entryPrice, stopLoss, takeProfit }: SignalIdea): LevelFault[] {
  const long = signalType !== 'bearish';
  const [entry, stop, target] = [entryPrice, stopLoss, takeProfit].map((price) => roundTo(price, 4)) as [
    number,
    number,
    number,
  ];
  const faults: LevelFault[] = [];
  if (entry <= 0) faults.push({ field: 'entryPrice', message: 'must be above zero' });
  if (stop <= 0 || (long ? stop >= entry : stop <= entry))
    faults.push({ field: 'stopLoss', message: `must lie ${long ? 'below' : 'above'} the entry` });
  if (target <= 0 || (long ? target <= entry : target >= entry))
    faults.push({ field: 'takeProfit', message: `must lie ${long ? 'above' : 'below'} the entry` });
  return faults;
}

/** Reward for each dollar risked, of the levels as they are stored (T-4); 2 decimals. */
export function ratioOf({ entryPrice, stopLoss, takeProfit }: SignalIdea): number {
  const [entry, stop, target] = [entryPrice, stopLoss, takeProfit].map((price) => roundTo(price, 4)) as [
    number,
    number,
    number,
  ];
  return roundTo(Math.abs(target - entry) / Math.abs(entry - stop), 2);
}
