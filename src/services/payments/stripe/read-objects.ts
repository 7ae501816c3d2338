import {
  type Invoice,
  PaymentError,
  type PaymentMethod,
  type Subscription,
  type SubscriptionStatus,
} from '../payments.ts';

export type StripeObject = Record<string, unknown>;

const STATUSES: readonly string[] = [
  ...['trialing', 'active', 'past_due', 'canceled', 'unpaid', 'incomplete', 'incomplete_expired', 'paused'],
];

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const object = (value: unknown): StripeObject => (value && typeof value === 'object' ? (value as StripeObject) : {});
/** A reference is an id, or the object itself where it was expanded. */
export const idOf = (value: unknown): string | null => text(value) ?? text(object(value)['id']);
const first = (list: unknown): StripeObject => object((object(list)['data'] as unknown[] | undefined)?.[0]);

/** Periods stand on the subscription up to 2025-02, on its items since: webhooks come in the version of the account. */
export function readSubscription(from: StripeObject): Subscription {
  const [id, customerId, status] = [text(from['id']), idOf(from['customer']), text(from['status'])];
  if (!id || !customerId || !status || !STATUSES.includes(status))
    throw new PaymentError('refused', `Stripe sent a subscription we cannot read (${id}, ${status})`);
  const item = first(from['items']);
  const price = object(item['price']);
  const metadata = object(from['metadata']);
  return {
    id,
    customerId,
    userId: text(metadata['user_id']) ?? text(metadata['userId']),
    planSlug: text(metadata['plan_id']) ?? text(metadata['planId']),
    priceId: text(price['id']),
    cycle: object(price['recurring'])['interval'] === 'year' ? 'yearly' : 'monthly',
    status: status as SubscriptionStatus,
    createdAt: number(from['created']) ?? 0,
    trialStart: number(from['trial_start']),
    trialEnd: number(from['trial_end']),
    periodStart: number(from['current_period_start']) ?? number(item['current_period_start']),
    periodEnd: number(from['current_period_end']) ?? number(item['current_period_end']),
    cancelAtPeriodEnd: from['cancel_at_period_end'] === true,
    canceledAt: number(from['canceled_at']),
    endedAt: number(from['ended_at']),
  };
}

/** The period is that of the line: the invoice's own is the one before. */
export function readInvoice(from: StripeObject): Invoice {
  const [id, customerId] = [text(from['id']), idOf(from['customer'])];
  if (!id || !customerId) throw new PaymentError('refused', 'Stripe sent an invoice we cannot read');
  const parent = object(object(from['parent'])['subscription_details']);
  const period = object(first(from['lines'])['period']);
  return {
    id,
    customerId,
    subscriptionId: idOf(from['subscription']) ?? idOf(parent['subscription']),
    number: text(from['number']),
    status: text(from['status']) ?? 'open',
    amountDue: number(from['amount_due']) ?? 0,
    amountPaid: number(from['amount_paid']) ?? 0,
    currency: text(from['currency']) ?? 'usd',
    periodStart: number(period['start']) ?? number(from['period_start']),
    periodEnd: number(period['end']) ?? number(from['period_end']),
    attemptCount: number(from['attempt_count']) ?? 0,
    nextAttemptAt: number(from['next_payment_attempt']),
    hostedUrl: text(from['hosted_invoice_url']),
    pdfUrl: text(from['invoice_pdf']),
    issuedAt: number(from['created']) ?? 0,
  };
}

export function readPaymentMethod(from: StripeObject): PaymentMethod {
  const card = object(from['card']);
  const id = text(from['id']);
  if (!id) throw new PaymentError('refused', 'Stripe sent a payment method without an id');
  return {
    id,
    type: text(from['type']) ?? 'card',
    last4: text(card['last4']),
    brand: text(card['brand']),
    expMonth: number(card['exp_month']),
    expYear: number(card['exp_year']),
  };
}

export { number, object, text };
