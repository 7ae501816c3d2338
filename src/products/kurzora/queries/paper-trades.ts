import type { Session } from '#kernel/postgres/database.ts';
import type { Trade } from '../portfolio-contract.ts';

interface TradeRow extends Omit<Trade, 'openedAt' | 'closedAt'> {
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

const TRADE = `
  id, signal_id as "signalId", ticker, company_name as "companyName", sector, trade_type as "tradeType", quantity,
  entry_price::float8 as "entryPrice", current_price::float8 as "currentPrice", exit_price::float8 as "exitPrice",
  stop_loss::float8 as "stopLoss", take_profit::float8 as "takeProfit", profit_loss::float8 as "profitLoss",
  profit_loss_percentage::float8 as "profitLossPercentage", is_open as "isOpen", exit_reason as "exitReason",
  signal_score as "signalScore", risk_percentage::float8 as "riskPercentage", notes, opened_at as "openedAt",
  closed_at as "closedAt", before_reset as "beforeReset"`;

const tradeOf = ({ openedAt, closedAt, ...row }: TradeRow): Trade => ({
  ...row,
  openedAt: openedAt.toISOString(),
  closedAt: closedAt?.toISOString() ?? null,
});

export interface TradeFilter {
  readonly status?: 'open' | 'closed';
  /** Days in New York, both belong; compared with the close of a closed trade, the opening of an open one. */
  readonly dateFrom?: string;
  readonly dateTo?: string;
  readonly symbol?: string;
  readonly exitReason?: string;
  readonly page: number;
  readonly limit: number;
}

const MATCHING = `
  user_id = $1 and ($2::boolean is null or is_open = $2) and ($3::text is null or ticker = upper($3))
  and ($4::text is null or exit_reason = $4)
  and ($5::date is null or (coalesce(closed_at, opened_at) at time zone 'America/New_York')::date >= $5)
  and ($6::date is null or (coalesce(closed_at, opened_at) at time zone 'America/New_York')::date <= $6)`;

/** One page of somebody's trades, newest first, and how many there are in all. The user is named, since admins see everybody's. */
export async function listTrades(
  session: Session,
  userId: string,
  { status, dateFrom, dateTo, symbol, exitReason, page, limit }: TradeFilter,
): Promise<{ trades: Trade[]; total: number }> {
  const open = status === undefined ? null : status === 'open';
  const values = [userId, open, symbol ?? null, exitReason ?? null, dateFrom ?? null, dateTo ?? null];
  const [{ total }, rows] = await Promise.all([
    session.one<{ total: number }>(`select count(*)::int as total from public.paper_trades where ${MATCHING}`, values),
    session.query<TradeRow>(
      `select ${TRADE} from public.paper_trades where ${MATCHING}
       order by coalesce(closed_at, opened_at) desc, id limit $7 offset $8`,
      [...values, limit, (page - 1) * limit],
    ),
  ]);
  return { trades: rows.map(tradeOf), total };
}

/** The trade, when it is this user's. */
export async function findTrade(session: Session, userId: string, id: string): Promise<Trade | undefined> {
  const row = await session.maybeOne<TradeRow>(
    `select ${TRADE} from public.paper_trades where id = $2 and user_id = $1`,
    [userId, id],
  );
  return row && tradeOf(row);
}

export interface NewTrade {
  readonly userId: string;
  readonly signalId: string | null;
  readonly ticker: string;
  readonly quantity: number;
  readonly entry: number;
  readonly price: number;
  readonly stop: number | null;
  readonly target: number | null;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly score: number | null;
  readonly riskPercent: number | null;
  readonly notes: string | null;
  /** The market's moment, epoch ms. */
  readonly moment: number;
}

export async function insertTrade(session: Session, trade: NewTrade): Promise<Trade> {
  const { userId, signalId, ticker, quantity, entry, price, stop, target, companyName, sector, score } = trade;
  const row = await session.one<TradeRow>(
    `insert into public.paper_trades (user_id, signal_id, ticker, trade_type, quantity, entry_price, current_price, stop_loss,
       take_profit, company_name, sector, signal_score, risk_percentage, notes, opened_at, levels_as_of)
     values ($1, $2, $3, 'buy', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) returning ${TRADE}`,
    [
      ...[userId, signalId, ticker, quantity, entry, price, stop, target, companyName, sector, score],
      ...[trade.riskPercent, trade.notes, new Date(trade.moment)],
    ],
  );
  return tradeOf(row);
}

/** Closes an open trade; undefined when it is not open (or not this user's). `price` null: at its last known price. */
export async function closeTrade(
  session: Session,
  userId: string,
  id: string,
  { price, reason, moment }: { price: number | null; reason: string; moment: number },
): Promise<Trade | undefined> {
  const row = await session.maybeOne<TradeRow>(
    `update public.paper_trades
     set is_open = false, exit_price = coalesce($3, current_price, entry_price), exit_reason = $4,
         closed_at = greatest(opened_at, $5::timestamptz)
     where id = $2 and user_id = $1 and is_open returning ${TRADE}`,
    [userId, id, price, reason, new Date(moment)],
  );
  return row && tradeOf(row);
}

/** Moves stop and target of an open trade; undefined leaves one as it is, null takes it away. */
export async function changeLevels(
  session: Session,
  userId: string,
  id: string,
  { stop, target }: { stop?: number | null; target?: number | null },
): Promise<Trade | undefined> {
  const row = await session.maybeOne<TradeRow>(
    `update public.paper_trades
     set stop_loss = case when $3 then $4 else stop_loss end, take_profit = case when $5 then $6 else take_profit end
     where id = $2 and user_id = $1 and is_open returning ${TRADE}`,
    [userId, id, stop !== undefined, stop ?? null, target !== undefined, target ?? null],
  );
  return row && tradeOf(row);
}
