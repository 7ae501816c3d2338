import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { TRIAL_DAYS } from '../../billing/subscribe.ts';
import { billingAccount } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = {
  response: Type.Object({
    /** `fake` charges nobody, `off`: nothing can be bought here. */
    payments: Type.Union([Type.Literal('stripe'), Type.Literal('fake'), Type.Literal('off')]),
    /** What was chosen. */
    plan: Type.String(),
    /** Whose rights count now: a live trial has the professional's. */
    rights: Type.String(),
    status: Type.String(),
    endsAt: Type.Union([Type.String(), Type.Null()]),
    /** Days without a charge that a new subscription begins with. */
    trialDays: Type.Integer(),
    /** Known at the payment service, so that its portal can be opened. */
    hasCustomer: Type.Boolean(),
  }),
};

export const billingAccountRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/billing/account',
  scope: 'signed-in',
  summary: 'What the caller has without and before a subscription, and how payments are taken here',
  schema,
  async handle({ identity, as, services }) {
    const { hadSubscription, ...account } = await as((session) =>
      billingAccount(session, identity.claims['sub'] as string),
    );
    return { ...account, payments: services.payments.mode, trialDays: hadSubscription ? 0 : TRIAL_DAYS };
  },
});
