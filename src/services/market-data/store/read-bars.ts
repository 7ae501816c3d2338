import type { RawResult, Session } from '#kernel/postgres/database.ts';
import { lowerBound } from '../aggregation/bisect.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import type { Source } from '../api.ts';
import { packedLength, readTimestamptz, unpack } from './binary-arrays.ts';
import { isoDate } from './chunk-span.ts';
import { Series } from './series.ts';

export interface StoredBars {
  readonly symbol: string;
  readonly timeframe: StoredTimeframe;
  readonly series: Series;
}

export interface StoredRange {
  readonly source: Source;
  readonly symbols: readonly string[];
  /** Bars that start at or after this moment, epoch milliseconds. */
  readonly from: number;
  /** Bars that start before this moment; all when absent. */
  readonly to?: number;
  readonly timeframe?: StoredTimeframe;
}

const CHUNKS = `
  select symbol, timeframe, packed from market.bar_chunks
  where source = $1 and symbol = any($2) and last >= $3 and first < $4 and starts >= $5 and starts <= $6
    and ($7::text is null or timeframe = $7)
  order by symbol, timeframe, starts`;

const TAIL = `
  select symbol, timeframe, ts, open, high, low, close, volume from market.bar_tail
  where source = $1 and symbol = any($2) and ts >= $3 and ts < $4 and ($5::text is null or timeframe = $5)
  order by symbol, timeframe, ts`;

const FOREVER = Date.UTC(9000, 0, 1);

/** Stored bars of the range, one entry per symbol and timeframe, tail bars winning over chunks. Two statements, no text parsed. */
export async function readBars(session: Session, range: StoredRange): Promise<StoredBars[]> {
  const from = Math.max(range.from, 0);
  const to = range.to ?? FOREVER;
  const timeframe = range.timeframe ?? null;
  // A chunk that holds `from` starts at most a year before it: enough for Postgres to leave out the partitions before.
  const earliest = isoDate(Date.UTC(new Date(from).getUTCFullYear(), 0, 1));
  const key = [range.source, range.symbols, new Date(from), new Date(to)];
  const [chunks, tail] = await Promise.all([
    session.raw({ text: CHUNKS, values: [...key, earliest, isoDate(to), timeframe], binary: true }),
    session.raw({ text: TAIL, values: [...key, timeframe], binary: true }),
  ]);
  const found = new Map<string, StoredBars>();
  for (const run of runs(chunks)) {
    const series = seriesOfChunks(chunks, run);
    trim(series, from, to);
    if (series.length > 0) found.set(`${run.symbol}\0${run.timeframe}`, { ...identity(run), series });
  }
  for (const run of runs(tail)) {
    const series = seriesOfRows(tail, run);
    const stored = found.get(`${run.symbol}\0${run.timeframe}`);
    if (stored) stored.series.upsert(series);
    else found.set(`${run.symbol}\0${run.timeframe}`, { ...identity(run), series });
  }
  return [...found.values()];
}

/** Rows `from` to `to` (excluded) of a result that belong to one symbol and timeframe. */
interface Run {
  readonly symbol: string;
  readonly timeframe: string;
  readonly from: number;
  readonly to: number;
}

const identity = (run: Run) => ({ symbol: run.symbol, timeframe: run.timeframe as StoredTimeframe });

function* runs({ rows }: RawResult): Generator<Run> {
  let from = 0;
  for (let at = 1; at <= rows.length; at++) {
    const row = rows[from]!;
    const next = rows[at];
    if (next && row[0]!.equals(next[0]!) && row[1]!.equals(next[1]!)) continue;
    yield { symbol: row[0]!.toString(), timeframe: row[1]!.toString(), from, to: at };
    from = at;
  }
}

function seriesOfChunks({ rows }: RawResult, run: Run): Series {
  let length = 0;
  for (let row = run.from; row < run.to; row++) length += packedLength(rows[row]![2]!);
  const series = Series.withRoom(length);
  for (let row = run.from; row < run.to; row++) {
    const packed = rows[row]![2]!;
    unpack(packed, series, series.length);
    series.length += packedLength(packed);
  }
  return series;
}

function seriesOfRows({ rows }: RawResult, run: Run): Series {
  const series = Series.withRoom(run.to - run.from);
  for (let at = run.from; at < run.to; at++) {
    const [, , ts, ...values] = rows[at]!;
    const [open, high, low, close, volume] = values.map((value) => value!.readDoubleBE(0));
    series.append(readTimestamptz(ts!), open!, high!, low!, close!, volume!);
  }
  return series;
}

/** Chunks hold whole spans: cuts what lies outside [from, to). */
function trim(series: Series, from: number, to: number): void {
  series.truncate(lowerBound(series.time, series.length, to));
  series.dropBefore(from);
}
