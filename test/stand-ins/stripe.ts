/**
 * A stand-in for Stripe: a real HTTP server with the endpoints we call, in the documented shapes and form encoding, idempotency keys
 * included. Time is moved by hand; what then happens (trial ends, invoice paid or not) becomes events, signed as Stripe signs them.
 * Cards: `pm_card_visa` pays, `pm_card_chargeDeclined` is refused when attached, `pm_card_chargeCustomerFail` is taken and fails later.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureOf } from '../../src/services/payments/stripe/signature.ts';

export type Thing = Record<string, unknown> & { id: string };

export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly signature: string;
}

export interface StripeStandIn {
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** `POST /v1/customers` of every call that came in. */
  readonly calls: string[];
  readonly things: Map<string, Thing>;
  /** Everything that happened, oldest first; who tests delivers it. */
  readonly events: SentEvent[];
  /** Epoch seconds; Stripe's clock. */
  now: number;
  /** The next calls are answered with these statuses after they were carried out, so that only the answer is lost. */
  loseAnswers(...statuses: number[]): void;
  /** Goes on to this moment: trials end, periods are billed. */
  advanceTo(seconds: number): void;
  /** Tries the open invoice of a subscription again. */
  retryPayment(subscription: string): void;
  /** Gives a charge back whole. */
  refund(invoice: string): void;
  completeCheckout(session: string, method?: string): void;
  close(): Promise<void>;
}

const DAY = 86_400;
const FAILS_LATER = 'pm_card_chargeCustomerFail';
const DECLINED = 'pm_card_chargeDeclined';

export async function startStripeStandIn(now: number): Promise<StripeStandIn> {
  const stripe = new Account(now);
  const lost: number[] = [];
  const server = createServer((request, response) => {
    void answer(stripe, lost, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stripe.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(stripe, {
    url: stripe.origin,
    loseAnswers: (...statuses: number[]) => {
      lost.push(...statuses);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

async function answer(stripe: Account, lost: number[], request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://stripe.invalid');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString()) : searchParams;
  stripe.calls.push(`${request.method} ${pathname}`);
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(stripe.now * 1000).toUTCString() });
    response.end(JSON.stringify(body));
  };
  if (pathname.startsWith('/pay/') || pathname.startsWith('/pdf/'))
    return sendPage(stripe, request, response, pathname);
  if (request.headers.authorization !== `Bearer ${stripe.secretKey}`)
    return send(401, { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } });
  const { status, body } = stripe.once(request.headers['idempotency-key'] as string | undefined, form.toString(), () =>
    stripe.handle(request.method ?? '', pathname.replace(/^\/v1/, ''), nested(form)),
  );
  const instead = lost.shift();
  if (instead) return send(instead, { error: { type: 'api_error', message: 'lost' } });
  send(status, body);
}

/** Pages that people see: the checkout, whose button pays, and the PDF of an invoice. */
function sendPage(stripe: Account, request: IncomingMessage, response: ServerResponse, pathname: string): void {
  const [, kind, id = ''] = pathname.split('/');
  if (kind === 'pdf') {
    const headers = { 'content-type': 'application/pdf', 'content-disposition': `attachment; filename="${id}.pdf"` };
    response.writeHead(200, headers).end(`%PDF-1.4\n% invoice ${id}\n%%EOF\n`);
  } else if (request.method === 'POST') {
    const customer = stripe.things.get(id)?.['customer'];
    stripe.completeCheckout(id, `pm_card_visa_${customer}`);
    response.writeHead(303, { location: String(stripe.things.get(id)?.['success_url']) }).end();
  } else {
    const page =
      '<!doctype html><title>Checkout</title><link rel="icon" href="data:,"><form method="post"><button>Pay</button></form>';
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  }
}

/** `a[b][0]=c` as `{a: {b: {0: 'c'}}}`. */
function nested(form: URLSearchParams): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const keys = name.replaceAll(']', '').split('[');
    const last = keys.pop() as string;
    let at = root;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}

class Refused extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | undefined;
  constructor(status: number, type: string, message: string, code?: string) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

class Account {
  /** Where its pages are. */
  origin = 'https://stripe.invalid';
  readonly secretKey = 'sk_test_of_the_stand_in';
  readonly webhookSecret = 'whsec_of_the_stand_in';
  readonly calls: string[] = [];
  readonly things = new Map<string, Thing>();
  readonly events: SentEvent[] = [];
  readonly #answers = new Map<string, { params: string; answer: Answered }>();
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  once(key: string | undefined, params: string, work: () => unknown): Answered {
    const known = key ? this.#answers.get(key) : undefined;
    if (known && known.params !== params)
      return failed(new Refused(400, 'idempotency_error', 'Keys can only be used with the same parameters'));
    if (known) return known.answer;
    let answer: Answered;
    try {
      answer = { status: 200, body: structuredClone(work()) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answer = failed(error);
    }
    if (key) this.#answers.set(key, { params, answer });
    return answer;
  }

  handle(method: string, path: string, given: Record<string, unknown>): unknown {
    const [kind = '', id = '', act = ''] = path.slice(1).split('/');
    if (kind === 'customers') return id ? this.#changeCustomer(id, given) : this.#make('cus', 'customer', given);
    if (kind === 'payment_methods') return this.#paymentMethod(id, act, given);
    if (kind === 'prices') return method === 'GET' ? this.#findPrices(given) : this.#makePrice(given);
    if (kind === 'setup_intents') return id ? this.#get(id) : this.#setupIntent(given);
    if (kind === 'subscriptions') return this.#subscriptions(method, id, given);
    if (kind === 'checkout') return this.#checkoutSession(given);
    if (kind === 'billing_portal')
      return this.#make('bps', 'billing_portal.session', { ...given, url: 'https://billing.invalid/p' });
    throw new Refused(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${path})`);
  }

  #checkoutSession(given: Record<string, unknown>): Thing {
    const session = this.#make('cs', 'checkout.session', given);
    return Object.assign(session, { url: `${this.origin}/pay/${session.id}` });
  }

  advanceTo(seconds: number): void {
    for (;;) {
      const due = this.#subscriptionsThat((it) => (it['current_period_end'] as number) <= seconds)[0];
      if (!due) break;
      this.now = Math.max(this.now, due['current_period_end'] as number);
      this.#bill(due);
    }
    for (const each of this.#subscriptionsThat(({ status, trial_end }) => status === 'trialing' && trial_end !== null))
      if ((each['trial_end'] as number) - 3 * DAY <= seconds && !each['told']) {
        each['told'] = true;
        this.#tell('customer.subscription.trial_will_end', each, (each['trial_end'] as number) - 3 * DAY);
      }
    this.now = seconds;
  }

  retryPayment(id: string): void {
    const subscription = this.#get(id);
    const invoice = this.#get(subscription['latest_invoice'] as string);
    this.#collect(subscription, invoice);
  }

  refund(id: string): void {
    const invoice = this.#get(id);
    const charge = {
      ...{ id: this.#newId('ch'), object: 'charge', customer: invoice['customer'], invoice: id },
      ...{ amount: invoice['amount_paid'], amount_refunded: invoice['amount_paid'], refunded: true },
    };
    this.#tell('charge.refunded', charge);
  }

  completeCheckout(id: string, method = 'pm_card_visa'): void {
    const session = this.#get(id) as Thing & { line_items: Record<string, { price: string }> };
    const data = (session['subscription_data'] ?? {}) as Record<string, unknown>;
    this.#paymentMethod(method, 'attach', { customer: session['customer'] });
    this.#changeCustomer(session['customer'] as string, { invoice_settings: { default_payment_method: method } });
    const items = { 0: { price: session.line_items[0]?.price } };
    const made = this.#subscribe({ customer: session['customer'], items, ...data });
    this.#tell('checkout.session.completed', Object.assign(session, { subscription: made.id, status: 'complete' }));
  }

  #changeCustomer(id: string, given: Record<string, unknown>): Thing {
    const customer = Object.assign(this.#get(id), given);
    this.#tell('customer.updated', customer);
    return customer;
  }

  #paymentMethod(id: string, act: string, given: Record<string, unknown>): Thing {
    if (id === DECLINED) throw new Refused(402, 'card_error', 'Your card was declined.', 'card_declined');
    const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2030 };
    const method =
      this.things.get(id) ?? this.#keep({ id, object: 'payment_method', type: 'card', card, customer: null });
    if (act === 'attach') {
      method['customer'] = given['customer'];
      this.#tell('payment_method.attached', method);
    }
    if (act === 'detach') {
      const before = method['customer'];
      method['customer'] = null;
      this.#tell('payment_method.detached', method, this.now, { customer: before });
    }
    const expiry = (given['card'] ?? {}) as Record<string, string>;
    if (expiry['exp_month'])
      method['card'] = { ...card, exp_month: Number(expiry['exp_month']), exp_year: Number(expiry['exp_year']) };
    return method;
  }

  #findPrices({ lookup_keys }: Record<string, unknown>): unknown {
    const wanted = Object.values((lookup_keys ?? {}) as Record<string, string>);
    const data = [...this.things.values()].filter(
      (it) => it['object'] === 'price' && wanted.includes(it['lookup_key'] as string),
    );
    return { object: 'list', data };
  }

  #makePrice(given: Record<string, unknown>): Thing {
    return this.#make('price', 'price', { ...given, unit_amount: Number(given['unit_amount']) });
  }

  #setupIntent(given: Record<string, unknown>): Thing {
    const intent = this.#make('seti', 'setup_intent', {
      ...given,
      status: 'succeeded',
      payment_method: 'pm_card_visa',
    });
    intent['client_secret'] = `${intent.id}_secret_test`;
    return intent;
  }

  #subscriptions(method: string, id: string, given: Record<string, unknown>): Thing {
    if (method === 'POST' && !id) return this.#subscribe(given);
    const subscription = this.#get(id);
    if (method === 'DELETE') return this.#end(subscription);
    if (method === 'POST') this.#changeSubscription(subscription, given);
    return subscription;
  }

  #subscribe(given: Record<string, unknown>): Thing {
    const trial = Number(given['trial_period_days'] ?? 0) * DAY;
    const price = this.#get(Object.values(given['items'] as Record<string, { price: string }>)[0]?.price ?? '');
    const end = this.now + (trial || periodOf(price));
    const subscription = this.#make('sub', 'subscription', {
      ...{ customer: given['customer'], metadata: given['metadata'] ?? {}, status: trial ? 'trialing' : 'incomplete' },
      items: { object: 'list', data: [{ id: this.#newId('si'), price }] },
      ...{ trial_start: trial ? this.now : null, trial_end: trial ? end : null },
      ...{ current_period_start: this.now, current_period_end: end, latest_invoice: null },
      ...{ cancel_at_period_end: false, canceled_at: null, ended_at: null },
    });
    this.#tell('customer.subscription.created', subscription);
    if (!trial) this.#invoice(subscription);
    return subscription;
  }

  #changeSubscription(subscription: Thing, given: Record<string, unknown>): void {
    const items = Object.values((given['items'] ?? {}) as Record<string, { id: string; price: string }>);
    if (items[0]) {
      const item = { id: items[0].id, price: this.#get(items[0].price) };
      subscription['items'] = { object: 'list', data: [item] };
    }
    if (given['metadata'])
      subscription['metadata'] = { ...(subscription['metadata'] as object), ...(given['metadata'] as object) };
    if (given['cancel_at_period_end'] !== undefined) {
      const cancel = given['cancel_at_period_end'] === 'true';
      Object.assign(subscription, { cancel_at_period_end: cancel, canceled_at: cancel ? this.now : null });
    }
    this.#tell('customer.subscription.updated', subscription);
  }

  #end(subscription: Thing): Thing {
    Object.assign(subscription, { status: 'canceled', ended_at: this.now });
    subscription['canceled_at'] ??= this.now;
    this.#tell('customer.subscription.deleted', subscription);
    return subscription;
  }

  /** A trial or a period is over. */
  #bill(subscription: Thing): void {
    if (subscription['cancel_at_period_end'] || subscription['status'] === 'past_due') {
      this.#end(subscription);
      return;
    }
    const price = priceOf(subscription);
    const start = subscription['current_period_end'] as number;
    Object.assign(subscription, {
      ...{ current_period_start: start, current_period_end: start + periodOf(price) },
      status: 'active',
    });
    this.#tell('customer.subscription.updated', subscription);
    this.#invoice(subscription);
  }

  #invoice(subscription: Thing): void {
    const { current_period_start: start, current_period_end: end } = subscription;
    const amount = priceOf(subscription)['unit_amount'] as number;
    const invoice = this.#make('in', 'invoice', {
      ...{ customer: subscription['customer'], subscription: subscription.id, status: 'open', currency: 'usd' },
      ...{ amount_due: amount, amount_paid: 0, attempt_count: 0, next_payment_attempt: null },
      ...{ number: `K-${this.things.size}`, hosted_invoice_url: 'https://invoice.invalid/h' },
      ...{ lines: { object: 'list', data: [{ period: { start, end } }] } },
    });
    subscription['latest_invoice'] = invoice.id;
    invoice['invoice_pdf'] = `${this.origin}/pdf/${invoice.id}`;
    this.#collect(subscription, invoice);
  }

  #collect(subscription: Thing, invoice: Thing): void {
    const settings = this.#get(subscription['customer'] as string)['invoice_settings'] as Record<string, string>;
    const pays = settings?.['default_payment_method'] !== FAILS_LATER;
    invoice['attempt_count'] = (invoice['attempt_count'] as number) + 1;
    if (pays)
      Object.assign(invoice, { status: 'paid', amount_paid: invoice['amount_due'], next_payment_attempt: null });
    else invoice['next_payment_attempt'] = this.now + 3 * DAY;
    this.#tell(pays ? 'invoice.payment_succeeded' : 'invoice.payment_failed', invoice);
    const status = pays ? 'active' : subscription['status'] === 'incomplete' ? 'incomplete' : 'past_due';
    if (status === subscription['status']) return;
    subscription['status'] = status;
    this.#tell('customer.subscription.updated', subscription);
  }

  #subscriptionsThat(match: (it: Thing) => boolean): Thing[] {
    return [...this.things.values()].filter(
      (it) => it['object'] === 'subscription' && it['status'] !== 'canceled' && match(it),
    );
  }

  #tell(type: string, about: Record<string, unknown>, at = this.now, before?: Record<string, unknown>): void {
    const { told: _, ...object } = about;
    const id = this.#newId('evt');
    const body = JSON.stringify({
      id,
      object: 'event',
      type,
      created: at,
      data: { object, ...(before && { previous_attributes: before }) },
    });
    this.events.push({ id, type, body, signature: signatureOf(body, this.webhookSecret, this.now) });
  }

  #make(prefix: string, object: string, given: Record<string, unknown>): Thing {
    return this.#keep({ ...given, id: this.#newId(prefix), object, created: this.now });
  }

  #keep(thing: Thing): Thing {
    this.things.set(thing.id, thing);
    return thing;
  }

  #get(id: string): Thing {
    const thing = this.things.get(id);
    if (!thing) throw new Refused(404, 'invalid_request_error', `No such object: '${id}'`, 'resource_missing');
    return thing;
  }

  #newId(prefix: string): string {
    return `${prefix}_${randomBytes(9).toString('hex')}`;
  }
}

function failed({ status, type, message, code }: Refused): Answered {
  return { status, body: { error: { type, message, code } } };
}

const priceOf = (subscription: Thing) =>
  (subscription['items'] as { data: [{ price: Thing }] }).data[0].price as Thing & Record<string, unknown>;
const periodOf = (price: Thing) => ((price['recurring'] as { interval: string }).interval === 'year' ? 365 : 30) * DAY;
