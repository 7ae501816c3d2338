import { setImmediate } from 'node:timers/promises';
import type { Session } from '#kernel/postgres/database.ts';
import { type Ending, fateOf, type OpenSignal, type PastBars, type Verdict } from '../rules/fate.ts';
import { MANUAL } from './staff-signals.ts';

/** Signals whose bars are looked at before requests get their turn. */
const SLICE = 200;

/** How many signals ended at a level, and how many ran out or were overtaken. */
export interface Ended {
  readonly closed: number;
  readonly expired: number;
}

interface OpenRow extends Omit<OpenSignal, 'since' | 'expiresAt'> {
  readonly engine: string;
  readonly since: Date;
  readonly expiresAt: Date | null;
}

/** Tickers of this source's signals that are still open: whose bars `endSignals` reads. */
export async function openTickers(session: Session, source: string): Promise<string[]> {
  const rows = await session.query<{ ticker: string }>(
    `select distinct ticker from public.trading_signals where status in ('active', 'triggered') and source = $1`,
    [source],
  );
  return rows.map(({ ticker }) => ticker);
}

/**
 * Ends the open signals whose fate is known at `asOf`: one line of history and one outcome each, never deleted (T-13). Hold
 * `lockScans`; ends nothing twice, since only open signals are looked at.
 */
export async function endSignals(
  session: Session,
  bars: PastBars,
  { asOf, source, verdicts = [] }: { asOf: number; source: string; verdicts?: readonly Verdict[] },
): Promise<Ended> {
  const open = await session.query<OpenRow>(OPEN);
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.ticker, verdict]));
  const endings: Ending[] = [];
  for (const [index, row] of open.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate();
    const signal = { ...row, since: row.since.getTime(), expiresAt: row.expiresAt?.getTime() ?? null };
    // What a person made is ended by bars and by time, not by what the engine thinks of the stock.
    const verdict = row.engine === MANUAL ? undefined : verdictOf.get(row.ticker);
    const ending = fateOf(signal, bars, { asOf, source, verdict });
    if (ending) endings.push(ending);
  }
  if (endings.length > 0) await session.execute(END, [JSON.stringify(endings)]);
  const expired = endings.filter(({ action }) => action === 'expired').length;
  return { closed: endings.length - expired, expired };
}

const OPEN = `
select id, ticker, signal_type as type, status, source, engine, current_price::float8 as price, entry_price::float8 as entry,
       stop_loss::float8 as stop, take_profit::float8 as target, levels_as_of as since, expires_at as "expiresAt"
from public.trading_signals where status in ('active', 'triggered')`;

const END = `
with ending as (
  select * from jsonb_to_recordset($1::jsonb) as e(
    id uuid, action public.signal_action, price numeric, "return" numeric, days numeric, notes text)
), gone as (
  update public.trading_signals s
  set status = case e.action when 'expired' then 'expired' else 'closed' end::public.signal_status
  from ending e where e.id = s.id
  returning s.id, s.ticker, s.levels_score, s.entry_price, s.engine, e.action, e.price, e."return", e.days, e.notes
), told as (
  insert into public.signal_history (signal_id, action, price, notes) select id, action, price, notes from gone
)
insert into public.signal_outcomes (signal_id, ticker, original_score, entry_price, exit_price, actual_return, target_hit,
  stop_loss_hit, days_active, outcome_type, session_origin)
select id, ticker, levels_score, entry_price, price, "return", action = 'take_profit_hit', action = 'stop_loss_hit', days,
       case action when 'take_profit_hit' then 'completed' when 'stop_loss_hit' then 'stopped' else 'expired' end, engine
from gone
on conflict (signal_id) do nothing`;

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
