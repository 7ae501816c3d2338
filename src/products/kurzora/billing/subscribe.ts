import { hash } from 'node:crypto';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { BillingCycle, Payments, Subscription } from '#services/payments/api.ts';
import type { Plan } from '../billing-contract.ts';
import {
  findPayer,
  keepCustomer,
  keepMethod,
  keepPriceId,
  type Payer,
  planPrice,
  vendorSubscription,
} from '../queries/billing.ts';
import { applyEvent, lockCustomer, observation, observedMethod } from '../queries/payment-events.ts';

export const TRIAL_DAYS = 7;

export interface Order {
  readonly payer: Payer;
  readonly plan: Plan;
  readonly cycle: BillingCycle;
  /** The vendor's id, from the browser. */
  readonly paymentMethodId: string;
}

/**
 * Customer, card, subscription with its trial, and the user's columns. Asked twice it happens once: orders of one user wait for each
 * other (a connection is held meanwhile), and who has a live subscription gets that one. Session of the service.
 */
export async function subscribe(session: Session, payments: Payments, order: Order): Promise<Subscription> {
  const { payer, plan, cycle, paymentMethodId } = order;
  await lockPayer(session, payer.id);
  const live = await vendorSubscription(session, payer.id);
  if (live && isLive(live)) return live;
  const customerId = await customerOf(session, payments, payer);
  const method = await payments.attachMethod(customerId, paymentMethodId);
  const kept = await keepMethod(session, payer.id, method, true);
  assertOr(kept, 'CONFLICT', 'This payment method belongs to somebody else');
  const priceId = await priceOf(session, payments, plan.slug, cycle);
  const trialDays = payer.hadSubscription ? 0 : TRIAL_DAYS;
  const given = { customerId, userId: payer.id, planSlug: plan.slug, priceId, cycle, trialDays };
  const made = await payments.subscribe(given, keyOf('subscription', { ...given, after: live?.id ?? null }));
  await applyEvent(session, observedMethod(customerId, made.at, { kind: 'default-method', methodId: method.id }));
  await applyEvent(session, observation(made));
  return made.value;
}

export const isLive = ({ status }: Subscription) =>
  status === 'trialing' || status === 'active' || status === 'past_due' || status === 'unpaid';

/** Locks until the transaction ends, and reads anew what may have changed while waiting. */
export async function lockPayer(session: Session, userId: string): Promise<void> {
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 4712))', [userId]);
}

/** The vendor's customer of a user, made when there is none. The user's lock is held. */
export async function customerOf(session: Session, payments: Payments, payer: Payer): Promise<string> {
  const now = await findPayer(session, payer.id);
  if (now?.customerId) {
    await lockCustomer(session, now.customerId);
    return now.customerId;
  }
  const { id: userId, email, name } = payer;
  const customerId = await payments.createCustomer({ userId, email, name }, keyOf('customer', { userId, email, name }));
  // Before the user's row: events of the customer take the two in this order.
  await lockCustomer(session, customerId);
  await keepCustomer(session, userId, customerId);
  return customerId;
}

/** The configured price, or one the vendor is asked for once. */
export async function priceOf(
  session: Session,
  payments: Payments,
  slug: string,
  cycle: BillingCycle,
): Promise<string> {
  const plan = await planPrice(session, slug);
  const known = cycle === 'yearly' ? plan.yearlyPriceId : plan.monthlyPriceId;
  if (known) return known;
  const price = cycle === 'yearly' ? plan.yearlyPrice : plan.monthlyPrice;
  const priceId = await payments.ensurePrice({
    ...{ slug, cycle, currency: plan.currency, amount: Math.round(price * 100) },
    name: `Kurzora ${plan.name}`,
  });
  await keepPriceId(session, slug, cycle, priceId);
  return priceId;
}

/** The same call has the same key: what a broken connection hid is answered again instead of done again. */
export function keyOf(what: string, of: Readonly<Record<string, unknown>>): string {
  return `kurzora:${what}:${hash('sha256', JSON.stringify(of)).slice(0, 40)}`;
}
