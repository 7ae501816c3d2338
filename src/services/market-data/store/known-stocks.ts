/** The universe of a moment that has passed: which stocks were there to be scanned, told by bars that had closed by then. */
import type { Session } from '#kernel/postgres/database.ts';
import { DAY, type SessionTable } from '../aggregation/sessions.ts';
import { LENGTH, STORED, type StoredTimeframe } from '../aggregation/timeframes.ts';
import type { Source, Stock } from '../api.ts';

/** A stock whose newest bar is older than this has no price: it comes after all that trade. */
const TRADING_AGE = 7 * DAY;

// A chunk's times are only read where it reaches past the moment.
const KNOWN = `
  with closed as (select * from unnest($2::text[], $3::timestamptz[]) as c (timeframe, latest)),
  newest as (
    select symbol, max(start) as start from (
      select c.symbol, case when c.last <= k.latest then c.last else (select max(t) from unnest(c.ts) as t where t <= k.latest) end as start
      from market.bar_chunks c join closed k using (timeframe) where c.source = $1 and c.first <= k.latest
      union all
      select t.symbol, t.ts from market.bar_tail t join closed k using (timeframe) where t.source = $1 and t.ts <= k.latest
    ) as bars group by symbol)
  select s.ticker, s.company_name as "companyName", s.sector, s.industry, s.market_cap::float8 as "marketCap", l.priority
  from market.listings l join public.active_stocks s using (ticker) join newest n on n.symbol = l.ticker
  where l.source = $1 and s.is_active
  order by n.start < $4, l.priority, l.ticker collate "C"
  limit $5`;

/**
 * Active stocks of which a bar had closed by `asOf` (epoch ms): those that traded in the 7 days before come first, each part by
 * priority, then ticker. Bars that closed later change nothing, so a stock that was listed afterwards is not there.
 */
export async function universeAsOf(
  session: Session,
  sessions: SessionTable,
  { source, asOf, limit }: { source: Source; asOf: number; limit?: number },
): Promise<Stock[]> {
  const rows = await session.query<Omit<Stock, 'source'>>(KNOWN, [
    source,
    STORED,
    STORED.map((timeframe) => new Date(newestClosedStart(sessions, timeframe, asOf))),
    new Date(asOf - TRADING_AGE),
    limit ?? null,
  ]);
  return rows.map((row) => ({ ...row, source }));
}

/** A bar has closed by `asOf` exactly when it starts at or before this moment. Epoch milliseconds. */
export function newestClosedStart(sessions: SessionTable, timeframe: StoredTimeframe, asOf: number): number {
  const running = sessions.at(asOf);
  if (running === -1) return asOf;
  return timeframe === '1D' ? sessions.open[running]! - 1 : asOf - LENGTH[timeframe];
}
