import type { Session } from '#kernel/postgres/database.ts';
import type { ShariahRatios, ShariahScreen, ShariahStatus } from '../rules/shariah/screen.ts';

export interface StockToScreen {
  readonly ticker: string;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly industry: string | null;
  readonly status: ShariahStatus;
}

/** Stocks that nobody has screened yet. */
export function unscreenedStocks(session: Session): Promise<StockToScreen[]> {
  return session.query(
    `select ticker, company_name as "companyName", sector, industry, shariah_status as status from public.active_stocks
     where is_active and last_shariah_screening_date is null and shariah_status = 'pending'`,
  );
}

export function findStockToScreen(session: Session, ticker: string): Promise<StockToScreen | undefined> {
  return session.maybeOne(
    `select ticker, company_name as "companyName", sector, industry, shariah_status as status from public.active_stocks
     where ticker = $1 for update`,
    [ticker],
  );
}

export interface ScreenToStore extends ShariahScreen {
  readonly ticker: string;
  readonly ratios: ShariahRatios;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The stock's columns and one line of its history each. `source`: where the facts come from. */
export async function storeScreens(
  session: Session,
  screens: readonly ScreenToStore[],
  { source, by, now }: { source: string; by: string | null; now: number },
): Promise<void> {
  if (screens.length === 0) return;
  await session.execute(
    `with s as (
       select * from jsonb_to_recordset($1::jsonb) as r(ticker text, status text, score int, violations text[], "requiresPurification" boolean,
         "purificationPercentage" numeric, ratios jsonb, facts jsonb)
     ), told as (
       insert into public.shariah_screening_history (ticker, shariah_status, score, facts, ratios, violations, purification_percentage,
         source, screened_by, screened_at)
       select ticker, status, score, facts, ratios, violations, "purificationPercentage", $2, $3::text::uuid, $4 from s
     )
     update public.active_stocks k set shariah_status = s.status, is_islamic_compliant = case s.status
         when 'compliant' then true when 'non_compliant' then false end,
       debt_to_market_cap_ratio = (s.ratios ->> 'debtToMarketCap')::numeric, cash_to_market_cap_ratio = (s.ratios ->> 'cashToMarketCap')::numeric,
       interest_income_ratio = (s.ratios ->> 'interestIncome')::numeric,
       non_permissible_revenue_ratio = (s.ratios ->> 'nonPermissibleRevenue')::numeric,
       last_shariah_screening_date = ($4::timestamptz at time zone 'utc')::date, shariah_source = $2, shariah_confidence_score = s.score,
       requires_income_purification = s."requiresPurification", purification_percentage = s."purificationPercentage",
       shariah_board_approval = null, updated_at = now()
     from s where k.ticker = s.ticker`,
    [JSON.stringify(screens), source, by, new Date(now)],
  );
}

/** A board's ruling over a screened stock: it decides, and its reasons are kept. */
export async function storeRuling(
  session: Session,
  ruling: { ticker: string; decision: string; board: string; reasoning: string; by: string },
): Promise<void> {
  await session.execute(
    `with told as (
       insert into public.shariah_advisory_decisions (ticker, decision, board, reasoning, entered_by) values ($1, $2, $3, $4, $5))
     update public.active_stocks set shariah_status = $2, is_islamic_compliant = case $2 when 'compliant' then true when 'non_compliant' then false end,
       shariah_board_approval = $2 = 'compliant', updated_at = now()
     where ticker = $1`,
    [ruling.ticker, ruling.decision, ruling.board, ruling.reasoning, ruling.by],
  );
}

export function stockShariah(session: Session, ticker: string): Promise<Record<string, unknown> | undefined> {
  return session.maybeOne(
    `select ticker, company_name as "companyName", sector, industry, shariah_status as status, is_islamic_compliant as "isCompliant",
       shariah_confidence_score::float8 as score, debt_to_market_cap_ratio::float8 as "debtToMarketCap",
       cash_to_market_cap_ratio::float8 as "cashToMarketCap", interest_income_ratio::float8 as "interestIncome",
       non_permissible_revenue_ratio::float8 as "nonPermissibleRevenue", requires_income_purification as "requiresPurification",
       purification_percentage::float8 as "purificationPercentage", last_shariah_screening_date::text as "screenedOn", shariah_source as source,
       shariah_board_approval as "boardApproval",
       (select coalesce(jsonb_agg(jsonb_build_object('status', h.shariah_status, 'score', h.score, 'violations', h.violations, 'source', h.source,
          'at', h.screened_at) order by h.screened_at desc), '[]')
        from (select * from public.shariah_screening_history h where h.ticker = s.ticker order by screened_at desc limit 20) h) as history,
       (select coalesce(jsonb_agg(jsonb_build_object('decision', d.decision, 'board', d.board, 'reasoning', d.reasoning, 'on', d.decided_on)
          order by d.created_at desc), '[]') from public.shariah_advisory_decisions d where d.ticker = s.ticker) as decisions
     from public.active_stocks s where s.ticker = $1`,
    [ticker],
  );
}

export interface IslamicPreferences {
  readonly strictMode: boolean;
  readonly acceptMarginal: boolean;
  readonly purificationEnabled: boolean;
}

/** Null: the person does not ask for the screen. */
export async function islamicPreferences(session: Session, userId: string): Promise<IslamicPreferences | null> {
  const row = await session.maybeOne<IslamicPreferences>(
    `select strict_mode as "strictMode", accept_marginal as "acceptMarginal", purification_enabled as "purificationEnabled"
     from public.user_islamic_preferences where user_id = $1`,
    [userId],
  );
  return row ?? null;
}

export async function setIslamicPreferences(
  session: Session,
  userId: string,
  wanted: IslamicPreferences,
): Promise<void> {
  await session.execute(
    `insert into public.user_islamic_preferences (user_id, strict_mode, accept_marginal, purification_enabled) values ($1, $2, $3, $4)
     on conflict (user_id) do update set strict_mode = excluded.strict_mode, accept_marginal = excluded.accept_marginal,
       purification_enabled = excluded.purification_enabled`,
    [userId, wanted.strictMode, wanted.acceptMarginal, wanted.purificationEnabled],
  );
}

export async function dropIslamicPreferences(session: Session, userId: string): Promise<void> {
  await session.execute('delete from public.user_islamic_preferences where user_id = $1', [userId]);
}
