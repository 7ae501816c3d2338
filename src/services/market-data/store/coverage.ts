/** What is stored: questions answered from the chunks' first and last columns, without reading a bar. */
import type { Session } from '#kernel/postgres/database.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import type { Source } from '../api.ts';

const NEWEST = `
  select distinct on (symbol) symbol, newest, close from (
    select symbol, last as newest, close[cardinality(close)] as close from market.bar_chunks
      where source = $1 and timeframe = $2 and symbol = any($3)
        and (symbol, starts) in (select symbol, max(starts) from market.bar_chunks
          where source = $1 and timeframe = $2 and symbol = any($3) group by symbol)
    union all
    select symbol, ts, close from market.bar_tail where source = $1 and timeframe = $2 and symbol = any($3)) as stored
  order by symbol, newest desc`;

export interface Newest {
  readonly time: number;
  readonly close: number;
}

/** Start (epoch milliseconds) and close of the newest stored bar per symbol; symbols without bars are absent. */
export async function newestPerSymbol(
  session: Session,
  source: Source,
  timeframe: StoredTimeframe,
  symbols: readonly string[],
): Promise<Map<string, Newest>> {
  const rows = await session.query<{ symbol: string; newest: Date; close: number }>(NEWEST, [
    source,
    timeframe,
    symbols,
  ]);
  return new Map(rows.map(({ symbol, newest, close }) => [symbol, { time: newest.getTime(), close }]));
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

/** Whether the source has a bar finer than 1D that starts in [from, to]. */
export async function hasIntradayBetween(session: Session, source: Source, from: number, to: number): Promise<boolean> {
  const [row] = await session.query<{ found: boolean }>(
    `select exists (select from market.bar_chunks
         where source = $1 and timeframe <> all ('{1D,1W}') and first <= $3 and last >= $2)
       or exists (select from market.bar_tail
         where source = $1 and timeframe <> all ('{1D,1W}') and ts between $2 and $3) as found`,
    [source, new Date(from), new Date(to)],
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
