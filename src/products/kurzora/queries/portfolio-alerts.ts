import type { Session } from '#kernel/postgres/database.ts';
import type { PortfolioSpan } from '../rules/alerts/portfolio-mails.ts';

export interface SummaryDue extends PortfolioSpan {
  readonly user_id: string;
}

/** A day's end in New York, as a moment. */
const CLOSE_OF = (date: string) => `((${date}) + time '16:00') at time zone 'America/New_York'`;

/**
 * Accounts with a recorded close on `date` whose owners want a summary daily, or weekly where `weekEnds`, and to which anything has
 * happened: something is held, or was opened or closed since the last summary. Who was sent this one is left out.
 */
export function summariesDue(session: Session, date: string, weekEnds: boolean): Promise<SummaryDue[]> {
  return session.query<SummaryDue>(
    `with wanting as (
       select u.id, case u.notification_settings ->> 'portfolio_summary' when 'weekly' then 7 else 1 end as days
       from public.users u
       where u.deleted_at is null and u.is_active
         and u.notification_settings ->> 'portfolio_summary' in ('daily', case when $2 then 'weekly' else 'daily' end)
     ), spans as (
       select w.id as user_id, s.snapshot_date as date, s.total_value, s.cash_balance, before.total_value as value_before,
              coalesce(before.snapshot_date, s.snapshot_date - w.days) as since
       from wanting w
       join public.portfolio_snapshots s on s.user_id = w.id and s.snapshot_date = $1::date
       join public.user_portfolio p on p.user_id = w.id
       left join lateral (
         select (q.metadata ->> 'date')::date as date from public.notification_queue q
         where q.user_id = w.id and q.type = 'portfolio_summary' order by q.seq desc limit 1
       ) told on true
       left join lateral (
         select b.total_value, b.snapshot_date from public.portfolio_snapshots b
         where b.user_id = w.id and b.snapshot_date <= coalesce(told.date, s.snapshot_date - w.days) and b.snapshot_date < s.snapshot_date
           and (p.reset_at is null or b.snapshot_date >= (p.reset_at at time zone 'America/New_York')::date)
         order by b.snapshot_date desc limit 1
       ) before on true
       where told.date is distinct from s.snapshot_date
     ), counted as (
       select c.*, t.open, t.closed, t.opened
       from spans c cross join lateral (
         select count(*) filter (where is_open)::int as open,
                count(*) filter (where not is_open and closed_at > ${CLOSE_OF('c.since')})::int as closed,
                count(*) filter (where opened_at > ${CLOSE_OF('c.since')})::int as opened
         from public.paper_trades where user_id = c.user_id and not before_reset
       ) t
     )
     select user_id, date::text, total_value::float8 as value, (total_value - value_before)::float8 as change,
            cash_balance::float8 as cash, open, closed
     from counted where open + closed + opened > 0 order by user_id`,
    [date, weekEnds],
  );
}

export interface Fall {
  readonly user_id: string;
  /** Percent below the highest recorded value. */
  readonly percent: number;
}

/** Accounts that were recorded on `date` for the first time in a row more than `alarm` percent below their highest value. */
export function fallsOn(session: Session, date: string, alarm: number): Promise<Fall[]> {
  return session.query<Fall>(
    `with curve as (
       select s.user_id, s.snapshot_date, 100 * (1 - s.total_value / nullif(max(s.total_value) over w, 0)) as percent
       from public.portfolio_snapshots s join public.user_portfolio p using (user_id)
       where s.snapshot_date <= $1::date
         and (p.reset_at is null or s.snapshot_date >= (p.reset_at at time zone 'America/New_York')::date)
       window w as (partition by s.user_id order by s.snapshot_date)
     ), steps as (
       select *, lag(percent) over (partition by user_id order by snapshot_date) as before from curve
     )
     select user_id, percent::float8 from steps
     where snapshot_date = $1::date and percent > $2 and coalesce(before, 0) <= $2 order by user_id`,
    [date, alarm],
  );
}

/** Into the inbox, once for each `key`. False when it is there. */
export async function addNotificationOnce(
  session: Session,
  row: {
    readonly user_id: string;
    readonly title: string;
    readonly data: Readonly<Record<string, unknown>> & { key: string };
  },
): Promise<boolean> {
  const added = await session.execute(
    `insert into public.notifications (user_id, type, title, data)
     select $1, 'system', $2, $3::jsonb
     where not exists (select from public.notifications where user_id = $1 and data ->> 'key' = $4)`,
    [row.user_id, row.title, JSON.stringify(row.data), row.data.key],
  );
  return added === 1;
}
