import { assertOr } from '#kernel/errors.ts';
import type { Fact, PaymentEvent } from '../payments.ts';
import {
  idOf,
  number,
  object,
  readInvoice,
  readPaymentMethod,
  readSubscription,
  type StripeObject,
  text,
} from './read-objects.ts';

/** What each type says of its object; types that are not here are kept and mean nothing. */
const READERS: Readonly<Record<string, (from: StripeObject) => Fact>> = {
  'customer.subscription.created': snapshot,
  'customer.subscription.updated': snapshot,
  'customer.subscription.paused': snapshot,
  'customer.subscription.resumed': snapshot,
  'customer.subscription.deleted': (from) => ({
    kind: 'subscription',
    subscription: readSubscription(from),
    ended: true,
  }),
  'customer.subscription.trial_will_end': (from) => ({ kind: 'trial-ending', subscription: readSubscription(from) }),
  'checkout.session.completed': (from) => {
    const metadata = object(from['metadata']);
    const userId = text(metadata['user_id']) ?? text(metadata['userId']) ?? text(from['client_reference_id']);
    return { kind: 'linked', customerId: idOf(from['customer']) ?? '', userId };
  },
  'invoice.payment_succeeded': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'paid' }),
  'invoice.paid': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'paid' }),
  'invoice.payment_failed': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'failed' }),
  'invoice.finalized': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'changed' }),
  'invoice.voided': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'changed' }),
  'invoice.marked_uncollectible': (from) => ({ kind: 'invoice', invoice: readInvoice(from), outcome: 'changed' }),
  'payment_method.attached': (from) => ({ kind: 'method', method: readPaymentMethod(from), attached: true }),
  'payment_method.updated': (from) => ({ kind: 'method', method: readPaymentMethod(from), attached: true }),
  'payment_method.automatically_updated': (from) => ({
    kind: 'method',
    method: readPaymentMethod(from),
    attached: true,
  }),
  'payment_method.detached': (from) => ({ kind: 'method', method: readPaymentMethod(from), attached: false }),
  'customer.updated': (from) => {
    const methodId = idOf(object(from['invoice_settings'])['default_payment_method']);
    return methodId ? { kind: 'default-method', methodId } : { kind: 'other' };
  },
  'charge.refunded': (from) => ({
    kind: 'refund',
    chargeId: text(from['id']) ?? '',
    invoiceId: idOf(from['invoice']),
    amountRefunded: number(from['amount_refunded']) ?? 0,
  }),
};

function snapshot(from: StripeObject): Fact {
  return { kind: 'subscription', subscription: readSubscription(from), ended: false };
}

/** An event of a webhook, its signature checked before. Source: docs.stripe.com/api/events/types. */
export function readStripeEvent(payload: unknown): PaymentEvent {
  const event = object(payload);
  const [id, type, at] = [text(event['id']), text(event['type']), number(event['created'])];
  assertOr(id && type && at !== null, 'VALIDATION_ERROR', 'This is not an event');
  const data = object(event['data']);
  const about = object(data['object']);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  // A card that was detached has no customer any more, only had one.
  const customerId =
    type.startsWith('customer.') && about['object'] === 'customer'
      ? text(about['id'])
      : (idOf(about['customer']) ?? idOf(object(data['previous_attributes'])['customer']));
  return { id, type, at, customerId, fact: reader ? reader(about) : { kind: 'other' }, payload };
}
