import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { BillingCycle, Observed, Payments, Subscription } from '#services/payments/api.ts';
import { findPlan, planNext, planPrice } from '../queries/billing.ts';
import { priceOf } from './subscribe.ts';

/** A dearer plan, another cycle, or any plan during the trial: at once. A cheaper one: noted, and done by a job when the period ends. */
export async function changePlan(
  session: Session,
  payments: Payments,
  known: Subscription,
  to: { planId: string; billingCycle?: BillingCycle | undefined },
): Promise<Observed<Subscription> | null> {
  const plan = await findPlan(session, to.planId);
  assertOr(plan, 'NOT_FOUND', 'there is no such plan');
  const cycle = to.billingCycle ?? known.cycle;
  const present = await planPrice(session, known.planSlug ?? plan.slug);
  const userId = known.userId as string;
  if (present.slug === plan.slug && cycle === known.cycle) {
    await planNext(session, userId, null);
    return null;
  }
  if (plan.monthlyPrice < present.monthlyPrice && known.status !== 'trialing') {
    assertOr(cycle === known.cycle, 'UNPROCESSABLE', 'change the plan and the billing cycle one after the other');
    await planNext(session, userId, plan.slug);
    return null;
  }
  await planNext(session, userId, null);
  return switchPlan(session, payments, known, { slug: plan.slug, cycle });
}

/** At the vendor, at once. */
export async function switchPlan(
  session: Session,
  payments: Payments,
  known: Subscription,
  { slug, cycle }: { slug: string; cycle: BillingCycle },
): Promise<Observed<Subscription>> {
  const priceId = await priceOf(session, payments, slug, cycle);
  return payments.changePrice(known, { priceId, planSlug: slug, cycle });
}
