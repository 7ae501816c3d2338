import type { Session } from '#kernel/postgres/database.ts';
import { Turn } from '#kernel/turn.ts';
import type { ScoredSignal } from '../rules/score-stock.ts';
import { signalsDocument } from '../rules/signal-report.ts';
import { MANUAL } from './staff-signals.ts';

export interface SignalToStore {
  readonly signal: ScoredSignal;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly expiresAt: number;
}

export interface ScanMark {
  /** Epoch ms. */
  readonly asOf: number;
  readonly source: string;
  /** False: a scan of the past, kept as history; live signals are left alone. */
  readonly live: boolean;
}

export interface StoredSignal {
  readonly id: string;
  readonly ticker: string;
  readonly inserted: boolean;
  /** Its indicator rows are to be written anew: it is new itself, or was of another set of timeframes. */
  readonly renewed: boolean;
}

/**
 * Writes the signals of one scan in one statement. Live: a signal that is open (active, triggered) for the same ticker and type is updated in
 * place, keeping id, created_at, expiry and its original entry, stop, target and size; otherwise a new row begins. Of the past:
 * rows are born expired, once for each ticker, source and as-of. History gets a row for every birth and every moved score.
 * Call after `lockScans`: what is active is looked up once, which costs less than an upsert's search for conflicts.
 */
export async function storeSignals(
  session: Session,
  signals: readonly SignalToStore[],
  mark: ScanMark,
): Promise<StoredSignal[]> {
  if (signals.length === 0) return [];
  const asOf = new Date(mark.asOf);
  const turn = new Turn();
  const rows: string[] = [];
  for (const signal of signals) {
    rows.push(JSON.stringify(rowOf(signal)));
    if (turn.over) await turn.pass();
  }
  return await session.query<StoredSignal>(STORE, [
    `[${rows}]`,
    mark.live,
    asOf,
    mark.source,
    mark.live ? 'active' : 'expired',
  ]);
}

function rowOf({ signal, companyName, sector, expiresAt }: SignalToStore): Record<string, unknown> {
  const { levels, position } = signal;
  const change = signal.priceChangePercent;
  return {
    ticker: signal.ticker,
    company_name: companyName,
    sector,
    signal_type: signal.signalType,
    final_score: signal.finalScore,
    signal_strength: signal.signalStrength,
    timeframe: signal.set.label,
    signals: signalsDocument(signal),
    current_price: signal.price.value,
    // numeric(8,4): a move of 10,000 % is a data fault, and must not keep the other signals from being stored.
    price_change_percent: change !== null && Math.abs(change) < 10_000 ? change : null,
    entry_price: levels.entry,
    stop_loss: levels.stop,
    take_profit: levels.target,
    risk_reward_ratio: levels.ratio,
    atr: signal.atr,
    position_size: position.size,
    risk_amount: position.riskAmount,
    reward_amount: position.rewardAmount,
    stop_loss_reason: levels.stopReason,
    take_profit_reason: levels.targetReason,
    risk_management_type: levels.rule,
    explanation: signal.explanation,
    base_score: signal.baseScore,
    divergence_bonus: signal.divergence.bonus,
    expires_at: new Date(expiresAt).toISOString(),
    engine: signal.engine,
  };
}

const STORE = `
with incoming as (
  select * from jsonb_to_recordset($1::jsonb) as r(
    ticker text, company_name text, sector text, signal_type public.signal_type, final_score int, signal_strength text,
    timeframe text, signals jsonb, current_price numeric, price_change_percent numeric, entry_price numeric,
    stop_loss numeric, take_profit numeric, risk_reward_ratio numeric, atr numeric, position_size int,
    risk_amount numeric, reward_amount numeric, stop_loss_reason text, take_profit_reason text,
    risk_management_type text, explanation text, base_score numeric, divergence_bonus numeric,
    expires_at timestamptz, engine text)
), before as (
  select id, ticker, signal_type, final_score, timeframe from public.trading_signals
  where status in ('active', 'triggered') and ticker in (select ticker from incoming)
), updated as (
  update public.trading_signals as kept set
    company_name = i.company_name, sector = i.sector, confidence_score = i.final_score, final_score = i.final_score,
    signal_strength = i.signal_strength, timeframe = i.timeframe, signals = i.signals, current_price = i.current_price,
    price_change_percent = i.price_change_percent, atr = i.atr, explanation = i.explanation, base_score = i.base_score,
    divergence_bonus = i.divergence_bonus, engine = i.engine, as_of = $3, updated_at = now()
  from incoming i
  where $2 and kept.status in ('active', 'triggered') and kept.ticker = i.ticker and kept.signal_type = i.signal_type
    and kept.engine <> '${MANUAL}'
  returning kept.id, kept.ticker, kept.timeframe, kept.final_score, kept.current_price, false as inserted
), born as (
  insert into public.trading_signals (
    ticker, company_name, sector, signal_type, confidence_score, final_score, signal_strength, timeframe, signals,
    current_price, price_change_percent, entry_price, stop_loss, take_profit, risk_reward_ratio, atr, position_size,
    risk_amount, reward_amount, stop_loss_reason, take_profit_reason, risk_management_type, explanation, base_score,
    divergence_bonus, expires_at, engine, source, as_of, levels_as_of, levels_score, status)
  select
    ticker, company_name, sector, signal_type, final_score, final_score, signal_strength, timeframe, signals,
    current_price, price_change_percent, entry_price, stop_loss, take_profit, risk_reward_ratio, atr, position_size,
    risk_amount, reward_amount, stop_loss_reason, take_profit_reason, risk_management_type, explanation, base_score,
    divergence_bonus, expires_at, engine, $4, $3, $3, final_score, $5::public.signal_status
  from incoming i
  where case when $2
    then not exists (select from before b where b.ticker = i.ticker and b.signal_type = i.signal_type)
    else not exists (
      select from public.trading_signals known
      where known.ticker = i.ticker and known.source = $4 and known.as_of = $3)
    end
  returning id, ticker, timeframe, final_score, current_price, true as inserted
), written as (
  select * from updated union all select * from born
), noted as (
  insert into public.signal_history (signal_id, action, price, notes)
  select w.id, case when w.inserted then 'generated' else 'updated' end::public.signal_action, w.current_price,
         case when w.inserted then format('score %s', w.final_score)
              else format('score %s, was %s', w.final_score, b.final_score) end
  from written w left join before b on b.id = w.id
  where w.inserted or b.final_score <> w.final_score
)
select w.id, w.ticker, w.inserted, b.timeframe is distinct from w.timeframe as renewed
from written w left join before b on b.id = w.id`;
