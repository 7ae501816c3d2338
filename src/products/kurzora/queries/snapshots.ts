import type { Session } from '#kernel/postgres/database.ts';
import type { PaperTrade, PortfolioSummary } from '../rules/portfolio.ts';
import type { SnapshotSpan } from '../rules/portfolio-snapshot.ts';
import { PAPER_TRADE, paperTradeOf } from './portfolio.ts';

export interface AccountToRecord extends SnapshotSpan {
  readonly userId: string;
  readonly startingBalance: number;
  readonly trades: PaperTrade[];
}

/** The next accounts after `after` (a user's id; null for the first), with their trades since the last reset. */
export async function accountsToRecord(
  session: Session,
  after: string | null,
  count: number,
): Promise<AccountToRecord[]> {
  const accounts = await session.query<Omit<AccountToRecord, 'trades'>>(
    `select p.user_id as "userId", p.starting_balance::float8 as "startingBalance",
            to_char(p.reset_at at time zone 'America/New_York', 'YYYY-MM-DD') as reset,
            (select to_char(min(snapshot_date), 'YYYY-MM-DD') from public.portfolio_snapshots s where s.user_id = p.user_id) as first,
            (select to_char(max(snapshot_date), 'YYYY-MM-DD') from public.portfolio_snapshots s where s.user_id = p.user_id) as last
     from public.user_portfolio p join public.users u on u.id = p.user_id and u.deleted_at is null
     where $1::uuid is null or p.user_id > $1 order by p.user_id limit $2`,
    [after, count],
  );
  const rows = await session.query<Parameters<typeof paperTradeOf>[0] & { userId: string }>(
    `select user_id as "userId", ${PAPER_TRADE} from public.paper_trades where user_id = any ($1::uuid[]) and not before_reset`,
    [accounts.map(({ userId }) => userId)],
  );
  const trades = Object.groupBy(rows, ({ userId }) => userId);
  return accounts.map((account) => ({ ...account, trades: (trades[account.userId] ?? []).map(paperTradeOf) }));
}

export interface Snapshot {
  readonly userId: string;
  readonly date: string;
  readonly summary: PortfolioSummary;
  /** Close of SPY, null where none is stored. */
  readonly sp500: number | null;
}

/** Writes snapshots, each day of a user once whatever is repeated, and works out their changes from day to day anew. */
export async function writeSnapshots(session: Session, snapshots: readonly Snapshot[]): Promise<void> {
  if (snapshots.length === 0) return;
  const rows = snapshots.map(({ userId, date, summary, sp500 }) => ({
    ...{ user_id: userId, snapshot_date: date, sp500_value: sp500 },
    ...{ total_value: summary.totalValue, cash_balance: summary.cash, invested_amount: summary.invested },
    ...{ unrealized_pnl: summary.unrealizedPnl, realized_pnl: summary.realizedPnl },
    ...{ total_return_percentage: summary.totalReturnPercent, win_rate: summary.winRate },
    ...{ winning_trades: summary.winningTrades, losing_trades: summary.losingTrades },
  }));
  await session.execute(WRITE, [JSON.stringify(rows)]);
  await session.execute(CHANGES, [[...new Set(snapshots.map(({ userId }) => userId))]]);
}

const FIGURES = [
  ...['total_value', 'cash_balance', 'invested_amount', 'unrealized_pnl', 'realized_pnl', 'total_return_percentage'],
  ...['win_rate', 'winning_trades', 'losing_trades', 'sp500_value'],
];
const WRITE = `
insert into public.portfolio_snapshots (user_id, snapshot_date, ${FIGURES.join(', ')})
select user_id, snapshot_date, ${FIGURES.join(', ')} from jsonb_populate_recordset(null::public.portfolio_snapshots, $1::jsonb)
on conflict (user_id, snapshot_date) do update set ${FIGURES.map((name) => `${name} = excluded.${name}`).join(', ')}`;

/** From one recorded day to the next of the same account; a reset begins a new one. */
const CHANGES = `
with days as (
  select s.id, total_value, sp500_value, lag(total_value) over w as before, first_value(total_value) over w as first_value,
         first_value(sp500_value) over w as first_sp500
  from public.portfolio_snapshots s join public.user_portfolio p using (user_id)
  where user_id = any ($1::uuid[])
  window w as (
    partition by user_id, coalesce(snapshot_date >= (p.reset_at at time zone 'America/New_York')::date, true) order by snapshot_date)
), figures as (
  select id, total_value - before as change, round((total_value - before) / nullif(before, 0) * 100, 4) as percent,
         round((total_value / nullif(first_value, 0) - sp500_value / nullif(first_sp500, 0)) * 100, 4) as difference
  from days
)
update public.portfolio_snapshots s
set daily_change = f.change, daily_change_percentage = f.percent, vs_sp500 = f.difference
from figures f
where f.id = s.id and (s.daily_change, s.daily_change_percentage, s.vs_sp500) is distinct from (f.change, f.percent, f.difference)`;

export interface SnapshotPoint {
  readonly date: string;
  readonly totalValue: number;
  readonly cash: number;
  readonly totalReturnPercent: number;
  readonly dailyChange: number | null;
}

/**
 * Somebody's days since the last reset from `from` on (`YYYY-MM-DD`; null for all), and the one before, which later days are measured
 * against. Oldest first.
 */
export async function snapshotsSince(session: Session, userId: string, from: string | null): Promise<SnapshotPoint[]> {
  return await session.query<SnapshotPoint>(
    `with mine as (
       select s.* from public.portfolio_snapshots s join public.user_portfolio p using (user_id)
       where user_id = $1 and (p.reset_at is null or snapshot_date >= (p.reset_at at time zone 'America/New_York')::date))
     select to_char(snapshot_date, 'YYYY-MM-DD') as date, total_value::float8 as "totalValue", cash_balance::float8 as cash,
            total_return_percentage::float8 as "totalReturnPercent", daily_change::float8 as "dailyChange"
     from mine
     where $2::date is null or snapshot_date >= coalesce((select max(snapshot_date) from mine where snapshot_date < $2), $2)
     order by snapshot_date`,
    [userId, from],
  );
}
