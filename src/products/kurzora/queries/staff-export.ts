import type { Session } from '#kernel/postgres/database.ts';
import type { CsvValue } from '../rules/csv.ts';

const ISO = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

interface Export {
  /** Heading -> expression. */
  readonly columns: Readonly<Record<string, string>>;
  readonly from: string;
  readonly order: string;
}

/** What staff may take out, in the order of its making: a page that was taken stays what it was. */
export const EXPORTS = {
  users: {
    columns: {
      ...{ id: 't.id', email: 't.email', name: 't.name', role: 't.role', language: 't.language' },
      ...{ subscriptionTier: 't.subscription_tier', subscriptionStatus: 't.subscription_status' },
      ...{
        subscriptionEndsAt: ISO('t.subscription_ends_at'),
        isActive: 't.is_active',
        emailVerified: 't.email_verified',
      },
      ...{ createdAt: ISO('t.created_at'), lastLoginAt: ISO('t.last_login_at') },
    },
    from: 'public.users t where t.deleted_at is null',
    order: 't.created_at, t.id',
  },
  signals: {
    columns: {
      ...{
        id: 't.id',
        ticker: 't.ticker',
        companyName: 't.company_name',
        sector: 't.sector',
        signalType: 't.signal_type',
      },
      ...{ finalScore: 't.final_score', status: 't.status', entryPrice: 't.entry_price::float8' },
      ...{
        stopLoss: 't.stop_loss::float8',
        takeProfit: 't.take_profit::float8',
        engine: 't.engine',
        source: 't.source',
      },
      ...{ createdAt: ISO('t.created_at'), expiresAt: ISO('t.expires_at'), exitPrice: 'o.exit_price::float8' },
      ...{ actualReturn: 'o.actual_return::float8', outcome: 'o.outcome_type' },
    },
    from: 'public.trading_signals t left join public.signal_outcomes o on o.signal_id = t.id',
    order: 't.created_at, t.id',
  },
  trades: {
    columns: {
      ...{ id: 't.id', userId: 't.user_id', signalId: 't.signal_id', ticker: 't.ticker', tradeType: 't.trade_type' },
      ...{ quantity: 't.quantity', entryPrice: 't.entry_price::float8', exitPrice: 't.exit_price::float8' },
      ...{ profitLoss: 't.profit_loss::float8', isOpen: 't.is_open', exitReason: 't.exit_reason', notes: 't.notes' },
      ...{ openedAt: ISO('t.opened_at'), closedAt: ISO('t.closed_at') },
    },
    from: 'public.paper_trades t',
    order: 't.created_at, t.id',
  },
  audit: {
    columns: {
      ...{ id: 't.id', adminId: 't.admin_user_id', action: 't.action_type', targetType: 't.target_type' },
      ...{
        targetId: 't.target_id',
        metadata: 't.metadata::text',
        ip: 'host(t.ip_address)',
        createdAt: ISO('t.created_at'),
      },
    },
    from: 'public.admin_activity_log t',
    order: 't.created_at, t.id',
  },
} as const satisfies Readonly<Record<string, Export>>;
export type ExportName = keyof typeof EXPORTS;

/** One page, and how many rows there are in all. */
export async function exportPage(
  session: Session,
  name: ExportName,
  { page, limit }: { page: number; limit: number },
): Promise<{ columns: string[]; rows: Record<string, CsvValue>[]; total: number }> {
  const { columns, from, order }: Export = EXPORTS[name];
  const { total } = await session.one<{ total: number }>(`select count(*)::int as total from ${from}`);
  const rows = await session.query<Record<string, CsvValue>>(
    `select ${Object.entries(columns)
      .map(([heading, expression]) => `${expression} as "${heading}"`)
      .join(', ')} from ${from} order by ${order} limit $1 offset $2`,
    [limit, (page - 1) * limit],
  );
  return { columns: Object.keys(columns), rows, total };
}
