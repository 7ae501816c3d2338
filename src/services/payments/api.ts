/** Payments: one small interface, a folder per vendor behind it. */
import type { Config } from '#kernel/config.ts';
import { Refusal } from '#kernel/errors.ts';
import { fakePayments } from './fake/fake-payments.ts';
import type { Payments } from './payments.ts';
import { stripePayments } from './stripe/stripe-payments.ts';

export * from './payments.ts';

export type PaymentSettings = Pick<
  Config,
  'mode' | 'stripeMode' | 'stripeSecretKey' | 'stripeWebhookSecret' | 'stripeUrl'
>;

/** Opens what the configuration names; nothing is called before the first payment. `now` in epoch milliseconds. */
export function openPayments(settings: PaymentSettings, now: () => number = Date.now): Payments {
  const { mode, stripeMode, stripeSecretKey, stripeWebhookSecret, stripeUrl } = settings;
  if (stripeMode !== 'fake' && stripeSecretKey)
    return stripePayments({
      url: stripeUrl,
      secretKey: stripeSecretKey,
      webhookSecret: stripeWebhookSecret ?? '',
      now,
    });
  if (stripeMode === 'fake' || mode === 'development') return fakePayments(now);
  return paymentsOff();
}

function paymentsOff(): Payments {
  const refuse = () => {
    throw new Refusal('UNAVAILABLE', 'Payments are not set up on this server');
  };
  return new Proxy({ mode: 'off' } as Payments, {
    get: (target, name) => (name === 'mode' ? target.mode : refuse),
  });
}
