import type { Session } from '#kernel/postgres/database.ts';
import type { AdminSignal } from '../admin/contract.ts';

/** The engine's name on a signal that a person made: scans neither move its score nor judge it. */
export const MANUAL = 'manual';

const PERSON = (column: string) =>
  `(select jsonb_build_object('id', u.id, 'name', u.name) from public.users u where u.id = ${column})`;

/** Drafts that are not approved, and every signal there is, in the columns of AdminSignal. */
const EVERY = `
  select s.id, s.ticker, s.company_name, s.sector, s.signal_type, s.final_score, s.current_price, s.entry_price, s.stop_loss,
         s.take_profit, s.risk_reward_ratio, s.explanation, s.status::text as status, a.approval_status,
         case when a.signal_id is null then 'engine' else 'manual' end as origin, s.executed_count, a.created_by, a.approved_by, a.notes,
         a.audit_trail, s.created_at, s.expires_at
  from public.trading_signals s left join public.admin_signals a on a.signal_id = s.id
  union all
  select a.signal_id, a.ticker, a.company_name, a.sector, a.signal_type, a.final_score, null, a.entry_price, a.stop_loss, a.take_profit,
         a.risk_reward_ratio, a.explanation, a.approval_status, a.approval_status, 'manual', 0, a.created_by, a.approved_by, a.notes,
         a.audit_trail, a.created_at, a.expires_at
  from public.admin_signals a where a.approval_status <> 'approved'`;

const SHOWN = `
  e.id, e.ticker, e.company_name as "companyName", e.sector, e.signal_type as "signalType", e.final_score as "finalScore",
  e.current_price::float8 as "currentPrice", e.entry_price::float8 as "entryPrice", e.stop_loss::float8 as "stopLoss",
  e.take_profit::float8 as "takeProfit", e.risk_reward_ratio::float8 as "riskRewardRatio", e.explanation, e.status,
  e.approval_status as approval, e.origin, e.executed_count as "executedCount", ${PERSON('e.created_by')} as "createdBy",
  ${PERSON('e.approved_by')} as "approvedBy", e.notes, coalesce(e.audit_trail, '[]') as "auditTrail",
  e.created_at as "createdAt", e.expires_at as "expiresAt"`;

interface Row extends Omit<AdminSignal, 'createdAt' | 'expiresAt'> {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}
const signalOf = ({ createdAt, expiresAt, ...row }: Row): AdminSignal => ({
  ...row,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
});

export interface StaffSignalFilter {
  readonly status?: string | undefined;
  readonly approval?: string | undefined;
  readonly ticker?: string | undefined;
  readonly page: number;
  readonly limit: number;
}

/** One page of drafts and signals, newest first, and how many match. Approval `none`: signals of the engine. */
export async function listStaffSignals(
  session: Session,
  { status, approval, ticker, page, limit }: StaffSignalFilter,
): Promise<{ signals: AdminSignal[]; total: number }> {
  const matching = `from (${EVERY}) e where ($1::text is null or e.status = $1)
    and ($2::text is null or coalesce(e.approval_status, 'none') = $2) and ($3::text is null or e.ticker = upper($3))`;
  const values = [status ?? null, approval ?? null, ticker?.trim() || null];
  const { total } = await session.one<{ total: number }>(`select count(*)::int as total ${matching}`, values);
  const rows = await session.query<Row>(
    `select ${SHOWN} ${matching} order by e.created_at desc, e.id limit $4 offset $5`,
    [...values, limit, (page - 1) * limit],
  );
  return { signals: rows.map(signalOf), total };
}

export async function findStaffSignal(session: Session, id: string): Promise<AdminSignal | undefined> {
  const row = await session.maybeOne<Row>(`select ${SHOWN} from (${EVERY}) e where e.id = $1`, [id]);
  return row && signalOf(row);
}

export interface Draft {
  readonly ticker: string;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly signalType: string;
  readonly finalScore: number;
  readonly entryPrice: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly riskRewardRatio: number;
  readonly explanation: string | null;
  readonly notes: string | null;
  readonly expiresAt: string | null;
}

const valuesOf = (draft: Draft) => [
  ...[draft.ticker, draft.companyName, draft.sector, draft.signalType, draft.finalScore, draft.entryPrice],
  ...[draft.stopLoss, draft.takeProfit, draft.riskRewardRatio, draft.explanation, draft.notes, draft.expiresAt],
];

export async function insertDraft(session: Session, draft: Draft, by: string): Promise<string> {
  const { id } = await session.one<{ id: string }>(
    `insert into public.admin_signals (ticker, company_name, sector, signal_type, final_score, entry_price, stop_loss, take_profit,
       risk_reward_ratio, explanation, notes, expires_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning signal_id as id`,
    [...valuesOf(draft), by],
  );
  return id;
}

/** False when it waits no longer. */
export async function changeDraft(session: Session, id: string, draft: Draft): Promise<boolean> {
  const changed = await session.execute(
    `update public.admin_signals set ticker = $1, company_name = $2, sector = $3, signal_type = $4, final_score = $5, entry_price = $6,
       stop_loss = $7, take_profit = $8, risk_reward_ratio = $9, explanation = $10, notes = $11, expires_at = $12
     where signal_id = $13 and approval_status = 'pending'`,
    [...valuesOf(draft), id],
  );
  return changed > 0;
}

export interface TrailEntry {
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly from: string | null;
  readonly to: string;
  readonly note: string | null;
}

export async function addToTrail(session: Session, id: string, entry: TrailEntry): Promise<void> {
  await session.execute('update public.admin_signals set audit_trail = audit_trail || $2::jsonb where signal_id = $1', [
    id,
    JSON.stringify([entry]),
  ]);
}

/** Decides about a draft; false when it waits no longer. Two who decide at once: the second finds it decided. */
export async function decideDraft(
  session: Session,
  id: string,
  decision: 'approved' | 'rejected',
  by: string,
): Promise<boolean> {
  const changed = await session.execute(
    `update public.admin_signals set approval_status = $2, approved_by = $3 where signal_id = $1 and approval_status = 'pending'`,
    [id, decision, by],
  );
  return changed > 0;
}

/**
 * Makes the signal of an approved draft, active from now on: alerts go out as for any other. Null when the stock has an active one of
 * this type already. `moment`: the market's, epoch ms; bars that open at or after it decide how it ends.
 */
export async function publishDraft(
  session: Session,
  id: string,
  given: { source: string; moment: number; price: number | null; expiresAt: number; strength: string },
): Promise<string | null> {
  const row = await session.maybeOne<{ id: string }>(
    `with born as (
       insert into public.trading_signals (id, ticker, company_name, sector, signal_type, confidence_score, final_score, signal_strength,
         timeframe, current_price, entry_price, stop_loss, take_profit, risk_reward_ratio, risk_management_type, explanation, base_score,
         expires_at, engine, source, as_of, levels_as_of, levels_score)
       select signal_id, ticker, company_name, sector, signal_type, final_score, final_score, $6, 'manual', coalesce($4::numeric, entry_price),
         entry_price, stop_loss, take_profit, risk_reward_ratio, 'manual', explanation, final_score,
         coalesce(expires_at, $5::timestamptz), '${MANUAL}', $2, $3, $3, final_score
       from public.admin_signals where signal_id = $1
       on conflict (ticker, signal_type) where status = 'active' do nothing
       returning id, current_price, final_score)
     insert into public.signal_history (signal_id, action, price, notes)
     select id, 'generated', current_price, format('score %s, made by staff', final_score) from born returning signal_id as id`,
    [id, given.source, new Date(given.moment), given.price, new Date(given.expiresAt), given.strength],
  );
  return row?.id ?? null;
}

/** What may change of a signal that is out: never its levels. False when there is none that runs. */
export async function changeRunning(
  session: Session,
  id: string,
  change: { explanation?: string | null | undefined; expiresAt?: string | null | undefined },
): Promise<boolean> {
  const changed = await session.execute(
    `update public.trading_signals set explanation = case when $2 then $3 else explanation end, expires_at = coalesce($4, expires_at)
     where id = $1 and status in ('active', 'triggered')`,
    [id, change.explanation !== undefined, change.explanation ?? null, change.expiresAt ?? null],
  );
  return changed > 0;
}

export async function changeNotes(session: Session, id: string, notes: string | null): Promise<void> {
  await session.execute('update public.admin_signals set notes = $2 where signal_id = $1', [id, notes]);
}

/**
 * Ends a running signal by hand, at its last price. It counts in the record as one that ran out, whatever it is called: taking
 * losers back must not better the figures. Undefined when there is none that runs.
 */
export function endByHand(
  session: Session,
  id: string,
  status: 'expired' | 'cancelled',
  moment: number,
): Promise<{ from: string } | undefined> {
  return session.maybeOne<{ from: string }>(
    `with before as (
       select * from public.trading_signals where id = $1 and status in ('active', 'triggered') for update
     ), gone as (
       update public.trading_signals s set status = $2::public.signal_status from before b where s.id = b.id
     ), told as (
       insert into public.signal_history (signal_id, action, price, notes)
       select id, $2::text::public.signal_action, current_price, 'ended by staff' from before
     ), counted as (
       insert into public.signal_outcomes (signal_id, ticker, original_score, entry_price, exit_price, actual_return, days_active,
         outcome_type, session_origin)
       select id, ticker, levels_score, entry_price, current_price,
         round((current_price / entry_price - 1) * 100 * case when stop_loss < entry_price then 1 else -1 end, 4),
         round(greatest(extract(epoch from $3::timestamptz - levels_as_of) / 86400, 0), 2), 'expired', engine
       from before on conflict (signal_id) do nothing
     )
     select status as "from" from before`,
    [id, status, new Date(moment)],
  );
}
