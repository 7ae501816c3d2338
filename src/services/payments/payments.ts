/** What products know of a payment vendor: subscriptions, cards, invoices and facts about them, in our words. Times are epoch seconds. */

export type SubscriptionStatus =
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'canceled'
  | 'unpaid'
  | 'incomplete'
  | 'incomplete_expired'
  | 'paused';
export type BillingCycle = 'monthly' | 'yearly';

export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  /** As we named them when it was made; null when somebody made it at the vendor. */
  readonly userId: string | null;
  readonly planSlug: string | null;
  readonly priceId: string | null;
  readonly cycle: BillingCycle;
  readonly status: SubscriptionStatus;
  readonly createdAt: number;
  readonly trialStart: number | null;
  readonly trialEnd: number | null;
  readonly periodStart: number | null;
  readonly periodEnd: number | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: number | null;
  readonly endedAt: number | null;
}

export interface Invoice {
  readonly id: string;
  readonly customerId: string;
  readonly subscriptionId: string | null;
  readonly number: string | null;
  /** draft, open, paid, void, uncollectible */
  readonly status: string;
  /** Minor units. */
  readonly amountDue: number;
  readonly amountPaid: number;
  readonly currency: string;
  readonly periodStart: number | null;
  readonly periodEnd: number | null;
  readonly attemptCount: number;
  readonly nextAttemptAt: number | null;
  readonly hostedUrl: string | null;
  readonly pdfUrl: string | null;
  readonly issuedAt: number;
}

export interface PaymentMethod {
  readonly id: string;
  readonly type: string;
  readonly last4: string | null;
  readonly brand: string | null;
  readonly expMonth: number | null;
  readonly expYear: number | null;
}

/** What one event says. Facts are kept as JSON, so their shape is a format: add to it, do not change it. */
export type Fact =
  | { readonly kind: 'subscription'; readonly subscription: Subscription; readonly ended: boolean }
  | { readonly kind: 'trial-ending'; readonly subscription: Subscription }
  /** A checkout ties the vendor's customer to a user. */
  | { readonly kind: 'linked'; readonly customerId: string; readonly userId: string | null }
  | { readonly kind: 'invoice'; readonly invoice: Invoice; readonly outcome: 'paid' | 'failed' | 'changed' }
  | {
      readonly kind: 'refund';
      readonly chargeId: string;
      readonly invoiceId: string | null;
      readonly amountRefunded: number;
    }
  /** A card that the customer has, or has no more. */
  | { readonly kind: 'method'; readonly method: PaymentMethod; readonly attached: boolean }
  /** Invoices are taken from this one. */
  | { readonly kind: 'default-method'; readonly methodId: string }
  /** Kept, and nothing follows from it. */
  | { readonly kind: 'other' };

export interface PaymentEvent {
  /** Idempotency key: an event is told again until we have answered. */
  readonly id: string;
  readonly type: string;
  /** The vendor's clock. */
  readonly at: number;
  readonly customerId: string | null;
  readonly fact: Fact;
  /** As it was sent; null for what the vendor answered to a call of ours. */
  readonly payload: unknown;
}

/** An answer to a call, and when the vendor gave it. */
export interface Observed<T> {
  readonly value: T;
  readonly at: number;
}

export interface NewSubscription {
  readonly customerId: string;
  readonly userId: string;
  readonly planSlug: string;
  readonly priceId: string;
  readonly cycle: BillingCycle;
  readonly trialDays: number;
}

/** Throws PaymentError where the vendor refuses, cannot be reached or answers nonsense. `key` makes a call happen once. */
export interface Payments {
  /** `fake` charges nobody; `off` refuses everything with UNAVAILABLE. */
  readonly mode: 'stripe' | 'fake' | 'off';
  createCustomer(given: { userId: string; email: string; name: string }, key: string): Promise<string>;
  /** Makes it the customer's, and the one invoices are taken from. */
  attachMethod(customerId: string, methodId: string): Promise<PaymentMethod>;
  detachMethod(methodId: string): Promise<void>;
  changeMethod(methodId: string, expiry: { month: number; year: number }): Promise<PaymentMethod>;
  setDefaultMethod(customerId: string, methodId: string): Promise<void>;
  /** For adding a card without charging it: the browser confirms with the client secret. */
  createSetup(customerId: string, key: string): Promise<{ id: string; clientSecret: string }>;
  setup(id: string): Promise<{ status: string; customerId: string | null; methodId: string | null }>;
  /** Price of a plan, found by its lookup key or made once. `amount` in minor units. */
  ensurePrice(given: {
    slug: string;
    name: string;
    cycle: BillingCycle;
    amount: number;
    currency: string;
  }): Promise<string>;
  subscribe(given: NewSubscription, key: string): Promise<Observed<Subscription>>;
  subscription(known: Subscription): Promise<Observed<Subscription>>;
  /** The vendor prorates. */
  changePrice(
    known: Subscription,
    to: { priceId: string; planSlug: string; cycle: BillingCycle },
  ): Promise<Observed<Subscription>>;
  setCancelAtPeriodEnd(known: Subscription, cancel: boolean): Promise<Observed<Subscription>>;
  cancelNow(known: Subscription): Promise<Observed<Subscription>>;
  checkout(
    given: NewSubscription & { successUrl: string; cancelUrl: string },
    key: string,
  ): Promise<{ id: string; url: string }>;
  portal(customerId: string, returnUrl: string): Promise<{ url: string }>;
  /** Verifies the signature over the raw bytes; throws `Refusal` VALIDATION_ERROR when it is wrong, missing or too old. */
  readEvent(body: Uint8Array, signature: string | undefined): PaymentEvent;
}

export class PaymentError extends Error {
  /** `declined` is the payer's matter, `refused` ours, `unreachable` the vendor's or the network's. */
  readonly kind: 'declined' | 'refused' | 'unreachable';
  /** The vendor's code: `card_declined`. */
  readonly code: string | null;
  constructor(kind: PaymentError['kind'], message: string, code: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PaymentError';
    this.kind = kind;
    this.code = code;
  }
}
