import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import type { Observed, Payments, Subscription } from '#services/payments/api.ts';
import { changePlan } from '../../billing/change-plan.ts';
import { paying } from '../../billing/refusal.ts';
import { isLive, lockPayer } from '../../billing/subscribe.ts';
import { ownSubscription, planNext, vendorSubscription } from '../../queries/billing.ts';
import { applyEvent, lockCustomer, observation } from '../../queries/payment-events.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Own = Type.Object({
  id: Type.String(),
  planSlug: Type.String(),
  planName: Type.String(),
  /** Takes the place of the present plan when the period ends. */
  nextPlanSlug: Text,
  status: Type.String(),
  billingCycle: Type.String(),
  trialEnd: Text,
  currentPeriodStart: Text,
  currentPeriodEnd: Text,
  cancelAtPeriodEnd: Type.Boolean(),
  graceEnd: Text,
});
const schema = { response: Own };
const get = { response: Type.Union([Own, Type.Null()]) };

type Context = Pick<RouteContext<KurzoraServices>, 'identity' | 'project' | 'services'>;
const caller = ({ identity }: Pick<Context, 'identity'>) => identity.claims['sub'] as string;

export const getSubscriptionRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'GET',
  url: '/api/v1/billing/subscription',
  scope: 'signed-in',
  summary: 'The subscription that counts, or null',
  schema: get,
  handle: async (context) => (await context.as((session) => ownSubscription(session, caller(context)))) ?? null,
});

const put = {
  body: Type.Object({
    planId: Type.String({ minLength: 1, maxLength: 50 }),
    billingCycle: Type.Optional(Type.Union([Type.Literal('monthly'), Type.Literal('yearly')])),
  }),
  response: Own,
};

export const changeSubscriptionRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/billing/subscription',
  scope: 'signed-in',
  summary: 'Another plan: a dearer one at once and prorated, a cheaper one when the period ends',
  schema: put,
  handle: (context) => onOwn(context, (session, payments, known) => changePlan(session, payments, known, context.body)),
});

export const cancelSubscriptionRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'DELETE',
  url: '/api/v1/billing/subscription',
  scope: 'signed-in',
  summary: 'Cancels: it runs until what was paid for, or the trial, ends',
  schema,
  handle: (context) =>
    onOwn(context, async (session, payments, known) => {
      await planNext(session, caller(context), null);
      return payments.setCancelAtPeriodEnd(known, true);
    }),
});

export const reactivateSubscriptionRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/billing/subscription/reactivate',
  scope: 'signed-in',
  summary: 'Takes a cancellation back while the subscription still runs',
  schema,
  handle: (context) => onOwn(context, (_session, payments, known) => payments.setCancelAtPeriodEnd(known, false)),
});

/** Does it to the caller's live subscription and answers with what became of it. Null: nothing had to be asked of the vendor. */
function onOwn(
  context: Context,
  work: (session: Session, payments: Payments, known: Subscription) => Promise<Observed<Subscription> | null>,
) {
  const userId = caller(context);
  const { payments } = context.services;
  return paying(
    context.project.database.asService(async (session) => {
      await lockPayer(session, userId);
      const known = await vendorSubscription(session, userId);
      assertOr(known && isLive(known), 'NOT_FOUND', 'there is no running subscription');
      await lockCustomer(session, known.customerId);
      const observed = await work(session, payments, known);
      if (observed) await applyEvent(session, observation(observed));
      const own = await ownSubscription(session, userId);
      assertOr(own, 'NOT_FOUND', 'there is no subscription');
      return own;
    }),
  );
}
