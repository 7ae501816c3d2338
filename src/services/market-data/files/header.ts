import { OperatorError } from '#kernel/errors.ts';
import { delimiterOf, splitLine } from './csv.ts';

/** Where each column of a file of bars stands; `symbol` is -1 when the file has none. */
export interface Header {
  readonly delimiter: string;
  readonly fields: number;
  readonly symbol: number;
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const NAMES = {
  symbol: ['symbol', 'ticker'],
  time: ['datetime', 'timestamp', 'date', 'time'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume', 'vol'],
} as const;

/**
 * Finds the columns by name, in any order and case. `adj_close` and other columns are not used: prices are stored as they are
 * given, so that open, high, low and close stay on one scale. Throws OperatorError that lists what is missing.
 */
export function readHeader(line: string, path: string): Header {
  const delimiter = delimiterOf(line);
  const names = splitLine(line.replace(/^\uFEFF/, ''), delimiter).map((name) => name.trim().toLowerCase());
  const find = (aliases: readonly string[]) => {
    for (const alias of aliases) {
      const at = names.indexOf(alias);
      if (at >= 0) return at;
    }
    return -1;
  };
  const columns = Object.fromEntries(Object.entries(NAMES).map(([name, aliases]) => [name, find(aliases)])) as Record<
    keyof typeof NAMES,
    number
  >;
  const missing = Object.entries(NAMES)
    .filter(([name]) => name !== 'symbol' && columns[name as keyof typeof NAMES] < 0)
    .map(([name, aliases]) => (name === 'time' ? 'date or datetime' : aliases[0]));
  if (missing.length > 0)
    throw new OperatorError(`${path} is not a file of bars: its first line has no column ${missing.join(', ')}`, {
      remedy:
        'The first line must name the columns: symbol,date,open,high,low,close,volume (or datetime for intraday bars).',
    });
  return { delimiter, fields: names.length, ...columns };
}

/** `SPY` of `spy_daily_unadjusted_1998_2021.csv.gz`: the first word, when the second says what bars they are. */
export function symbolOfFileName(name: string): string | null {
  const match =
    /^([a-z][a-z0-9.-]{0,9})[_ -](daily|day|eod|hourly|intraday|\d+ ?(?:m|min|minutes?|h|hours?|d))(?![a-z0-9])/i.exec(
      name,
    );
  return match ? match[1]!.toUpperCase() : null;
}
