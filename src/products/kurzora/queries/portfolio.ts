import type { Session } from '#kernel/postgres/database.ts';
import type { Holding } from '../portfolio-contract.ts';
import type { PaperTrade } from '../rules/portfolio.ts';

export interface Account {
  readonly startingBalance: number;
  /** Percent. */
  readonly riskPercentage: number;
  readonly resetAt: Date | null;
  /** Since the last reset. */
  readonly trades: PaperTrade[];
}

interface PaperTradeRow extends Omit<PaperTrade, 'openedAt' | 'closedAt'> {
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** In market time: imported files stand still, and a trade made on them later belongs to their last day. */
export const PAPER_TRADE = `
  ticker, sector, case trade_type when 'sell' then -1 else 1 end as direction, quantity, entry_price::float8 as entry,
  stop_loss::float8 as stop, least(opened_at, levels_as_of) as "openedAt", closed_at as "closedAt",
  coalesce(exit_price, current_price, entry_price)::float8 as price`;

export const paperTradeOf = ({ openedAt, closedAt, ...row }: PaperTradeRow): PaperTrade => ({
  ...row,
  openedAt: openedAt.getTime(),
  closedAt: closedAt?.getTime() ?? null,
});

/** Somebody's account with its trades. `lock` keeps other orders of the account waiting: only the service may. */
export async function readAccount(session: Session, userId: string, { lock = false } = {}): Promise<Account> {
  const account = await session.one<Omit<Account, 'trades'>>(
    `select p.starting_balance::float8 as "startingBalance", p.reset_at as "resetAt",
            u.risk_percentage::float8 as "riskPercentage"
     from public.user_portfolio p join public.users u on u.id = p.user_id where p.user_id = $1 ${lock ? 'for update of p' : ''}`,
    [userId],
  );
  const rows = await session.query<PaperTradeRow>(
    `select ${PAPER_TRADE} from public.paper_trades where user_id = $1 and not before_reset order by opened_at, id`,
    [userId],
  );
  return { ...account, trades: rows.map(paperTradeOf) };
}

/** What somebody holds, greatest first. */
export async function listHoldings(session: Session, userId: string): Promise<Holding[]> {
  return await session.query<Holding>(
    `select ticker, company_name as "companyName", sector, trades, quantity, average_entry_price::float8 as "averageEntryPrice",
            cost::float8 as cost, market_value::float8 as "marketValue", profit_loss::float8 as "profitLoss"
     from public.open_positions where user_id = $1 order by market_value desc, ticker`,
    [userId],
  );
}

export interface MonthRow {
  readonly month: string;
  readonly totalTrades: number;
  readonly totalPnl: number;
  readonly winRate: number;
  readonly averageReturn: number;
  readonly best: number;
  readonly worst: number;
}

/** Closed trades by the month they ended in (New York), newest first. */
export async function monthlyPerformance(session: Session, userId: string): Promise<MonthRow[]> {
  return await session.query<MonthRow>(
    `select to_char(month, 'YYYY-MM') as month, total_trades::int as "totalTrades", total_pnl::float8 as "totalPnl",
            win_rate::float8 as "winRate", avg_return::float8 as "averageReturn", best::float8 as best, worst::float8 as worst
     from public.monthly_performance where user_id = $1 order by month desc`,
    [userId],
  );
}

/** Begins the account again; returns how many open trades were closed for it. Only the service may. */
export async function resetPortfolio(session: Session, userId: string, moment: number): Promise<number> {
  const row = await session.one<{ closed: number }>('select kurzora.reset_portfolio($1, $2) as closed', [
    userId,
    new Date(moment),
  ]);
  return row.closed;
}
