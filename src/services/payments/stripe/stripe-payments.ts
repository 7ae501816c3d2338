import { Refusal } from '#kernel/errors.ts';
import { type NewSubscription, type Observed, PaymentError, type Payments, type Subscription } from '../payments.ts';
import { type StripeAnswer, type StripeCall, stripeClient } from './client.ts';
import { readStripeEvent } from './read-event.ts';
import { idOf, readPaymentMethod, readSubscription, type StripeObject, text } from './read-objects.ts';
import { checkSignature } from './signature.ts';

export interface StripeOptions {
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Payments at Stripe. Nothing is called before the first method is. */
export function stripePayments(options: StripeOptions): Payments {
  const ask = stripeClient(options);
  const post = (path: string, params?: StripeCall['params'], idempotencyKey?: string) =>
    ask({ method: 'POST', path, params, idempotencyKey });
  const changed = async (id: string, params: StripeCall['params']) =>
    observed(await post(`/subscriptions/${path(id)}`, params));
  const setDefault = async (customerId: string, methodId: string) => {
    await post(`/customers/${path(customerId)}`, { invoice_settings: { default_payment_method: methodId } });
  };
  return {
    mode: 'stripe',
    createCustomer: async ({ userId, email, name }, key) => {
      const { body } = await post('/customers', { email, name, metadata: { user_id: userId } }, key);
      return required(body, 'id');
    },
    attachMethod: async (customerId, methodId) => {
      const { body } = await post(`/payment_methods/${path(methodId)}/attach`, { customer: customerId });
      await setDefault(customerId, methodId);
      return readPaymentMethod(body);
    },
    detachMethod: async (methodId) => {
      await post(`/payment_methods/${path(methodId)}/detach`);
    },
    changeMethod: async (methodId, { month, year }) => {
      const card = { exp_month: month, exp_year: year };
      return readPaymentMethod((await post(`/payment_methods/${path(methodId)}`, { card })).body);
    },
    setDefaultMethod: setDefault,
    createSetup: async (customer, key) => {
      const params = { customer, usage: 'off_session', automatic_payment_methods: { enabled: true } };
      const { body } = await post('/setup_intents', params, key);
      return { id: required(body, 'id'), clientSecret: required(body, 'client_secret') };
    },
    setup: async (id) => {
      const { body } = await ask({ method: 'GET', path: `/setup_intents/${path(id)}` });
      return {
        status: required(body, 'status'),
        customerId: idOf(body['customer']),
        methodId: idOf(body['payment_method']),
      };
    },
    ensurePrice: async (given) => {
      const lookup = `${given.slug}_${given.cycle}_${given.amount}_${given.currency}`;
      const found = await ask({ method: 'GET', path: '/prices', params: { lookup_keys: [lookup], active: true } });
      const known = (found.body['data'] as StripeObject[] | undefined)?.[0];
      if (known) return required(known, 'id');
      const { body } = await post(
        '/prices',
        {
          ...{ currency: given.currency, unit_amount: given.amount, lookup_key: lookup },
          recurring: { interval: given.cycle === 'yearly' ? 'year' : 'month' },
          product_data: { name: given.name },
        },
        `price:${lookup}`,
      );
      return required(body, 'id');
    },
    subscribe: async (given, key) =>
      observed(
        await post(
          '/subscriptions',
          {
            customer: given.customerId,
            items: [{ price: given.priceId }],
            trial_period_days: given.trialDays || undefined,
            metadata: metadataOf(given),
            trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
          },
          key,
        ),
      ),
    subscription: async ({ id }) => observed(await ask({ method: 'GET', path: `/subscriptions/${path(id)}` })),
    changePrice: async ({ id }, { priceId, planSlug }) => {
      const { body } = await ask({ method: 'GET', path: `/subscriptions/${path(id)}` });
      const items = (body['items'] as { data?: StripeObject[] } | undefined)?.data ?? [];
      return changed(id, {
        items: [{ id: required(items[0] ?? {}, 'id'), price: priceId }],
        proration_behavior: 'create_prorations',
        metadata: { plan_id: planSlug },
      });
    },
    setCancelAtPeriodEnd: ({ id }, cancel) => changed(id, { cancel_at_period_end: cancel }),
    cancelNow: async ({ id }) => observed(await ask({ method: 'DELETE', path: `/subscriptions/${path(id)}` })),
    checkout: async (given, key) => {
      const metadata = metadataOf(given);
      const { body } = await post(
        '/checkout/sessions',
        {
          ...{ mode: 'subscription', customer: given.customerId, client_reference_id: given.userId, metadata },
          line_items: [{ price: given.priceId, quantity: 1 }],
          subscription_data: { trial_period_days: given.trialDays || undefined, metadata },
          ...{ success_url: given.successUrl, cancel_url: given.cancelUrl },
        },
        key,
      );
      return { id: required(body, 'id'), url: required(body, 'url') };
    },
    portal: async (customer, return_url) => {
      const { body } = await post('/billing_portal/sessions', { customer, return_url });
      return { url: required(body, 'url') };
    },
    readEvent: (body, signature) => {
      const nowSeconds = Math.floor(options.now() / 1000);
      const verdict = checkSignature(body, signature, { secret: options.webhookSecret, nowSeconds });
      if (verdict !== 'good') throw new Refusal('VALIDATION_ERROR', `The signature is ${verdict}`);
      return readStripeEvent(parsed(body));
    },
  };
}

const path = encodeURIComponent;
const metadataOf = ({ userId, planSlug }: NewSubscription) => ({ user_id: userId, plan_id: planSlug });

function observed({ body, at }: StripeAnswer): Observed<Subscription> {
  return { value: readSubscription(body), at };
}

function required(body: StripeObject, name: string): string {
  const value = text(body[name]);
  if (value === null) throw new PaymentError('refused', `Stripe answered without "${name}"`);
  return value;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    throw new Refusal('VALIDATION_ERROR', 'The event is not JSON', { cause: error });
  }
}
