import type { Session } from '#kernel/postgres/database.ts';
import type { OpenTrade } from '../rules/portfolio-exits.ts';

export interface TradeToSettle extends OpenTrade {
  readonly id: string;
  readonly ticker: string;
}

/**
 * Every open trade, oldest levels first. Levels said to be set after `asOf` (epoch ms) count from there: imported files stand still,
 * and their bars are of before.
 */
export async function openTrades(session: Session, asOf: number): Promise<TradeToSettle[]> {
  await session.execute('update public.paper_trades set levels_as_of = $1 where is_open and levels_as_of > $1', [
    new Date(asOf),
  ]);
  const rows = await session.query<Omit<TradeToSettle, 'since'> & { since: Date }>(
    `select id, ticker, case trade_type when 'sell' then -1 else 1 end as direction, stop_loss::float8 as stop,
            take_profit::float8 as target, levels_as_of as since
     from public.paper_trades where is_open order by levels_as_of`,
  );
  return rows.map((row) => ({ ...row, since: row.since.getTime() }));
}

export interface Settlement {
  readonly id: string;
  /** When the levels it was worked out from were set, epoch ms: a trade whose levels moved meanwhile waits for the next run. */
  readonly since: number;
  readonly price: number;
  readonly reason: 'stop_loss' | 'take_profit' | null;
  /** ISO 8601; of the bar that closed it. */
  readonly at: string | null;
}

/** Marks and closes; a trade that was closed meanwhile, or stands at that price already, is left alone. */
export async function settle(
  session: Session,
  settlements: readonly Settlement[],
): Promise<{ marked: number; closed: number }> {
  if (settlements.length === 0) return { marked: 0, closed: 0 };
  const rows = await session.query<{ open: boolean }>(SETTLE, [JSON.stringify(settlements)]);
  const marked = rows.filter(({ open }) => open).length;
  return { marked, closed: rows.length - marked };
}

/** Who is not at the screen finds in his alerts what was closed: told in the same transaction, so once. */
const SETTLE = `
with settled as (
  update public.paper_trades t
  set current_price = s.price, is_open = s.reason is null, exit_price = case when s.reason is not null then s.price end,
      exit_reason = s.reason, closed_at = greatest(s.at, t.opened_at)
  from jsonb_to_recordset($1::jsonb) as s(id uuid, since float8, price numeric(12,4), reason text, at timestamptz)
  where t.id = s.id and t.is_open and floor(extract(epoch from t.levels_as_of) * 1000) = s.since
    and (s.reason is not null or t.current_price is distinct from s.price)
  returning t.*
), told as (
  insert into public.notifications (user_id, type, title, body, data)
  select user_id, 'trade',
         format('%s: %s at %s', ticker, case exit_reason when 'stop_loss' then 'stop loss hit' else 'target reached' end, round(exit_price, 2)),
         format('%s shares, %s', quantity, to_char(profit_loss, 'FMSG999,999,999,990.00')),
         jsonb_build_object('tradeId', id, 'ticker', ticker, 'quantity', quantity, 'exitReason', exit_reason,
           'exitPrice', exit_price, 'profitLoss', profit_loss)
  from settled where not is_open
)
select is_open as open from settled`;
