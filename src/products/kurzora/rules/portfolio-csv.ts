import type { Trade } from '../portfolio-contract.ts';
import { csvOf } from './csv.ts';

const COLUMNS = [
  ...[
    'id',
    'ticker',
    'companyName',
    'sector',
    'tradeType',
    'quantity',
    'entryPrice',
    'exitPrice',
    'stopLoss',
    'takeProfit',
  ],
  ...['profitLoss', 'profitLossPercentage', 'isOpen', 'exitReason', 'signalScore', 'openedAt', 'closedAt', 'notes'],
] as const satisfies readonly (keyof Trade)[];

/** A person's trades as they leave the house; rules/csv.ts says how. */
export function tradesCsv(trades: readonly Trade[]): string {
  return csvOf(COLUMNS, trades);
}
