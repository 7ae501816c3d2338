import type { SessionTable } from '../aggregation/sessions.ts';
import { LENGTH, type StoredTimeframe } from '../aggregation/timeframes.ts';
import { COLUMNS, Series } from '../store/series.ts';
import type { Finding, Rejections } from '../validate.ts';
import type { SymbolLines } from './collector.ts';

/** Puts the bars of a symbol in order of time; equal times stay in the order of their lines. */
export function sortByTime({ series, lines }: SymbolLines): SymbolLines {
  let sorted = true;
  for (let at = 1; at < series.length && sorted; at++) sorted = series.time[at - 1]! <= series.time[at]!;
  if (sorted) return { series, lines };
  const order = Int32Array.from({ length: series.length }, (_, index) => index).sort(
    (a, b) => series.time[a]! - series.time[b]! || a - b,
  );
  const result: SymbolLines = { series: new Series(series.length), lines: new Int32Array(series.length) };
  result.series.length = series.length;
  for (const column of COLUMNS) result.series[column] = Float64Array.from(order, (from) => series[column][from]!);
  result.lines = order.map((from) => lines[from]!);
  return result;
}

/** The bars of a sorted symbol that start on the grid, each time once: of several the first line is kept, the others are refused. */
export function withoutStrays(
  symbol: string,
  { series, lines }: SymbolLines,
  timeframe: StoredTimeframe,
  sessions: SessionTable,
  rejections: Rejections,
): Series {
  const kept = new Series(series.length);
  let keptLine = 0;
  for (let at = 0; at < series.length; at++) {
    const finding = misaligned(series.time[at]!, timeframe, sessions) ?? duplicate(kept, keptLine, series, at);
    if (finding) rejections.add(finding, lines[at]!, barText(symbol, series, at));
    else {
      kept.append(
        series.time[at]!,
        series.open[at]!,
        series.high[at]!,
        series.low[at]!,
        series.close[at]!,
        series.volume[at]!,
      );
      keptLine = lines[at]!;
    }
  }
  return kept;
}

function misaligned(time: number, timeframe: StoredTimeframe, sessions: SessionTable): Finding | null {
  if (timeframe === '1D') return null;
  const open = sessions.open[sessions.lastOpened(time)]!;
  if ((time - open) % LENGTH[timeframe] === 0) return null;
  return { fault: 'misaligned start', detail: `not a start of a ${timeframe} bar` };
}

function duplicate(kept: Series, keptLine: number, series: Series, at: number): Finding | null {
  const last = kept.length - 1;
  if (last < 0 || kept.time[last] !== series.time[at]) return null;
  const same = COLUMNS.every((column) => kept[column][last] === series[column][at]);
  return same
    ? { fault: 'duplicate', detail: `the same bar as line ${keptLine}` }
    : { fault: 'conflicting duplicate', detail: `another bar of the time of line ${keptLine}` };
}

const barText = (symbol: string, series: Series, at: number): string =>
  [
    symbol,
    new Date(series.time[at]!).toISOString(),
    series.open[at],
    series.high[at],
    series.low[at],
    series.close[at],
    series.volume[at],
  ].join(',');
