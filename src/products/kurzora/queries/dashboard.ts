import type { Session } from '#kernel/postgres/database.ts';
import type { ActivityEntry } from '../portfolio-contract.ts';

export interface DashboardMetrics {
  readonly todaysSignals: number;
  readonly activeSignals: number;
  readonly averageSignalScore: number | null;
  readonly newSignalsLastHour: number;
  readonly latestSignal: {
    readonly id: string;
    readonly ticker: string;
    readonly score: number;
    readonly createdAt: string;
  } | null;
  /** Best open or closed trade since the last reset, percent of its entry. */
  readonly bestPerformer: { readonly ticker: string; readonly profitLossPercentage: number } | null;
  readonly unreadAlerts: number;
}

/** Counts over the signals that the caller's plan shows, and over his own trades and alerts. */
export async function dashboardMetrics(session: Session, userId: string, now: number): Promise<DashboardMetrics> {
  return await session.one<DashboardMetrics>(
    // One pass over the open signals, of which there are thousands.
    `with today as materialized (
       select day at time zone 'America/New_York' as began, (day + interval '1 day') at time zone 'America/New_York' as ends
       from date_trunc('day', $2::timestamptz at time zone 'America/New_York') as day),
     open as materialized (
       select id, ticker, final_score, created_at, as_of from public.trading_signals where status in ('active', 'triggered')),
     figures as (
       select count(*) filter (where as_of >= began and as_of < ends)::int as "todaysSignals", count(*)::int as "activeSignals",
              round(avg(final_score), 2)::float8 as "averageSignalScore",
              count(*) filter (where as_of > $2::timestamptz - interval '1 hour')::int as "newSignalsLastHour"
       from today, open)
     select figures.*,
            (select jsonb_build_object('id', id, 'ticker', ticker, 'score', final_score, 'createdAt', created_at)
             from open order by created_at desc, final_score desc, ticker limit 1) as "latestSignal",
            (select jsonb_build_object('ticker', ticker, 'profitLossPercentage', profit_loss_percentage::float8)
             from public.paper_trades where user_id = $1 and not before_reset and profit_loss_percentage is not null
             order by profit_loss_percentage desc, id limit 1) as "bestPerformer",
            (select count(*)::int from public.notifications where user_id = $1 and read_at is null) as "unreadAlerts"
     from figures`,
    [userId, new Date(now)],
  );
}

/** What somebody did and what happened to his trades, newest first; and how much there is in all. */
export async function listActivity(
  session: Session,
  userId: string,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ entries: ActivityEntry[]; total: number }> {
  const rows = await session.query<Omit<ActivityEntry, 'at'> & { at: Date; total: number }>(
    `with entry as (
       select 'trade_opened' as type, id as "tradeId", signal_id as "signalId", ticker, quantity, entry_price::float8 as price,
              null::float8 as "profitLoss", null as reason, opened_at as at
       from public.paper_trades where user_id = $1
       union all
       select 'trade_closed', id, signal_id, ticker, quantity, exit_price::float8, profit_loss::float8, exit_reason, closed_at
       from public.paper_trades where user_id = $1 and not is_open
       union all
       select 'signal_bookmarked', null, b.signal_id, s.ticker, null, null, null, null, b.created_at
       from public.signal_bookmarks b join public.trading_signals s on s.id = b.signal_id where b.user_id = $1)
     select *, count(*) over ()::int as total from entry order by at desc, type, ticker limit $2 offset $3`,
    [userId, limit, offset],
  );
  const entries = rows.map(({ total: _, at, ...row }) => ({ ...row, at: at.toISOString() }));
  return { entries, total: rows[0]?.total ?? 0 };
}

export interface AlertFilter {
  readonly unreadOnly: boolean;
  readonly type?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface Alert {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly body: string;
  readonly data: unknown;
  readonly readAt: string | null;
  readonly createdAt: string;
}

interface AlertRow extends Omit<Alert, 'readAt' | 'createdAt'> {
  readonly readAt: Date | null;
  readonly createdAt: Date;
}

const ALERT = 'id, type, title, body, data, read_at as "readAt", created_at as "createdAt"';
const alertOf = ({ readAt, createdAt, ...row }: AlertRow): Alert => ({
  ...row,
  readAt: readAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

/** Newest first. */
export async function listAlerts(
  session: Session,
  userId: string,
  { unreadOnly, type, limit, offset }: AlertFilter,
): Promise<Alert[]> {
  const rows = await session.query<AlertRow>(
    `select ${ALERT} from public.notifications
     where user_id = $1 and (not $2 or read_at is null) and ($3::text is null or type = $3)
     order by created_at desc, id limit $4 offset $5`,
    [userId, unreadOnly, type ?? null, limit, offset],
  );
  return rows.map(alertOf);
}

/** Keeps the moment of the first reading; undefined when there is no such alert. */
export async function readAlert(session: Session, userId: string, id: string): Promise<Alert | undefined> {
  const row = await session.maybeOne<AlertRow>(
    `update public.notifications set read_at = coalesce(read_at, now()) where id = $2 and user_id = $1 returning ${ALERT}`,
    [userId, id],
  );
  return row && alertOf(row);
}

export async function deleteAlerts(session: Session, userId: string): Promise<number> {
  return await session.execute('delete from public.notifications where user_id = $1', [userId]);
}
