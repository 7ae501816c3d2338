import Type from 'typebox';
import { Answer, defineRoute } from '#kernel/product.ts';
import { ownSubscription } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = { response: Type.Unknown() };

/** The front end's older spelling of GET billing/subscription. */
export const subscriptionStatusRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/subscription/status',
  scope: 'signed-in',
  summary: 'The subscription of who asks, as the front end spells it',
  schema,
  envelope: false,
  async handle({ identity, as }) {
    const own = await as((session) => ownSubscription(session, identity.claims['sub'] as string));
    const subscription = own && {
      ...{ id: own.id, status: own.status, plan_id: own.planSlug, billing_cycle: own.billingCycle },
      ...{ trial_end: own.trialEnd, current_period_end: own.currentPeriodEnd },
      cancel_at_period_end: own.cancelAtPeriodEnd,
    };
    return new Answer(200, { success: true, subscription: subscription ?? null });
  },
});
