import type { Session } from '#kernel/postgres/database.ts';

export interface JobHealth {
  readonly waiting: number;
  readonly running: number;
  readonly overdue: number;
  readonly failed: number;
}

/** What the queue and the logs say; jobs is null where no queue was ever opened. */
export function operationalState(session: Session): Promise<{
  jobs: JobHealth | null;
  errorsLastHour: number;
  openAlerts: number;
  databaseBytes: number;
  connections: number;
}> {
  return session.one(
    `select kurzora.job_health() as jobs,
       (select count(*)::int from public.error_logs where created_at > now() - interval '1 hour') as "errorsLastHour",
       (select count(*)::int from public.system_alerts where not resolved) as "openAlerts",
       pg_database_size(current_database())::float8 as "databaseBytes",
       (select count(*)::int from pg_stat_activity where datname = current_database()) as connections`,
  );
}

/** Day by day (UTC) of the last `days`, the busiest endpoints, and how long answers took: from the sample, weighted. */
export async function analytics(session: Session, days: number): Promise<Record<string, unknown>> {
  const { found } = await session.one<{ found: Record<string, unknown> }>(
    `with day as (
       select d::date as day from generate_series((now() at time zone 'utc')::date - ($1::int - 1), (now() at time zone 'utc')::date, interval '1 day') d
     ), per as (
       select day,
         (select count(*) from public.users u where u.created_at >= day and u.created_at < day + 1) as "newUsers",
         (select count(*) from public.trading_signals s where s.created_at >= day and s.created_at < day + 1) as signals,
         (select count(*) from public.trading_signals s where s.created_at >= day and s.created_at < day + 1 and s.levels_score >= 80) as "strongSignals",
         (select count(*) from public.paper_trades t where t.opened_at >= day and t.opened_at < day + 1) as "tradesOpened",
         (select count(*) from public.paper_trades t where t.closed_at >= day and t.closed_at < day + 1) as "tradesClosed",
         (select count(*) from public.alert_delivery_log a where a.created_at >= day and a.created_at < day + 1) as alerts,
         (select count(*) from public.error_logs e where e.created_at >= day and e.created_at < day + 1) as errors
       from day)
     select jsonb_build_object(
       'days', (select jsonb_agg(to_jsonb(per) order by day) from per),
       'activeUsers', (select jsonb_build_object('day', count(*) filter (where last_login_at > now() - interval '1 day'),
           'week', count(*) filter (where last_login_at > now() - interval '7 days'),
           'month', count(*) filter (where last_login_at > now() - interval '30 days')) from public.users where deleted_at is null),
       'alerts', (select coalesce(jsonb_agg(to_jsonb(a)), '[]') from (
           select delivery_channel as channel, delivery_status as status, count(*) as n from public.alert_delivery_log
           where created_at > now() - make_interval(days => $1) group by 1, 2 order by 1, 2) a),
       'interactions', (select coalesce(jsonb_object_agg(interaction_type, n), '{}') from (
           select interaction_type, count(*) as n from public.user_interactions
           where recorded_at > now() - make_interval(days => $1) group by 1) i),
       'endpoints', (select coalesce(jsonb_agg(to_jsonb(e) order by e.requests desc), '[]') from (
           select method, endpoint, sum(weight)::int as requests,
             round((percentile_cont(0.5) within group (order by response_time_ms))::numeric, 1) as p50,
             round((percentile_cont(0.95) within group (order by response_time_ms))::numeric, 1) as p95,
             sum(weight) filter (where status_code >= 500)::int as failed
           from public.api_usage_log where created_at > now() - make_interval(days => $1)
           group by 1, 2 order by 3 desc limit 20) e)) as found`,
    [days],
  );
  return found;
}

export interface SubscriptionFigures {
  readonly byPlan: readonly { plan: string; status: string; cycle: string; count: number }[];
  /** Dollars a month, of subscriptions that are paid. */
  readonly monthlyRevenue: number;
  readonly paying: number;
  readonly trials: number;
  readonly trialsEndingIn7Days: number;
  /** Of those whose trial ended in the last 30 days, the share that pays now, percent; null when none ended. */
  readonly trialConversion: number | null;
  readonly canceledLast30Days: number;
  /** Canceled in 30 days over paying then, percent; null when nobody paid. */
  readonly churn: number | null;
  readonly overdue: number;
}

export function subscriptionFigures(session: Session): Promise<SubscriptionFigures> {
  return session.one<SubscriptionFigures>(
    `with s as (
       select s.*, p.slug, case s.billing_cycle when 'yearly' then p.yearly_price / 12 else p.monthly_price end as monthly,
         s.stripe_subscription_id is not null and s.status in ('active', 'past_due') as pays
       from public.user_subscriptions s join public.subscription_plans p on p.id = s.plan_id)
     select (select coalesce(jsonb_agg(jsonb_build_object('plan', slug, 'status', status, 'cycle', billing_cycle, 'count', n)
               order by slug, status, billing_cycle), '[]')
             from (select slug, status, billing_cycle, count(*)::int as n from s where is_current group by 1, 2, 3) g) as "byPlan",
       (select round(coalesce(sum(monthly), 0), 2)::float8 from s where is_current and pays) as "monthlyRevenue",
       (select count(*)::int from s where is_current and pays) as paying,
       (select count(*)::int from s where is_current and status = 'trialing') as trials,
       (select count(*)::int from s where is_current and status = 'trialing' and trial_end between now() and now() + interval '7 days') as "trialsEndingIn7Days",
       (select round(100.0 * count(*) filter (where pays) / nullif(count(*), 0), 2)::float8 from s
         where is_current and trial_end between now() - interval '30 days' and now()) as "trialConversion",
       (select count(*)::int from s where canceled_at > now() - interval '30 days') as "canceledLast30Days",
       (select round(100.0 * count(*) filter (where canceled_at > now() - interval '30 days') / nullif(count(*), 0), 2)::float8 from s
         where stripe_subscription_id is not null and created_at <= now() - interval '30 days'
           and (canceled_at is null or canceled_at > now() - interval '30 days')) as churn,
       (select count(*)::int from s where is_current and status = 'past_due') as overdue`,
  );
}

/** What the scale gates of section 13 are held to: payers, and target hits among signals that reached a level, 90 days, percent. */
export async function gateFigures(
  session: Session,
): Promise<{ payers: number; winRate: number | null; ended: number }> {
  return await session.one(
    `select (select count(*)::int from public.user_subscriptions where is_current and status in ('active', 'past_due')
               and stripe_subscription_id is not null) as payers,
       round(100.0 * count(*) filter (where target_hit) / nullif(count(*), 0), 2)::float8 as "winRate", count(*)::int as ended
     from public.signal_outcomes where (target_hit or stop_loss_hit) and recorded_at > now() - interval '90 days'`,
  );
}
