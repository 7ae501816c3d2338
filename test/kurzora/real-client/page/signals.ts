/** SignalsContext, the sectors of the filters, the backtest page, and the page that writes signals from the browser. */
import { ANON_KEY, outcome, SUPABASE_URL, supabase } from './client.ts';

const COLUMNS = `
  *,
  indicators (
    id,
    indicator_name,
    timeframe,
    raw_value,
    score_contribution,
    scoring_version,
    metadata
  )`;

export interface SignalRow {
  readonly id: string;
  readonly ticker: string;
  readonly signal_type: string;
  readonly confidence_score: number;
  readonly signals: Readonly<Record<string, unknown>>;
  readonly indicators: readonly Readonly<Record<string, unknown>>[];
  readonly [column: string]: unknown;
}

export const loadSignals = () =>
  outcome<SignalRow[] | null>(
    supabase
      .from('trading_signals')
      .select(COLUMNS)
      .eq('status', 'active')
      .gte('confidence_score', 30)
      .order('confidence_score', { ascending: false })
      .limit(50),
  );

const WEIGHTS: Readonly<Record<string, number>> = { '1H': 0.4, '4H': 0.3, '1D': 0.2, '1W': 0.1 };

/** What the list shows of a row: the scores of its flat keys, weighted; `invented` where a key is missing and the page makes one up. */
export function shown(row: SignalRow) {
  const scores = Object.keys(WEIGHTS).map((frame) => row.signals[frame]);
  const invented = scores.some((score) => typeof score !== 'number');
  const final = Object.entries(WEIGHTS).reduce((sum, [frame, weight]) => sum + Number(row.signals[frame]) * weight, 0);
  return {
    ticker: row.ticker,
    action: row.signal_type === 'bullish' ? 'BUY' : 'SELL',
    final: Math.round(final),
    invented,
  };
}

export const sectors = () =>
  outcome(supabase.from('active_stocks').select('sector').not('sector', 'is', null).not('sector', 'eq', ''));

/** BacktestAnalyzer asks without the client, always as a visitor. */
export async function backtest(ticker: string, from: string, to: string) {
  const address = `${SUPABASE_URL}/rest/v1/backtest_historical_prices?select=*&ticker=eq.${ticker}&trade_date=gte.${from}&trade_date=lte.${to}&order=trade_date`;
  const headers = { apikey: ANON_KEY, Authorization: `Bearer ${ANON_KEY}`, 'Content-Type': 'application/json' };
  const answer = await fetch(address, { headers });
  return { status: answer.status, rows: (await answer.json()) as Record<string, unknown>[] };
}

/** SignalsTest: reading is anybody's, writing nobody's. */
export async function signalsTest() {
  const row = { ticker: 'AAPL', signal_type: 'bullish', confidence_score: 99, final_score: 99, entry_price: 1 };
  const long = '2020-01-01T00:00:00Z';
  const table = () => supabase.from('trading_signals');
  const statusOf = async (request: Parameters<typeof outcome>[0]) => {
    const { status, code } = await outcome(request);
    return { status, code };
  };
  return {
    known: await statusOf(table().select('ticker,signal_type,created_at').gte('created_at', long)),
    counted: (await outcome(table().select('*', { count: 'exact', head: true }))).count,
    inserted: await statusOf(table().insert([row]).select()),
    deleted: await statusOf(table().delete().lt('created_at', long).select()),
  };
}
