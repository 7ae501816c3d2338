import type { Fact, Invoice, PaymentMethod, Subscription } from '#services/payments/api.ts';

/**
 * A customer's state is a function of the set of facts about him: they are sorted by the vendor's clock and read in that order, so it
 * does not matter in which order, or how often, they came.
 *
 * Of one second (the clock has no finer unit) the fact that says more comes last: snapshots by period and then by how bad they are,
 * answers to our own calls in the order we made them, invoices, the end. Where two snapshots share a second the webhook asks the
 * vendor which one holds, and his answer is such an answer. A subscription that ended stays ended. An overdue invoice makes its subscription past_due until a later fact says otherwise.
 */
export interface KnownFact {
  readonly id: string;
  /** Epoch seconds. */
  readonly at: number;
  /** The vendor answered a call of ours. */
  readonly observed: boolean;
  /** In which order it came to us; counts between answers to our own calls only. */
  readonly sequence: number;
  readonly fact: Fact;
}

export interface LivedSubscription extends Subscription {
  /** When payment was first missed, while it is. */
  readonly pastDueSince: number | null;
}

export interface BilledInvoice extends Invoice {
  readonly amountRefunded: number;
}

export interface KnownMethod extends PaymentMethod {
  readonly attached: boolean;
}

export interface Notice {
  readonly kind: 'trial_ending' | 'payment_failed' | 'subscription_ended' | 'refunded';
  /** The same for every event that says it again. */
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CustomerLife {
  readonly userId: string | null;
  readonly subscriptions: readonly LivedSubscription[];
  readonly invoices: readonly BilledInvoice[];
  readonly notices: readonly Notice[];
  /** Cards that were told of, those included that are gone. */
  readonly methods: readonly KnownMethod[];
  /** The one that invoices are taken from, as far as it was told. */
  readonly defaultMethodId: string | null;
}

export function liveOf(facts: readonly KnownFact[]): CustomerLife {
  const life = new Life();
  for (const each of [...facts].sort(inOrder)) life.read(each);
  return life.result();
}

function inOrder(one: KnownFact, other: KnownFact): number {
  return (
    one.at - other.at ||
    rankOf(one) - rankOf(other) ||
    (one.observed ? one.sequence - other.sequence : 0) ||
    progressOf(one) - progressOf(other) ||
    (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
  );
}

function rankOf({ observed, fact }: KnownFact): number {
  if (fact.kind === 'subscription') return fact.ended ? 6 : observed ? 2 : 1;
  if (fact.kind === 'method') return fact.attached ? 1 : 6;
  if (fact.kind === 'default-method') return 2;
  if (fact.kind === 'invoice') return { changed: 3, failed: 4, paid: 5 }[fact.outcome];
  return 1;
}

/** Statuses as a subscription passes them when things go from good to bad. */
const COURSE = ['incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete_expired', 'canceled'];

function progressOf({ fact }: KnownFact): number {
  if (fact.kind !== 'subscription') return 0;
  return (fact.subscription.periodEnd ?? 0) * COURSE.length + COURSE.indexOf(fact.subscription.status);
}

class Life {
  #userId: string | null = null;
  readonly #subscriptions = new Map<string, LivedSubscription>();
  readonly #invoices = new Map<string, BilledInvoice>();
  readonly #refunds = new Map<string, number>();
  readonly #notices = new Map<string, Notice>();
  readonly #methods = new Map<string, KnownMethod>();
  #defaultMethodId: string | null = null;

  read({ at, fact }: KnownFact): void {
    if (fact.kind === 'subscription') this.#snapshot(fact.subscription, at);
    else if (fact.kind === 'invoice') this.#invoice(fact.invoice, fact.outcome, at);
    else if (fact.kind === 'linked') this.#userId ??= fact.userId;
    else if (fact.kind === 'trial-ending') this.#trialEnding(fact.subscription, at);
    else if (fact.kind === 'method') this.#method(fact.method, fact.attached);
    else if (fact.kind === 'default-method') this.#defaultMethodId = fact.methodId;
    else if (fact.kind === 'refund') {
      if (fact.invoiceId) this.#refunds.set(fact.invoiceId, fact.amountRefunded);
      this.#tell('refunded', `${fact.chargeId}:${fact.amountRefunded}`, { amountRefunded: fact.amountRefunded });
    }
  }

  result(): CustomerLife {
    const invoices = [...this.#invoices.values()].map((invoice) => ({
      ...invoice,
      amountRefunded: this.#refunds.get(invoice.id) ?? 0,
    }));
    const subscriptions = [...this.#subscriptions.values()];
    const [notices, methods] = [[...this.#notices.values()], [...this.#methods.values()]];
    return { userId: this.#userId, subscriptions, invoices, notices, methods, defaultMethodId: this.#defaultMethodId };
  }

  #snapshot(said: Subscription, at: number): void {
    this.#userId ??= said.userId;
    const before = this.#subscriptions.get(said.id);
    if (before?.status === 'canceled' && said.status !== 'canceled') return;
    const pastDueSince = said.status === 'past_due' ? (before?.pastDueSince ?? at) : null;
    this.#subscriptions.set(said.id, { ...said, pastDueSince });
    if (said.status === 'canceled') this.#tell('subscription_ended', said.id, { plan: said.planSlug });
  }

  #trialEnding(said: Subscription, at: number): void {
    if (!this.#subscriptions.has(said.id)) this.#snapshot(said, at);
    this.#tell('trial_ending', said.id, { trialEnd: said.trialEnd, plan: said.planSlug });
  }

  #invoice(invoice: Invoice, outcome: 'paid' | 'failed' | 'changed', at: number): void {
    const before = this.#invoices.get(invoice.id);
    if (before?.status !== 'paid' || invoice.status === 'paid')
      this.#invoices.set(invoice.id, { ...invoice, amountRefunded: 0 });
    const paidBefore = before?.status === 'paid';
    if (outcome === 'failed' && !paidBefore)
      this.#tell('payment_failed', `${invoice.id}:${invoice.attemptCount}`, {
        amountDue: invoice.amountDue,
        currency: invoice.currency,
        nextAttemptAt: invoice.nextAttemptAt,
      });
    const subscription = invoice.subscriptionId ? this.#subscriptions.get(invoice.subscriptionId) : undefined;
    if (!subscription) return;
    const { status, pastDueSince } = subscription;
    const owes = status === 'past_due' || status === 'unpaid' || status === 'incomplete';
    if (outcome === 'paid' && owes)
      this.#subscriptions.set(subscription.id, { ...subscription, status: 'active', pastDueSince: null });
    if (outcome === 'failed' && !paidBefore && (status === 'active' || status === 'past_due'))
      this.#subscriptions.set(subscription.id, {
        ...subscription,
        status: 'past_due',
        pastDueSince: pastDueSince ?? at,
      });
  }

  /** A card that was taken off never comes back under its id. */
  #method(method: PaymentMethod, attached: boolean): void {
    const gone = this.#methods.get(method.id)?.attached === false;
    this.#methods.set(method.id, { ...method, attached: attached && !gone });
  }

  #tell(kind: Notice['kind'], of: string, data: Notice['data']): void {
    const key = `${kind}:${of}`;
    if (!this.#notices.has(key)) this.#notices.set(key, { kind, key, data });
  }
}
