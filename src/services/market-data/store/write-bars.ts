import type { Session } from '#kernel/postgres/database.ts';
import type { Bars } from '#quant/bars.ts';
import { lowerBound } from '../aggregation/bisect.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import type { Source } from '../api.ts';
import { float8Array, int4Array, packedChunks, timestamptzArray } from './binary-arrays.ts';
import { chunkEnd, chunkStart, classOf, isoDate } from './chunk-span.ts';
import { readBars } from './read-bars.ts';
import { COLUMNS, Series } from './series.ts';

export interface NewBars {
  readonly symbol: string;
  readonly timeframe: StoredTimeframe;
  readonly bars: Bars;
}

export interface WriteCounts {
  stored: number;
  updated: number;
  unchanged: number;
}

/** Symbols merged per round of statements: about 20 MB of arrays for five years of days. */
const SYMBOLS_A_ROUND = 250;
/** Bars a statement carries at most. */
const BARS_A_STATEMENT = 120_000;

/** One writer of bars per source at a time, because a merge reads before it writes. Held until the transaction ends. */
export async function lockWrites(session: Session, source: Source): Promise<void> {
  await session.query(`select pg_advisory_xact_lock(hashtext('market.bars'), hashtext($1))`, [source]);
}

/**
 * Merges bars of one timeframe into chunks, new ones winning, and takes what the tail held of those chunks along. Creates missing
 * partitions. Call after `lockWrites`. Each symbol at most once in `list`; bars ascending in time.
 */
export async function mergeIntoChunks(
  session: Session,
  source: Source,
  timeframe: StoredTimeframe,
  list: readonly NewBars[],
  onRound?: (symbols: number) => void,
): Promise<WriteCounts> {
  const counts: WriteCounts = { stored: 0, updated: 0, unchanged: 0 };
  const filled = list.filter(({ bars }) => bars.length > 0);
  if (filled.length === 0) return counts;
  await ensurePartitions(session, source, timeframe, filled);
  for (let at = 0; at < filled.length; at += SYMBOLS_A_ROUND) {
    const round = filled.slice(at, at + SYMBOLS_A_ROUND);
    await mergeRound(session, source, timeframe, round, counts);
    onRound?.(round.length);
  }
  return counts;
}

async function ensurePartitions(
  session: Session,
  source: Source,
  timeframe: StoredTimeframe,
  list: readonly NewBars[],
): Promise<void> {
  const [first, last] = span(list);
  await session.query('select market.ensure_partitions($1, $2, $3::date, $4::date)', [
    source,
    classOf(timeframe),
    isoDate(chunkStart(timeframe, first)),
    isoDate(chunkStart(timeframe, last)),
  ]);
}

function span(list: readonly NewBars[]): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { bars } of list) {
    first = Math.min(first, bars.time[0]!);
    last = Math.max(last, bars.time[bars.length - 1]!);
  }
  return [first, last];
}

async function mergeRound(
  session: Session,
  source: Source,
  timeframe: StoredTimeframe,
  round: readonly NewBars[],
  counts: WriteCounts,
): Promise<void> {
  const [first, last] = span(round);
  const from = chunkStart(timeframe, first);
  const to = chunkEnd(timeframe, chunkStart(timeframe, last));
  const symbols = round.map(({ symbol }) => symbol);
  const stored = new Map(
    (await readBars(session, { source, symbols, from, to, timeframe })).map(({ symbol, series }) => [symbol, series]),
  );
  const writer = new ChunkWriter(session, source, timeframe);
  for (const { symbol, bars } of round) {
    const series = stored.get(symbol) ?? new Series(bars.length);
    const merged = series.upsert(bars);
    counts.stored += merged.added;
    counts.updated += merged.updated;
    counts.unchanged += merged.unchanged;
    if (merged.since < Number.POSITIVE_INFINITY) await writer.add(symbol, series, chunkStart(timeframe, merged.since));
  }
  await writer.flush();
}

const UPSERT = `
  insert into market.bar_chunks (source, symbol, timeframe, starts, first, last, ts, open, high, low, close, volume, packed)
  select $1, k.symbol, $2, k.starts, ($7::timestamptz[])[k.low], ($7::timestamptz[])[k.high], ($7::timestamptz[])[k.low:k.high],
    ($8::float8[])[k.low:k.high], ($9::float8[])[k.low:k.high], ($10::float8[])[k.low:k.high],
    ($11::float8[])[k.low:k.high], ($12::float8[])[k.low:k.high],
    substring($13::bytea from (k.low - 1) * 48 + 1 for (k.high - k.low + 1) * 48)
  from unnest($3::text[], $4::date[], $5::int4[], $6::int4[]) as k (symbol, starts, low, high)
  on conflict (source, symbol, timeframe, starts) do update set first = excluded.first, last = excluded.last, ts = excluded.ts,
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
    packed = excluded.packed`;

const FORGET_TAIL = `
  delete from market.bar_tail t using unnest($3::text[], $4::timestamptz[]) as k (symbol, since)
  where t.source = $1 and t.timeframe = $2 and t.symbol = k.symbol and t.ts >= k.since and t.ts < $5`;

/** Collects chunks and writes them in few statements: one flat array per column, cut into chunks by Postgres. */
class ChunkWriter {
  readonly #session: Session;
  readonly #source: Source;
  readonly #timeframe: StoredTimeframe;
  readonly #bars = new Series(4096);
  #symbols: string[] = [];
  #starts: string[] = [];
  #low: number[] = [];
  #high: number[] = [];
  #tailSymbols: string[] = [];
  #tailSince: Date[] = [];

  constructor(session: Session, source: Source, timeframe: StoredTimeframe) {
    this.#session = session;
    this.#source = source;
    this.#timeframe = timeframe;
  }

  /** Takes the chunks of `series` from the one that starts at `since` on. */
  async add(symbol: string, series: Series, since: number): Promise<void> {
    let at = lowerBound(series.time, series.length, since);
    this.#tailSymbols.push(symbol);
    this.#tailSince.push(new Date(since));
    while (at < series.length) {
      const start = chunkStart(this.#timeframe, series.time[at]!);
      const end = lowerBound(series.time, series.length, chunkEnd(this.#timeframe, start));
      this.#take(symbol, start, series, at, end);
      at = end;
    }
    if (this.#bars.length >= BARS_A_STATEMENT) await this.flush();
  }

  #take(symbol: string, start: number, series: Series, from: number, to: number): void {
    const bars = this.#bars;
    this.#symbols.push(symbol);
    this.#starts.push(isoDate(start));
    this.#low.push(bars.length + 1);
    const needed = bars.length + to - from;
    if (needed > bars.time.length) bars.reserve(2 * needed);
    for (const column of COLUMNS) bars[column].set(series[column].subarray(from, to), bars.length);
    bars.length += to - from;
    this.#high.push(bars.length);
  }

  async flush(): Promise<void> {
    if (this.#symbols.length === 0) return;
    const bars = this.#bars;
    const used = (column: Float64Array) => column.subarray(0, bars.length);
    await this.#session.execute(UPSERT, [
      this.#source,
      this.#timeframe,
      this.#symbols,
      this.#starts,
      int4Array(this.#low),
      int4Array(this.#high),
      timestamptzArray(used(bars.time)),
      float8Array(used(bars.open)),
      float8Array(used(bars.high)),
      float8Array(used(bars.low)),
      float8Array(used(bars.close)),
      float8Array(used(bars.volume)),
      packedChunks(bars, this.#low, this.#high),
    ]);
    const until = new Date(bars.time.subarray(0, bars.length).reduce((newest, time) => Math.max(newest, time), 0) + 1);
    await this.#session.execute(FORGET_TAIL, [
      this.#source,
      this.#timeframe,
      this.#tailSymbols,
      this.#tailSince,
      until,
    ]);
    bars.truncate(0);
    this.#symbols = [];
    this.#starts = [];
    this.#low = [];
    this.#high = [];
    this.#tailSymbols = [];
    this.#tailSince = [];
  }
}
