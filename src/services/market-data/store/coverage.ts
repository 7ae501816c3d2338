/** What is stored: questions answered from the chunks' first and last columns, without reading a bar. */
import type { Session } from '#kernel/postgres/database.ts';
import { DAY } from '../aggregation/sessions.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import type { Source } from '../api.ts';
import { chunkStart, isoDate } from './chunk-span.ts';

/** One look at each index and symbol; a chunk's closes are read only where no bar of the tail is newer. */
const NEWEST = `
  select wanted.symbol, greatest(tail.ts, chunk.last) as newest,
         case when tail.ts >= chunk.last or chunk.last is null then tail.close else chunk.close[cardinality(chunk.close)] end as close
  from unnest($3::text[]) as wanted(symbol)
  left join lateral (
    select last, close from market.bar_chunks
    where source = $1 and timeframe = $2 and symbol = wanted.symbol and starts >= $4::date order by starts desc limit 1) as chunk on true
  left join lateral (
    select ts, close from market.bar_tail
    where source = $1 and timeframe = $2 and symbol = wanted.symbol order by ts desc limit 1) as tail on true
  where tail.ts is not null or chunk.last is not null`;

/** Most symbols have a bar within so many days: chunks of before, a partition for each month, are looked at for the others only. */
const RECENT = 14 * DAY;
/** Before every bar. */
const EARLIEST = Date.UTC(1900, 0, 1);

export interface Newest {
  readonly time: number;
  readonly close: number;
}

/**
 * Start (epoch milliseconds) and close of the newest stored bar per symbol; symbols without bars are absent. `now` only says where to
 * look first.
 */
export async function newestPerSymbol(
  session: Session,
  source: Source,
  timeframe: StoredTimeframe,
  symbols: readonly string[],
  now = 0,
): Promise<Map<string, Newest>> {
  const found = new Map<string, Newest>();
  const look = async (some: readonly string[], starts: number) => {
    const rows = await session.query<{ symbol: string; newest: Date; close: number }>(NEWEST, [
      source,
      timeframe,
      some,
      isoDate(starts),
    ]);
    for (const { symbol, newest, close } of rows) {
      const time = newest.getTime();
      if (time >= starts) found.set(symbol, { time, close });
    }
  };
  const recent = chunkStart(timeframe, Math.max(now - RECENT, 0));
  if (recent > 0) await look(symbols, recent);
  const others = symbols.filter((symbol) => !found.has(symbol));
  if (others.length > 0) await look(others, EARLIEST);
  return found;
}

/** Start of the newest bar of the source (of one symbol when given) that starts at or before `asOf`; null when there is none. */
export async function newestBar(
  session: Session,
  source: Source,
  asOf: number,
  symbol?: string,
): Promise<number | null> {
  const [row] = await session.query<{ newest: Date | null }>(
    `select max(newest) as newest from (
       select max(least(last, $2)) as newest from market.bar_chunks
         where source = $1 and first <= $2 and ($3::text is null or symbol = $3)
       union all
       select max(ts) from market.bar_tail where source = $1 and ts <= $2 and ($3::text is null or symbol = $3)) as stored`,
    [source, new Date(asOf), symbol ?? null],
  );
  return row?.newest?.getTime() ?? null;
}

/** Whether the source has a bar finer than 1D that starts in [from, to]. Its chunk starts in the month of `from` or later: older partitions are not read. */
export async function hasIntradayBetween(session: Session, source: Source, from: number, to: number): Promise<boolean> {
  const [row] = await session.query<{ found: boolean }>(
    `select exists (select from market.bar_chunks
         where source = $1 and timeframe <> all ('{1D,1W}') and starts >= $4::date and first <= $3 and last >= $2)
       or exists (select from market.bar_tail
         where source = $1 and timeframe <> all ('{1D,1W}') and ts between $2 and $3) as found`,
    [source, new Date(from), new Date(to), isoDate(chunkStart('15m', from))],
  );
  return row?.found ?? false;
}

/** Whether the source has any bar at all. */
export async function hasBars(session: Session, source: Source): Promise<boolean> {
  const [row] = await session.query<{ found: boolean }>(
    `select exists (select from market.bar_chunks where source = $1)
       or exists (select from market.bar_tail where source = $1) as found`,
    [source],
  );
  return row?.found ?? false;
}

/** Changes whenever a file was imported, by this process or another. */
export async function importGeneration(session: Session): Promise<number> {
  const { id } = await session.one<{ id: number }>(
    'select coalesce(max(id), 0)::int as id from public.market_data_imports',
  );
  return id;
}
