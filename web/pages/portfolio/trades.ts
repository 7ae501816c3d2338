import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SignalDetail, Trade } from '#products/kurzora/contract.ts';
import { send } from '../../app/api.ts';
import { useLiveRows } from '../../app/live-rows.ts';
import { supabase } from '../../app/supabase.ts';

/** A row of paper_trades; money in US dollars, times ISO 8601. */
export interface PaperTrade {
  readonly id: string;
  readonly signal_id: string | null;
  readonly ticker: string;
  readonly company_name: string | null;
  readonly trade_type: 'buy' | 'sell';
  readonly quantity: number;
  readonly entry_price: number;
  readonly exit_price: number | null;
  readonly current_price: number | null;
  readonly stop_loss: number | null;
  readonly take_profit: number | null;
  readonly profit_loss: number | null;
  readonly profit_loss_percentage: number | null;
  readonly is_open: boolean;
  readonly exit_reason: string | null;
  readonly opened_at: string;
  readonly closed_at: string | null;
}

const COLUMNS =
  'id, signal_id, ticker, company_name, trade_type, quantity, entry_price, exit_price, current_price, stop_loss, take_profit, ' +
  'profit_loss, profit_loss_percentage, is_open, exit_reason, opened_at, closed_at';
/** As many rows as the data API gives at once. */
const MOST = 1000;

export function useOpenTrades() {
  return useQuery({
    queryKey: ['trades', 'open'],
    queryFn: ({ signal }) => readTrades({ is_open: true }, signal),
  });
}

export function useTradesOfSignal(id: string) {
  return useQuery({
    queryKey: ['trades', 'signal', id],
    queryFn: ({ signal }) => readTrades({ signal_id: id }, signal),
  });
}

/** Newest first. */
async function readTrades(match: Record<string, unknown>, signal: AbortSignal): Promise<PaperTrade[]> {
  const { data } = await (await supabase())
    .from('paper_trades')
    .select(COLUMNS)
    .match(match)
    .order('opened_at', { ascending: false })
    .limit(MOST)
    .abortSignal(signal)
    .overrideTypes<PaperTrade[], { merge: false }>()
    .throwOnError();
  return data;
}

export interface Portfolio {
  readonly starting_balance: number;
  readonly balance: number;
}

export function usePortfolio() {
  return useQuery({
    queryKey: ['trades', 'portfolio'],
    queryFn: async (): Promise<Portfolio> => {
      const found = (await supabase()).from('user_portfolio').select('starting_balance, balance').single<Portfolio>();
      return (await found.throwOnError()).data;
    },
  });
}

/** Asks anew for trades and cash whenever one of this person's trades changes: here, on another device, or by the market. */
export function useLiveTrades(userId: string): void {
  useLiveRows('paper_trades', `user_id=eq.${userId}`, 'trades');
}

/** Opens a paper trade at the signal's entry. Fails with every rule of the account that it would break. */
export function useExecute(signal: Pick<SignalDetail, 'id'>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (quantity: number) => send<Trade>('POST', `signals/${signal.id}/execute`, { quantity }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['trades'] }),
  });
}

/** Moves stop and target; null takes one away. */
export function useChangeLevels(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (levels: { stopLoss: number | null; takeProfit: number | null }) =>
      send<Trade>('PUT', `portfolio/positions/${id}`, levels),
    onSuccess: () => client.invalidateQueries({ queryKey: ['trades'] }),
  });
}

/** Closes a trade at its last marked price, the one that was shown; the database works out what was gained. */
export function useCloseTrade() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (trade: PaperTrade) => {
      const end = { is_open: false, exit_price: trade.current_price ?? trade.entry_price, exit_reason: 'manual' };
      await (await supabase()).from('paper_trades').update(end).eq('id', trade.id).eq('is_open', true).throwOnError();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['trades'] }),
  });
}
