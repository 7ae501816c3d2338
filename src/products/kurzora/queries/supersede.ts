import type { Session } from '#kernel/postgres/database.ts';

/** What a scan says about a stock it judged: the type of its signal, or why it has none. */
export interface Verdict {
  readonly ticker: string;
  readonly type: string | null;
  readonly reason: string | null;
}

/**
 * Ends active signals that the scan overtook (T-13: expired with a line of history, never deleted): past their expiry, made from
 * another source of bars, of another type than the stock's signal now, or of a stock that no longer passes. Returns how many.
 */
export async function supersede(
  session: Session,
  verdicts: readonly Verdict[],
  { asOf, source }: { asOf: number; source: string },
): Promise<number> {
  return await session.execute(SUPERSEDE, [JSON.stringify(verdicts), new Date(asOf), source]);
}

const SUPERSEDE = `
with verdict as (
  select * from jsonb_to_recordset($1::jsonb) as v(ticker text, type text, reason text)
), due as (
  select s.id, case
      when s.expires_at <= $2 then 'reached its expiry'
      when s.source <> $3 then format('made from %s bars; the market data is now %s', s.source, $3)
      when v.type is null then format('no longer passes: %s', v.reason)
      else format('superseded: the stock is now %s', v.type)
    end as why
  from public.trading_signals s left join verdict v on v.ticker = s.ticker
  where s.status = 'active'
    and (s.expires_at <= $2 or s.source <> $3 or (v.ticker is not null and v.type is distinct from s.signal_type::text))
), gone as (
  update public.trading_signals s set status = 'expired' from due where due.id = s.id
  returning s.id, s.current_price, due.why
)
insert into public.signal_history (signal_id, action, price, notes)
select id, 'expired', current_price, why from gone`;

/** Ends active signals past their expiry at `time` (epoch ms). Returns how many. */
export async function expireDue(session: Session, time: number): Promise<number> {
  return await session.execute(
    `with gone as (
       update public.trading_signals set status = 'expired' where status = 'active' and expires_at <= $1
       returning id, current_price)
     insert into public.signal_history (signal_id, action, price, notes)
     select id, 'expired', current_price, 'reached its expiry' from gone`,
    [new Date(time)],
  );
}

/** Takes signals that expired more than `days` days before `time` out of view. Returns how many. */
export async function archiveExpired(session: Session, time: number, days: number): Promise<number> {
  return await session.execute(
    `with gone as (
       update public.trading_signals set status = 'archived'
       where status = 'expired' and greatest(expires_at, created_at) <= $1::timestamptz - make_interval(days => $2)
       returning id, current_price)
     insert into public.signal_history (signal_id, action, price, notes)
     select id, 'archived', current_price, null from gone`,
    [new Date(time), days],
  );
}
