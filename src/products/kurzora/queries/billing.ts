import type { Session } from '#kernel/postgres/database.ts';
import type { BillingCycle, PaymentMethod, Subscription } from '#services/payments/api.ts';
import type { OwnInvoice, OwnMethod, Plan } from '../billing-contract.ts';

const ISO = (column: string) => `to_char((${column}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const PLAN = `id, name, slug, monthly_price::float8 as "monthlyPrice", yearly_price::float8 as "yearlyPrice", currency, features,
  max_signals_per_day as "maxSignalsPerDay", history_days as "historyDays"`;

/** Those on sale, cheapest first. */
export function listPlans(session: Session): Promise<Plan[]> {
  return session.query<Plan>(`select ${PLAN} from public.subscription_plans where active order by monthly_price, slug`);
}

/** By id or slug; only what is on sale. */
export function findPlan(session: Session, idOrSlug: string): Promise<Plan | undefined> {
  return session.maybeOne<Plan>(
    `select ${PLAN} from public.subscription_plans where active and (id::text = lower($1) or slug = lower($1))`,
    [idOrSlug],
  );
}

export interface PlanPrice extends Plan {
  readonly monthlyPriceId: string | null;
  readonly yearlyPriceId: string | null;
}

/** With the vendor's price ids; as the service. */
export function planPrice(session: Session, slug: string): Promise<PlanPrice> {
  return session.one<PlanPrice>(
    `select ${PLAN}, stripe_monthly_price_id as "monthlyPriceId", stripe_yearly_price_id as "yearlyPriceId"
     from public.subscription_plans where slug = $1`,
    [slug],
  );
}

export async function keepPriceId(session: Session, slug: string, cycle: BillingCycle, priceId: string): Promise<void> {
  await session.execute(
    `update public.subscription_plans set
       stripe_monthly_price_id = case when $2 = 'monthly' then $3 else stripe_monthly_price_id end,
       stripe_yearly_price_id = case when $2 = 'yearly' then $3 else stripe_yearly_price_id end
     where slug = $1`,
    [slug, cycle, priceId],
  );
}

export interface Payer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly customerId: string | null;
  readonly createdAt: Date;
  /** Ever had one, at the vendor: the trial is given once. */
  readonly hadSubscription: boolean;
}

export function findPayer(session: Session, userId: string): Promise<Payer | undefined> {
  return session.maybeOne<Payer>(
    `select u.id, u.email, u.name, u.stripe_customer_id as "customerId", u.created_at as "createdAt",
       exists (select from public.user_subscriptions s where s.user_id = u.id) as "hadSubscription"
     from public.users u where u.id = $1 and u.deleted_at is null`,
    [userId],
  );
}

export interface BillingAccount {
  readonly plan: string;
  readonly rights: string;
  readonly status: string;
  readonly endsAt: string | null;
  readonly hadSubscription: boolean;
  readonly hasCustomer: boolean;
}

/** The columns of a person that billing keeps, and whose rights follow from them. Throws NOT_FOUND without a profile. */
export function billingAccount(session: Session, userId: string): Promise<BillingAccount> {
  return session.one<BillingAccount>(
    `select u.subscription_tier::text as plan, kurzora.plan_of(u.subscription_tier, u.subscription_status, u.subscription_ends_at) as rights,
       u.subscription_status as status, ${ISO('u.subscription_ends_at')} as "endsAt", u.stripe_customer_id is not null as "hasCustomer",
       exists (select from public.user_subscriptions s where s.user_id = u.id) as "hadSubscription"
     from public.users u where u.id = $1`,
    [userId],
  );
}

export async function keepCustomer(session: Session, userId: string, customerId: string): Promise<void> {
  await session.execute('update public.users set stripe_customer_id = $2 where id = $1', [userId, customerId]);
}

export interface OwnSubscription {
  readonly id: string;
  readonly planSlug: string;
  readonly planName: string;
  readonly nextPlanSlug: string | null;
  readonly status: string;
  readonly billingCycle: BillingCycle;
  readonly trialEnd: string | null;
  readonly currentPeriodStart: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly graceEnd: string | null;
}

/** The one that counts. */
export function ownSubscription(session: Session, userId: string): Promise<OwnSubscription | undefined> {
  return session.maybeOne<OwnSubscription>(
    `select s.id, p.slug as "planSlug", p.name as "planName", n.slug as "nextPlanSlug", s.status, s.billing_cycle as "billingCycle",
       ${ISO('s.trial_end')} as "trialEnd", ${ISO('s.current_period_start')} as "currentPeriodStart",
       ${ISO('s.current_period_end')} as "currentPeriodEnd", s.cancel_at_period_end as "cancelAtPeriodEnd",
       ${ISO("s.past_due_since + interval '3 days'")} as "graceEnd"
     from public.user_subscriptions s
     join public.subscription_plans p on p.id = s.plan_id
     left join public.subscription_plans n on n.id = s.next_plan_id
     where s.user_id = $1 and s.is_current`,
    [userId],
  );
}

/** As the vendor's calls want it; undefined without one, or when an admin made it. */
export function vendorSubscription(session: Session, userId: string): Promise<Subscription | undefined> {
  return session.maybeOne<Subscription>(
    `select s.stripe_subscription_id as id, s.stripe_customer_id as "customerId", s.user_id as "userId", p.slug as "planSlug",
       case s.billing_cycle when 'yearly' then p.stripe_yearly_price_id else p.stripe_monthly_price_id end as "priceId",
       s.billing_cycle as cycle, s.status, extract(epoch from s.created_at)::float8 as "createdAt",
       extract(epoch from s.trial_start)::float8 as "trialStart", extract(epoch from s.trial_end)::float8 as "trialEnd",
       extract(epoch from s.current_period_start)::float8 as "periodStart",
       extract(epoch from s.current_period_end)::float8 as "periodEnd", s.cancel_at_period_end as "cancelAtPeriodEnd",
       extract(epoch from s.canceled_at)::float8 as "canceledAt", extract(epoch from s.ended_at)::float8 as "endedAt"
     from public.user_subscriptions s join public.subscription_plans p on p.id = s.plan_id
     where s.user_id = $1 and s.is_current and s.stripe_subscription_id is not null`,
    [userId],
  );
}

export async function planNext(session: Session, userId: string, slug: string | null): Promise<void> {
  await session.execute(
    `update public.user_subscriptions set next_plan_id = (select id from public.subscription_plans where slug = $2)
     where user_id = $1 and is_current`,
    [userId, slug],
  );
}

/** Downgrades whose period ends before this moment. */
export function dueDowngrades(session: Session, before: Date): Promise<{ userId: string; slug: string }[]> {
  return session.query(
    `select s.user_id as "userId", p.slug from public.user_subscriptions s join public.subscription_plans p on p.id = s.next_plan_id
     where s.is_current and s.status in ('trialing', 'active') and not s.cancel_at_period_end and s.current_period_end <= $1`,
    [before],
  );
}

const METHOD = `id, type, last4, brand, exp_month as "expMonth", exp_year as "expYear", is_default as "isDefault"`;

export function listMethods(session: Session, userId: string): Promise<OwnMethod[]> {
  return session.query<OwnMethod>(
    `select ${METHOD} from public.payment_methods where user_id = $1 order by is_default desc, created_at, id`,
    [userId],
  );
}

/** The vendor's id of one's own method. */
export function methodOf(session: Session, userId: string, id: string) {
  return session.maybeOne<{ vendorId: string; isDefault: boolean }>(
    `select stripe_payment_method_id as "vendorId", is_default as "isDefault" from public.payment_methods where user_id = $1 and id = $2`,
    [userId, id],
  );
}

/** New or changed; as the default when told so. Another person's method is not taken over. */
export async function keepMethod(
  session: Session,
  userId: string,
  method: PaymentMethod,
  isDefault: boolean,
): Promise<OwnMethod | undefined> {
  if (isDefault)
    await session.execute(
      'update public.payment_methods set is_default = false where user_id = $1 and is_default and stripe_payment_method_id <> $2',
      [userId, method.id],
    );
  return session.maybeOne<OwnMethod>(
    `insert into public.payment_methods (user_id, stripe_payment_method_id, type, last4, brand, exp_month, exp_year, is_default)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (stripe_payment_method_id) do update set exp_month = excluded.exp_month, exp_year = excluded.exp_year,
       is_default = excluded.is_default or public.payment_methods.is_default
     where public.payment_methods.user_id = excluded.user_id
     returning ${METHOD}`,
    [userId, method.id, method.type, method.last4, method.brand, method.expMonth, method.expYear, isDefault],
  );
}

/** Two statements: in one, the index would see two defaults for a moment. */
export async function makeDefault(session: Session, userId: string, id: string): Promise<void> {
  const set = 'update public.payment_methods set is_default';
  await session.execute(`${set} = false where user_id = $1 and is_default and id <> $2`, [userId, id]);
  await session.execute(`${set} = true where user_id = $1 and id = $2`, [userId, id]);
}

export async function dropMethod(session: Session, userId: string, id: string): Promise<void> {
  await session.execute('delete from public.payment_methods where user_id = $1 and id = $2', [userId, id]);
}

const INVOICE = `id, number, status, amount_due as "amountDue", amount_paid as "amountPaid", amount_refunded as "amountRefunded", currency,
  ${ISO('period_start')} as "periodStart", ${ISO('period_end')} as "periodEnd", ${ISO('issued_at')} as "issuedAt",
  hosted_url as "hostedUrl", pdf_url as "pdfUrl"`;

export function listInvoices(session: Session, userId: string): Promise<OwnInvoice[]> {
  return session.query<OwnInvoice>(
    `select ${INVOICE} from public.billing_invoices where user_id = $1 order by issued_at desc, id limit 100`,
    [userId],
  );
}

export function findInvoice(session: Session, userId: string, id: string): Promise<OwnInvoice | undefined> {
  return session.maybeOne<OwnInvoice>(`select ${INVOICE} from public.billing_invoices where user_id = $1 and id = $2`, [
    userId,
    id,
  ]);
}
