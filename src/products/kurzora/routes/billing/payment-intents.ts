import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import type { BillingCycle } from '#services/payments/api.ts';
import { paying } from '../../billing/refusal.ts';
import { customerOf, isLive, keyOf, lockPayer, priceOf, subscribe, TRIAL_DAYS } from '../../billing/subscribe.ts';
import { findPayer, findPlan, type Payer, vendorSubscription } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const Cycle = Type.Optional(Type.Union([Type.Literal('monthly'), Type.Literal('yearly')]));
const Plan = Type.String({ minLength: 1, maxLength: 50 });
const intent = { response: Type.Object({ setupIntentId: Type.String(), clientSecret: Type.String() }) };

export const createPaymentIntentRoute = defineRoute<KurzoraServices, typeof intent>({
  method: 'POST',
  url: '/api/v1/billing/payment-intent',
  scope: 'signed-in',
  summary: 'Begins to take a card without charging it; the browser confirms with the client secret',
  schema: intent,
  handle: (context) =>
    asPayer(context, async (session, payer) => {
      const { payments } = context.services;
      const customerId = await customerOf(session, payments, payer);
      const { id, clientSecret } = await payments.createSetup(customerId, `kurzora:setup:${randomUUID()}`);
      return { setupIntentId: id, clientSecret };
    }),
});

const confirm = {
  body: Type.Object({
    setupIntentId: Type.String({ minLength: 1, maxLength: 255 }),
    planId: Plan,
    billingCycle: Cycle,
  }),
  response: Type.Object({
    id: Type.String(),
    status: Type.String(),
    trialEnd: Type.Union([Type.Number(), Type.Null()]),
  }),
};

export const confirmPaymentRoute = defineRoute<KurzoraServices, typeof confirm>({
  method: 'POST',
  url: '/api/v1/billing/confirm-payment',
  scope: 'signed-in',
  summary: 'Starts the subscription with the card that the browser confirmed',
  schema: confirm,
  handle: (context) =>
    asPayer(context, async (session, payer) => {
      const { payments } = context.services;
      const { setupIntentId, planId, billingCycle: cycle = 'monthly' } = context.body;
      const plan = await onSale(session, planId);
      const setup = await payments.setup(setupIntentId);
      assertOr(setup.customerId && setup.customerId === payer.customerId, 'NOT_FOUND', 'there is no such intent');
      assertOr(setup.status === 'succeeded' && setup.methodId, 'PAYMENT_REQUIRED', 'The card is not confirmed yet');
      const made = await subscribe(session, payments, { payer, plan, cycle, paymentMethodId: setup.methodId });
      return { id: made.id, status: made.status, trialEnd: made.trialEnd };
    }),
});

const checkout = {
  body: Type.Object({ planId: Plan, billingCycle: Cycle }),
  response: Type.Object({ id: Type.String(), url: Type.String() }),
};

export const createCheckoutRoute = defineRoute<KurzoraServices, typeof checkout>({
  method: 'POST',
  url: '/api/v1/billing/checkout',
  scope: 'signed-in',
  summary: 'A page of the payment service that sells the plan',
  schema: checkout,
  status: 201,
  handle: (context) =>
    asPayer(context, async (session, payer) => {
      const { payments } = context.services;
      const plan = await onSale(session, context.body.planId);
      const cycle: BillingCycle = context.body.billingCycle ?? 'monthly';
      const live = await vendorSubscription(session, payer.id);
      assertOr(!live || !isLive(live), 'CONFLICT', 'A subscription runs already: change it instead');
      const site = siteOf(context);
      if (payments.mode === 'fake') {
        const made = await subscribe(session, payments, { payer, plan, cycle, paymentMethodId: `pm_fake_${payer.id}` });
        return { id: made.id, url: `${site}/billing?checkout=fake` };
      }
      const customerId = await customerOf(session, payments, payer);
      const priceId = await priceOf(session, payments, plan.slug, cycle);
      const trialDays = payer.hadSubscription ? 0 : TRIAL_DAYS;
      const order = { customerId, userId: payer.id, planSlug: plan.slug, priceId, cycle, trialDays };
      const urls = { successUrl: `${site}/billing?checkout=done`, cancelUrl: `${site}/pricing` };
      // A page lives a day: asked again within the hour, it is the same one.
      const hour = Math.floor(context.project.now() / 3_600_000);
      return payments.checkout({ ...order, ...urls }, keyOf('checkout', { ...order, ...urls, hour }));
    }),
});

const portal = { response: Type.Object({ url: Type.String() }) };

export const createPortalRoute = defineRoute<KurzoraServices, typeof portal>({
  method: 'POST',
  url: '/api/v1/billing/portal',
  scope: 'signed-in',
  summary: 'A page of the payment service where one sees to cards, invoices and the end of it',
  schema: portal,
  status: 201,
  handle: (context) =>
    asPayer(context, async (_session, payer) => {
      assertOr(payer.customerId, 'CONFLICT', 'Nothing was ever paid here');
      return context.services.payments.portal(payer.customerId, `${siteOf(context)}/billing`);
    }),
});

type Context = Pick<RouteContext<KurzoraServices>, 'identity' | 'project' | 'services'>;

function asPayer<T>(context: Context, work: (session: Session, payer: Payer) => Promise<T>): Promise<T> {
  const userId = context.identity.claims['sub'] as string;
  return paying(
    context.project.database.asService(async (session) => {
      await lockPayer(session, userId);
      const payer = await findPayer(session, userId);
      assertOr(payer, 'NOT_FOUND', 'there is no such account');
      return work(session, payer);
    }),
  );
}

async function onSale(session: Session, planId: string) {
  const plan = await findPlan(session, planId);
  assertOr(plan, 'NOT_FOUND', 'there is no such plan');
  return plan;
}

/** Pages of ours; never an address that the request claims. */
function siteOf({ project: { config } }: Context): string {
  return config.publicUrl ?? `http://${config.host}:${config.port}`;
}
