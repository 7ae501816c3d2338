import type { Trade } from '../portfolio-contract.ts';

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

/** RFC 4180, with a heading. Text that a spreadsheet would run as a formula is led by an apostrophe (OWASP: CSV injection). */
export function tradesCsv(trades: readonly Trade[]): string {
  const lines = [COLUMNS.join(','), ...trades.map((trade) => COLUMNS.map((column) => field(trade[column])).join(','))];
  return `${lines.join('\r\n')}\r\n`;
}

function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
