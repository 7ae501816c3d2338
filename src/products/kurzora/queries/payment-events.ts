import type { Session } from '#kernel/postgres/database.ts';
import type { Fact, Observed, PaymentEvent, Subscription } from '#services/payments/api.ts';
import { type CustomerLife, type KnownFact, liveOf } from '../rules/subscription-life.ts';
import { keepMethod, makeDefault } from './billing.ts';

/** Keeps an event once; false when it was known. An answer to our own call is later than anything we had heard before it. */
export async function keepEvent(session: Session, event: PaymentEvent): Promise<boolean> {
  const kept = await session.execute(
    `insert into public.stripe_events (id, type, customer_id, occurred_at, fact, payload)
     select $1, $2, $3::text, greatest(to_timestamp($4), case when $6::jsonb is null then
       (select max(occurred_at) from public.stripe_events where customer_id = $3::text) end), $5::jsonb, $6::jsonb
     on conflict (id) do nothing`,
    [event.id, event.type, event.customerId, event.at, json(event.fact), json(event.payload)],
  );
  return kept > 0;
}

/** What the vendor answered to a call is a fact like his events. */
export function observation({ value, at }: Observed<Subscription>): PaymentEvent {
  const fact: Fact = { kind: 'subscription', subscription: value, ended: value.status === 'canceled' };
  const id = `observed:${value.id}:${at}:${crypto.randomUUID()}`;
  return { id, type: 'freehold.observed', at, customerId: value.customerId, fact, payload: null };
}

/** What we did to somebody's cards is a fact like the vendor's. `at` in epoch seconds. */
export function observedMethod(
  customerId: string,
  at: number,
  fact: Extract<Fact, { kind: 'method' | 'default-method' }>,
): PaymentEvent {
  return {
    id: `observed:method:${crypto.randomUUID()}`,
    type: 'freehold.observed',
    at,
    customerId,
    fact,
    payload: null,
  };
}

/** Keeps what happened and brings the customer's rows and the user's columns up to date, in the caller's transaction. */
export async function applyEvent(session: Session, event: PaymentEvent): Promise<'applied' | 'repeated' | 'nobody'> {
  if (event.customerId) await lockCustomer(session, event.customerId);
  const fresh = await keepEvent(session, event);
  if (!event.customerId) {
    await session.execute(
      'update public.stripe_events set processed_at = now() where id = $1 and processed_at is null',
      [event.id],
    );
    return fresh ? 'applied' : 'repeated';
  }
  const found = await settleCustomer(session, event.customerId);
  return found ? (fresh ? 'applied' : 'repeated') : 'nobody';
}

/** The subscription of an event, when another snapshot of it bears the same second: which one holds only the vendor knows. */
export async function tiedSubscription(session: Session, event: PaymentEvent): Promise<Subscription | undefined> {
  if (event.fact.kind !== 'subscription' || event.fact.ended) return undefined;
  const { subscription } = event.fact;
  const other = await session.maybeOne(
    `select from public.stripe_events where customer_id = $1 and occurred_at = to_timestamp($2) and id <> $3
       and fact ->> 'kind' = 'subscription' and fact -> 'subscription' ->> 'id' = $4 limit 1`,
    [event.customerId, event.at, event.id, subscription.id],
  );
  return other && subscription;
}

/** Events of one customer follow each other: two at once would each miss the other's fact. */
export async function lockCustomer(session: Session, customerId: string): Promise<void> {
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 4711))', [customerId]);
}

async function settleCustomer(session: Session, customerId: string): Promise<boolean> {
  const rows = await session.query<{ id: string; at: number; observed: boolean; sequence: number; fact: Fact }>(
    `select id, extract(epoch from occurred_at)::float8 as at, payload is null as observed, sequence::float8 as sequence, fact
     from public.stripe_events where customer_id = $1 and fact ->> 'kind' <> 'other'`,
    [customerId],
  );
  const facts: KnownFact[] = rows.map((row) => ({ ...row, at: Math.round(row.at) }));
  const life = liveOf(facts);
  const user = await session.maybeOne<{ id: string }>(
    `select id from public.users where id = $1 or stripe_customer_id = $2 order by id = $1 desc nulls last limit 1`,
    [life.userId, customerId],
  );
  if (!user) return false;
  await writeLife(session, user.id, life);
  await session.execute(
    `update public.users set stripe_customer_id = $2 where id = $1 and stripe_customer_id is null`,
    [user.id, customerId],
  );
  await session.query('select kurzora.project_subscription($1)', [user.id]);
  await session.execute(
    'update public.stripe_events set processed_at = now() where customer_id = $1 and processed_at is null',
    [customerId],
  );
  return true;
}

async function writeLife(session: Session, userId: string, life: CustomerLife): Promise<void> {
  await session.execute(
    `insert into public.user_subscriptions (user_id, plan_id, stripe_subscription_id, stripe_customer_id, status, billing_cycle,
       trial_start, trial_end, current_period_start, current_period_end, cancel_at_period_end, canceled_at, ended_at,
       past_due_since, created_at)
     select $1, p.id, s.id, s."customerId", s.status, s.cycle, to_timestamp(s."trialStart"), to_timestamp(s."trialEnd"),
       to_timestamp(s."periodStart"), to_timestamp(s."periodEnd"), s."cancelAtPeriodEnd", to_timestamp(s."canceledAt"),
       to_timestamp(s."endedAt"), to_timestamp(s."pastDueSince"), to_timestamp(s."createdAt")
     from jsonb_to_recordset($2::jsonb) as s (id text, "customerId" text, "planSlug" text, "priceId" text, cycle text, status text,
       "createdAt" float8, "trialStart" float8, "trialEnd" float8, "periodStart" float8, "periodEnd" float8,
       "cancelAtPeriodEnd" boolean, "canceledAt" float8, "endedAt" float8, "pastDueSince" float8)
     cross join lateral (
       select id from public.subscription_plans
       where s."priceId" in (stripe_monthly_price_id, stripe_yearly_price_id) or slug = coalesce(s."planSlug", 'starter')
       order by (s."priceId" in (stripe_monthly_price_id, stripe_yearly_price_id)) is true desc limit 1
     ) p
     on conflict (stripe_subscription_id) do update set
       plan_id = excluded.plan_id, status = excluded.status, billing_cycle = excluded.billing_cycle,
       trial_start = excluded.trial_start, trial_end = excluded.trial_end,
       current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
       cancel_at_period_end = excluded.cancel_at_period_end, canceled_at = excluded.canceled_at, ended_at = excluded.ended_at,
       past_due_since = excluded.past_due_since, created_at = excluded.created_at,
       next_plan_id = nullif(public.user_subscriptions.next_plan_id, excluded.plan_id)`,
    [userId, json(life.subscriptions)],
  );
  await session.execute(
    `insert into public.billing_invoices (user_id, stripe_invoice_id, stripe_subscription_id, number, status, amount_due, amount_paid,
       amount_refunded, currency, period_start, period_end, attempt_count, next_attempt_at, hosted_url, pdf_url, issued_at)
     select $1, i.id, i."subscriptionId", i.number, i.status, i."amountDue", i."amountPaid", i."amountRefunded", i.currency,
       to_timestamp(i."periodStart"), to_timestamp(i."periodEnd"), i."attemptCount", to_timestamp(i."nextAttemptAt"),
       i."hostedUrl", i."pdfUrl", to_timestamp(i."issuedAt")
     from jsonb_to_recordset($2::jsonb) as i (id text, "subscriptionId" text, number text, status text, "amountDue" bigint,
       "amountPaid" bigint, "amountRefunded" bigint, currency text, "periodStart" float8, "periodEnd" float8, "attemptCount" int,
       "nextAttemptAt" float8, "hostedUrl" text, "pdfUrl" text, "issuedAt" float8)
     on conflict (stripe_invoice_id) do update set
       status = excluded.status, number = excluded.number, amount_due = excluded.amount_due, amount_paid = excluded.amount_paid,
       amount_refunded = excluded.amount_refunded, period_start = excluded.period_start, period_end = excluded.period_end,
       attempt_count = excluded.attempt_count, next_attempt_at = excluded.next_attempt_at, hosted_url = excluded.hosted_url,
       pdf_url = excluded.pdf_url, stripe_subscription_id = excluded.stripe_subscription_id`,
    [userId, json(life.invoices)],
  );
  await writeMethods(session, userId, life);
  await session.execute(
    `insert into public.billing_notices (user_id, kind, key, data)
     select $1, n.kind, n.key, n.data from jsonb_to_recordset($2::jsonb) as n (kind text, key text, data jsonb)
     on conflict (key) do nothing`,
    [userId, json(life.notices)],
  );
}

/** Cards as they were told of; those that only our own calls know of stay as they are. Somebody without a default pays with the newest. */
async function writeMethods(
  session: Session,
  userId: string,
  { methods, defaultMethodId }: CustomerLife,
): Promise<void> {
  const gone = methods.filter(({ attached }) => !attached).map(({ id }) => id);
  await session.execute(
    'delete from public.payment_methods where user_id = $1 and stripe_payment_method_id = any ($2::text[])',
    [userId, gone],
  );
  for (const method of methods) if (method.attached) await keepMethod(session, userId, method, false);
  const { id } =
    (await session.maybeOne<{ id: string }>(
      `select id from public.payment_methods where user_id = $1
       order by (stripe_payment_method_id = $2) is true desc, is_default desc, created_at desc, id limit 1`,
      [userId, defaultMethodId],
    )) ?? {};
  if (id) await makeDefault(session, userId, id);
}

const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));
