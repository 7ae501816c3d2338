import { hash } from 'node:crypto';
import { Refusal } from '#kernel/errors.ts';
import type { NewSubscription, Observed, Payments, Subscription } from '../payments.ts';

const DAY = 86_400;
const PERIOD_DAYS = { monthly: 30, yearly: 365 };

/**
 * Development's payments: every card is taken, nobody is charged, ids say `fake`. It remembers nothing: what it knows of a subscription
 * is what the caller hands it, so that it survives a restart as well as the caller's database does. No events come of it.
 */
export function fakePayments(now: () => number): Payments {
  const seconds = () => Math.floor(now() / 1000);
  const answer = (value: Subscription): Observed<Subscription> => ({ value, at: seconds() });
  const setDefault = async () => {};
  const card = (id: string) => ({ id, type: 'card', last4: '4242', brand: 'fake', expMonth: 12, expYear: 2099 });
  return {
    mode: 'fake',
    createCustomer: async ({ userId }) => fakeId('cus', userId),
    // As Stripe's test cards (pm_card_visa): who attaches one has a card of his own. A card of ours is somebody's already.
    attachMethod: async (customer, methodId) =>
      card(methodId.startsWith('pm_fake_') ? methodId : fakeId('pm', `${customer} ${methodId}`)),
    detachMethod: async () => {},
    changeMethod: async (id, { month, year }) => ({ ...card(id), expMonth: month, expYear: year }),
    setDefaultMethod: setDefault,
    createSetup: async (customerId, key) => {
      const id = `${fakeId('seti', key)}_of_${customerId}`;
      return { id, clientSecret: `${id}_secret_fake` };
    },
    setup: async (id) => ({
      status: 'succeeded',
      customerId: id.split('_of_')[1] ?? null,
      methodId: fakeId('pm', id),
    }),
    ensurePrice: async ({ slug, cycle }) => `price_fake_${slug}_${cycle}`,
    subscribe: async (given, key) => answer(newSubscription(given, fakeId('sub', key), seconds())),
    subscription: async (known) => answer(known),
    changePrice: async (known, { priceId, planSlug, cycle }) => answer({ ...known, priceId, planSlug, cycle }),
    setCancelAtPeriodEnd: async (known, cancel) =>
      answer({ ...known, cancelAtPeriodEnd: cancel, canceledAt: cancel ? seconds() : null }),
    cancelNow: async (known) =>
      answer({ ...known, status: 'canceled', canceledAt: known.canceledAt ?? seconds(), endedAt: seconds() }),
    checkout: async ({ successUrl }, key) => ({ id: fakeId('cs', key), url: successUrl }),
    portal: async (_customer, returnUrl) => ({ url: returnUrl }),
    readEvent: () => {
      throw new Refusal('UNAVAILABLE', 'Payments are faked here (STRIPE_MODE=fake): no events are taken');
    },
  };
}

const fakeId = (kind: string, of: string) => `${kind}_fake_${hash('sha256', of).slice(0, 24)}`;

function newSubscription(given: NewSubscription, id: string, at: number): Subscription {
  const { customerId, userId, planSlug, priceId, cycle, trialDays } = given;
  const end = at + (trialDays || PERIOD_DAYS[cycle]) * DAY;
  const trial = trialDays > 0;
  return {
    ...{ id, customerId, userId, planSlug, priceId, cycle },
    status: trial ? 'trialing' : 'active',
    createdAt: at,
    trialStart: trial ? at : null,
    trialEnd: trial ? end : null,
    periodStart: at,
    periodEnd: end,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
  };
}
