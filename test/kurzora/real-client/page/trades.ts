/** PositionsContext, usePortfolioSummary, OpenPositions, OrdersHistory and the modal that executes a signal. */
import { auth } from './auth.ts';
import { outcome, supabase } from './client.ts';

export interface TradeRow {
  readonly id: string;
  readonly ticker: string;
  readonly quantity: number;
  readonly entry_price: number;
  readonly current_price: number | null;
  readonly profit_loss: number | null;
  readonly profit_loss_percentage: number | null;
  readonly is_open: boolean;
  readonly opened_at: string;
  readonly notes: string | null;
  readonly [column: string]: unknown;
}

const trades = () => supabase.from('paper_trades');

/** The row of 17 columns that the modal sends. */
export function order(ticker: string, entry: number, quantity = 100, company = `${ticker} Inc.`) {
  const now = new Date().toISOString();
  return {
    user_id: auth.user!.id,
    signal_id: null,
    ticker,
    trade_type: 'buy',
    quantity,
    entry_price: entry,
    exit_price: null,
    current_price: entry,
    stop_loss: entry * 0.95,
    take_profit: entry * 1.15,
    profit_loss: 0,
    profit_loss_percentage: 0,
    is_open: true,
    opened_at: now,
    closed_at: null,
    notes: `Paper trade executed for ${company} in Technology sector`,
    created_at: now,
  };
}

export const execute = async (...given: Parameters<typeof order>) => {
  await supabase.auth.getUser();
  const row = order(...given);
  return { row, ...(await outcome<TradeRow>(trades().insert([row]).select().single())) };
};

export const summaryRows = () =>
  outcome<TradeRow[] | null>(
    trades().select('*').eq('user_id', auth.user!.id).order('created_at', { ascending: false }),
  );

/** The four tiles of the dashboard, by the front end's own formula (kurzora.md 5) on a start of 10,000. */
export async function tiles() {
  const rows = (await summaryRows()).data ?? [];
  const closed = rows.filter(({ is_open }) => !is_open);
  const open = rows.filter(({ is_open }) => is_open);
  const sum = (list: readonly TradeRow[], of: (row: TradeRow) => number) => list.reduce((all, row) => all + of(row), 0);
  const worth = ({ current_price, entry_price, quantity }: TradeRow) => (current_price ?? entry_price) * quantity;
  const totalPnl =
    sum(open, (row) => worth(row) - row.entry_price * row.quantity) + sum(closed, (row) => row.profit_loss ?? 0);
  const wins = closed.filter(({ profit_loss }) => (profit_loss ?? 0) > 0).length;
  return {
    totalPnl,
    value: 10_000 + totalPnl,
    cash: 10_000 + totalPnl - sum(open, worth),
    winRate: closed.length === 0 ? 0 : (wins / closed.length) * 100,
  };
}

export const firstTrades = () =>
  outcome(trades().select('created_at').eq('user_id', auth.user!.id).order('created_at', { ascending: true }));

export const openPositions = () =>
  outcome<TradeRow[] | null>(
    trades().select('*').eq('user_id', auth.user!.id).eq('is_open', true).order('opened_at', { ascending: false }),
  );

export const history = () =>
  outcome<TradeRow[] | null>(
    trades().select('*').eq('user_id', auth.user!.id).eq('is_open', false).order('closed_at', { ascending: false }),
  );

export const mark = (id: string, price: number) =>
  outcome(trades().update({ current_price: price, updated_at: new Date().toISOString() }).eq('id', id));

/** The page works out what was won and sends it. */
export const close = (id: string, price: number, claimed: { profit: number; percent: number }) =>
  outcome(
    trades()
      .update({
        is_open: false,
        exit_price: price,
        closed_at: new Date().toISOString(),
        profit_loss: claimed.profit,
        profit_loss_percentage: claimed.percent,
      })
      .eq('id', id),
  );

const DAY = 86_400_000;

/** A line of the page: the company is read out of the notes, the day out of the text of the moment. */
export function line(row: TradeRow) {
  const [, company = row.ticker] = /executed for (.+) in .+ sector/.exec(row.notes ?? '') ?? [];
  const [day] = row.opened_at.split('T');
  return { company, day, daysHeld: Math.floor((Date.now() - Date.parse(row.opened_at)) / DAY) };
}

export const live = { events: [] as string[], held: [] as string[], states: [] as string[] };

/** Both channels of the front end: each event makes it read again. */
export async function listen(): Promise<void> {
  const filter = `user_id=eq.${auth.user!.id}`;
  for (const name of ['portfolio-changes', 'paper_trades_changes'])
    supabase
      .channel(name)
      .on('postgres_changes', { event: '*', schema: 'public', table: 'paper_trades', filter }, (change) => {
        live.events.push(`${name} ${change.eventType}`);
        void readHeld();
      })
      .subscribe((state) => live.states.push(`${name} ${state}`));
  await readHeld();
}

async function readHeld(): Promise<void> {
  const { data } = await trades().select('ticker').eq('user_id', auth.user!.id).eq('is_open', true);
  live.held = (data ?? []).map(({ ticker }) => ticker as string).sort();
}
