import type { Session } from '#kernel/postgres/database.ts';
import type { ClosedTrade } from '../rules/alerts/trade-messages.ts';

export interface TradeToTell extends ClosedTrade {
  readonly user_id: string;
}

/** Closed trades that nobody was told of, oldest first; locked until the transaction ends, another worker's passed over. */
export function tradesToTell(session: Session, limit: number): Promise<TradeToTell[]> {
  return session.query<TradeToTell>(
    `select t.id, t.user_id, t.ticker, t.company_name, t.quantity, t.entry_price::float8, t.exit_price::float8, t.exit_reason,
            coalesce(t.profit_loss, 0)::float8 as profit_loss, coalesce(s.source = 'simulated', false) as simulated
     from public.trade_alerts a join public.paper_trades t on t.id = a.trade_id
     left join public.trading_signals s on s.id = t.signal_id
     where a.handled_at is null order by a.seq limit $1 for update of a skip locked`,
    [limit],
  );
}

export async function closeTradeAlerts(session: Session, trades: readonly string[]): Promise<void> {
  await session.execute('update public.trade_alerts set handled_at = now() where trade_id = any ($1::uuid[])', [
    trades,
  ]);
}
