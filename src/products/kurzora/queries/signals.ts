import type { Static } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import type { SignalDetail, SignalHistoryEntry, SignalIndicator, SignalSummary, TimeframeScores } from '../contract.ts';
import { tierOf } from '../rules/classes.ts';

export interface SignalFilter {
  readonly statuses: readonly string[];
  /** When given, scores are compared and sorted by this timeframe's, and signals without one are left out. */
  readonly timeframe?: '1H' | '4H' | '1D' | '1W';
  readonly minScore?: number;
  readonly maxScore?: number;
  readonly sector?: string;
  readonly market?: string;
  readonly shariahCompliant?: boolean;
  /** Percent: stocks with a larger share of interest income or of forbidden revenue are left out. */
  readonly mostImpure?: number;
  readonly sortBy: 'score' | 'timestamp' | 'symbol';
  readonly sortOrder: 'asc' | 'desc';
  readonly page: number;
  readonly limit: number;
}

const SUMMARY = `
  s.id, s.ticker, s.company_name as "companyName", s.sector, s.market, s.signal_type as "signalType",
  s.signal_strength as "signalStrength", s.final_score as "finalScore", s.signals -> 'timeframes' as "timeframeScores",
  s.current_price::float8 as "currentPrice", s.price_change_percent::float8 as "priceChangePercent",
  s.entry_price::float8 as "entryPrice", s.stop_loss::float8 as "stopLoss", s.take_profit::float8 as "takeProfit",
  s.risk_reward_ratio::float8 as "riskRewardRatio", stock.is_islamic_compliant as "isShariahCompliant", s.status, s.source,
  s.created_at as "createdAt", s.expires_at as "expiresAt"`;

interface SummaryRow extends Omit<SignalSummary, 'tier' | 'createdAt' | 'expiresAt' | 'timeframeScores'> {
  readonly timeframeScores: Static<typeof TimeframeScores> | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

const NO_SCORES = { '1H': null, '4H': null, '1D': null, '1W': null };

function summaryOf({ timeframeScores, createdAt, expiresAt, ...row }: SummaryRow): SignalSummary {
  return {
    ...row,
    tier: tierOf(row.finalScore),
    timeframeScores: timeframeScores ?? NO_SCORES,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

const ORDERS = { score: 'score', timestamp: 's.created_at', symbol: 's.ticker' } as const;

/** One page of the signals the session may see, and how many there are in all: one statement. */
export async function listSignals(
  session: Session,
  filter: SignalFilter,
): Promise<{ signals: SignalSummary[]; total: number }> {
  const order = `${ORDERS[filter.sortBy]} ${filter.sortOrder === 'asc' ? 'asc' : 'desc'}`;
  const [answer] = await session.query<{
    total: number;
    rows: (SummaryRow & { createdAt: string; expiresAt: string })[];
  }>(
    // Of thousands that match only the page is put together: the rest are counted and sorted by what an index row would hold.
    `with matching as materialized (
       select s.id, row_number() over (order by ${order}, s.ticker, s.id) as place
       from public.trading_signals s
       cross join lateral (select case when $2::text is null then s.final_score
                                       else (s.signals -> 'timeframes' ->> $2)::int end as score) scored
       where s.status = any ($1::public.signal_status[]) and score is not null
         and ($3::int is null or score >= $3) and ($4::int is null or score <= $4)
         and ($5::text is null or s.sector = $5) and ($6::text is null or s.market = $6)
         and (($7::boolean is null and $10::float8 is null) or coalesce((
           select ($7 is null or coalesce(stock.is_islamic_compliant, false) = $7)
              and ($10 is null
                   or greatest(coalesce(stock.interest_income_ratio, 0), coalesce(stock.non_permissible_revenue_ratio, 0)) <= $10)
           from public.active_stocks stock where stock.ticker = s.ticker), $7 is not true))
     ), shown as (
       select ${SUMMARY}, place
       from matching join public.trading_signals s using (id)
       left join public.active_stocks stock on stock.ticker = s.ticker
       where place > $8 and place <= $8 + $9)
     select (select count(*) from matching)::int as total,
            (select coalesce(jsonb_agg(to_jsonb(m) - 'place' order by place), '[]') from shown m) as rows`,
    [
      filter.statuses,
      filter.timeframe ?? null,
      filter.minScore ?? null,
      filter.maxScore ?? null,
      filter.sector ?? null,
      filter.market ?? null,
      filter.shariahCompliant ?? null,
      (filter.page - 1) * filter.limit,
      filter.limit,
      filter.mostImpure ?? null,
    ],
  );
  const { rows, total } = answer!;
  const dated = rows.map((row) =>
    summaryOf({
      ...row,
      createdAt: new Date(row.createdAt),
      expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt),
    }),
  );
  return { signals: dated, total };
}

/** How many signals match that the session may see. */
export async function countSignals(session: Session, filter: SignalFilter): Promise<number> {
  return (await listSignals(session, { ...filter, page: 1, limit: 0 })).total;
}

/** The open signals with the highest scores that the session may see: as the first page of `listSignals`, without counting the rest. */
export async function bestSignals(session: Session, limit: number): Promise<SignalSummary[]> {
  const rows = await session.query<SummaryRow>(
    // By one pass over the open ones: whose plan shows a few of them would have an index walked to its end.
    `with best as materialized (
       select id from public.trading_signals where status in ('active', 'triggered') order by final_score desc, ticker, id limit $1)
     select ${SUMMARY}
     from public.trading_signals s left join public.active_stocks stock on stock.ticker = s.ticker
     where s.id = any (array(select id from best))
     order by s.final_score desc, s.ticker, s.id`,
    [limit],
  );
  return rows.map(summaryOf);
}

/** Signals in the order of their ids, as far as the session may see them. */
export async function signalsById(session: Session, ids: readonly string[]): Promise<SignalSummary[]> {
  const rows = await session.query<SummaryRow>(
    `select ${SUMMARY} from public.trading_signals s left join public.active_stocks stock on stock.ticker = s.ticker
     where s.id = any ($1::uuid[]) order by array_position($1::uuid[], s.id)`,
    [ids],
  );
  return rows.map(summaryOf);
}

/** Whether the caller's plan includes every signal. */
export async function seesAllSignals(session: Session): Promise<boolean> {
  return (await session.one<{ all: boolean }>('select kurzora.sees_all_signals() as all')).all;
}

interface DetailRow extends SummaryRow, Omit<SignalDetail, keyof SignalSummary | 'asOf' | 'dimensions' | 'indicators'> {
  readonly asOf: Date;
  readonly dimensions: SignalDetail['dimensions'];
  readonly indicators: SignalIndicator[];
}

/** One signal with its indicators, or undefined when there is none that the session may see. */
export async function findSignal(session: Session, id: string): Promise<SignalDetail | undefined> {
  const row = await session.maybeOne<DetailRow>(
    `select ${SUMMARY}, s.explanation, s.base_score::float8 as "baseScore", s.divergence_bonus::float8 as "divergenceBonus",
       s.signals -> 'dimensions' as dimensions, s.as_of as "asOf", s.engine, s.atr::float8 as atr,
       s.position_size as "positionSize", s.risk_amount::float8 as "riskAmount", s.reward_amount::float8 as "rewardAmount",
       s.stop_loss_reason as "stopLossReason", s.take_profit_reason as "takeProfitReason",
       case when stock.ticker is not null then jsonb_build_object(
         'status', stock.shariah_status, 'debtToMarketCap', stock.debt_to_market_cap_ratio,
         'interestIncome', stock.interest_income_ratio, 'nonPermissibleRevenue', stock.non_permissible_revenue_ratio,
         'cashToMarketCap', stock.cash_to_market_cap_ratio, 'purification', stock.purification_percentage,
         'screenedOn', stock.last_shariah_screening_date) end as shariah,
       (select coalesce(jsonb_agg(jsonb_build_object(
            'name', i.indicator_name, 'timeframe', i.timeframe, 'rawValue', i.raw_value::float8,
            'scoreContribution', i.score_contribution::float8, 'scoringVersion', i.scoring_version, 'metadata', i.metadata)
          order by array_position(array['1H','4H','1D','1W'], i.timeframe::text), i.indicator_name), '[]')
        from public.indicators i where i.signal_id = s.id) as indicators
     from public.trading_signals s left join public.active_stocks stock on stock.ticker = s.ticker
     where s.id = $1`,
    [id],
  );
  if (!row) return undefined;
  const { asOf, dimensions, ...rest } = row;
  const { explanation, baseScore, divergenceBonus, engine, atr, positionSize, riskAmount, rewardAmount, ...other } =
    rest;
  const { stopLossReason, takeProfitReason, shariah, indicators, ...summary } = other;
  return {
    ...summaryOf(summary),
    explanation,
    baseScore,
    divergenceBonus,
    dimensions,
    asOf: asOf.toISOString(),
    engine,
    atr,
    positionSize,
    riskAmount,
    rewardAmount,
    stopLossReason,
    takeProfitReason,
    shariah,
    indicators,
  };
}

/** What happened to a signal, oldest first; undefined when there is no such signal for the session. */
export async function signalHistory(session: Session, id: string): Promise<SignalHistoryEntry[] | undefined> {
  const row = await session.maybeOne<{ entries: SignalHistoryEntry[] }>(
    `select (select coalesce(jsonb_agg(jsonb_build_object(
           'action', h.action, 'price', h.price::float8, 'notes', h.notes, 'createdAt', h.created_at)
         order by h.created_at, h.id), '[]') from public.signal_history h where h.signal_id = s.id) as entries
     from public.trading_signals s where s.id = $1`,
    [id],
  );
  return row?.entries.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt).toISOString() }));
}
