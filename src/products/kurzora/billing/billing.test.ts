import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readConfig } from '#kernel/config.ts';
import { openPayments, type Payments } from '#services/payments/api.ts';
import { signatureOf } from '#services/payments/stripe/signature.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { type TestServer, testServer } from '../../../../test/server.ts';
import { type SentEvent, type StripeStandIn, startStripeStandIn } from '../../../../test/stand-ins/stripe.ts';
import { kurzora } from '../product.ts';
import { queueNotices } from '../queries/billing-notices.ts';
import { applyEvent } from '../queries/payment-events.ts';
import { billingRoutes } from '../routes/billing/list.ts';
import { type CustomerLife, liveOf } from '../rules/subscription-life.ts';
import { type TestCustomer, testCustomer } from '../test-customer.ts';
import { permutations } from './permutations.ts';

const DAY = 86_400;
let db: TestDatabase;
let stripe: StripeStandIn;
let server: TestServer;
let payments: Payments;

before(async () => {
  db = await testDatabase({ migrations: kurzora.migrations });
  stripe = await startStripeStandIn(Math.floor(Date.now() / 1000));
  const config = readConfig(
    {},
    {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      STRIPE_API_URL: stripe.url,
    },
  );
  payments = openPayments(config, () => stripe.now * 1000);
  server = await testServer(db, billingRoutes as never, { services: { payments }, limits: null });
});
after(async () => {
  await server.close();
  await stripe.close();
  await db.close();
});

async function call(method: string, path: string, options: { as?: TestCustomer; body?: unknown } = {}) {
  const token = options.as && (await server.tokens.sign(options.as.identity.claims, 600));
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
    },
    body: options.body === undefined ? null : JSON.stringify(options.body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null, headers: response.headers };
}

const order = (of: TestCustomer, more: Record<string, unknown> = {}) => ({
  ...{ userId: of.id, userEmail: `${of.id}@example.com`, userName: 'Ada', planId: 'starter' },
  ...{ paymentMethodId: `pm_card_visa_${of.id}`, billingCycle: 'monthly', ...more },
});

async function deliver(event: SentEvent): Promise<{ status: number; outcome?: string }> {
  const response = await fetch(`${server.url}/api/v1/webhooks/stripe`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureOf(event.body, stripe.webhookSecret, stripe.now),
    },
    body: event.body,
  });
  return { status: response.status, ...((await response.json()) as { outcome?: string }) };
}

async function deliverAll(from = 0) {
  for (const event of stripe.events.slice(from)) assert.equal((await deliver(event)).status, 200);
}

async function userOf({ id }: TestCustomer) {
  const [row] = await db.sql<Record<string, unknown>>(
    `select subscription_tier, subscription_status, extract(epoch from subscription_ends_at)::int as ends,
       notification_settings -> 'daily_alert_limit' as alerts from public.users where id = $1`,
    [id],
  );
  return row!;
}

test('the front end starts a trial without a token right after sign-up, and asking twice makes one subscription', async () => {
  const customer = await testCustomer(db);
  const [one, two] = await Promise.all(
    [1, 2].map(() => call('POST', '/api/subscription/process', { body: order(customer) })),
  );
  assert.deepEqual([one?.status, two?.status], [200, 200].slice(0, 2), JSON.stringify([one?.body, two?.body]));
  const { subscription, customer: at, success } = one!.body;
  assert.deepEqual([success, subscription.status, subscription.plan_id], [true, 'trialing', 'starter']);
  assert.equal(two!.body.subscription.id, subscription.id);
  assert.equal(at.email, `${customer.id}@example.com`);
  assert.equal(subscription.trial_end, stripe.now + 7 * DAY);
  const user = await userOf(customer);
  assert.deepEqual(user, {
    ...{ subscription_tier: 'starter', subscription_status: 'trial', ends: stripe.now + 7 * DAY },
    alerts: null,
  });
});

test('what is missing or wrong is 400 with a sentence, a stranger is refused, a declined card is 500 as the front end knows it', async () => {
  const customer = await testCustomer(db);
  const ask = (body: unknown, as?: TestCustomer) =>
    call('POST', '/api/subscription/process', { body, ...(as && { as }) });
  const missing = await ask({ userId: customer.id });
  assert.equal(missing.status, 400);
  assert.deepEqual(missing.body, {
    success: false,
    error: 'Missing required fields: userEmail, planId, paymentMethodId',
  });
  assert.equal((await ask(order(customer, { planId: 'elite' }))).status, 400);
  assert.equal((await ask(order(customer, { billingCycle: 'weekly' }))).status, 400);
  assert.equal((await ask(order(customer, { userEmail: 'other@example.com' }))).status, 401);
  assert.equal((await ask(order(customer), await testCustomer(db))).status, 403);
  const declined = await ask(order(customer, { paymentMethodId: 'pm_card_chargeDeclined' }), customer);
  assert.deepEqual([declined.status, declined.body], [500, { success: false, error: 'Your card was declined.' }]);
  const old = await testCustomer(db, { created_at: '2020-01-01' });
  assert.equal((await ask(order(old))).status, 401);
  assert.equal((await ask(order(old), old)).status, 200);
});

test('an answer that is lost is asked for again and nothing is made twice', async () => {
  const customer = await testCustomer(db);
  const before = [...stripe.things.values()].filter(({ object }) => object === 'customer').length;
  stripe.loseAnswers(500, 503);
  const made = await call('POST', '/api/subscription/process', { body: order(customer), as: customer });
  assert.equal(made.status, 200);
  const customers = [...stripe.things.values()].filter(({ object }) => object === 'customer').length;
  assert.equal(customers - before, 1);
});

test('an event is taken only with a fresh signature over its very bytes, and once', async () => {
  const customer = await testCustomer(db);
  const from = stripe.events.length;
  await call('POST', '/api/subscription/process', { body: order(customer), as: customer });
  const event = stripe.events[from]!;
  const post = async (body: string, signature: string | null) =>
    (
      await fetch(`${server.url}/api/v1/webhooks/stripe`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(signature && { 'stripe-signature': signature }) },
        body,
      })
    ).status;
  const sign = (secret: string, at: number) => signatureOf(event.body, secret, at);
  assert.equal(await post(event.body, null), 400);
  assert.equal(await post(event.body, sign('whsec_another', stripe.now)), 400);
  assert.equal(await post(event.body, sign(stripe.webhookSecret, stripe.now - 301)), 400);
  assert.equal(await post(`${event.body} `, sign(stripe.webhookSecret, stripe.now)), 400);
  assert.deepEqual(await deliver(event), { status: 200, received: true, outcome: 'applied' });
  assert.deepEqual(await deliver(event), { status: 200, received: true, outcome: 'repeated' });
});

test('a life of a subscription: trial, payment, missed payment, three days of grace, recovery, refund, the end', async () => {
  const customer = await testCustomer(db);
  let from = stripe.events.length;
  const made = await call('POST', '/api/subscription/process', {
    ...{ body: order(customer, { planId: 'professional' }), as: customer },
  });
  const subscription = made.body.subscription.id as string;
  const begin = stripe.now;
  stripe.advanceTo(begin + 8 * DAY);
  await deliverAll(from);
  const { subscription_status, ends, alerts } = await userOf(customer);
  assert.deepEqual([subscription_status, ends, alerts], ['active', begin + 37 * DAY, null]);

  from = stripe.events.length;
  const stripeCustomer = stripe.things.get(made.body.customer.id)!;
  stripeCustomer['invoice_settings'] = { default_payment_method: 'pm_card_chargeCustomerFail' };
  stripe.advanceTo(begin + 38 * DAY);
  await deliverAll(from);
  assert.equal((await userOf(customer))['ends'], begin + 40 * DAY);
  const [overdue] = await db.sql<{ status: string }>(
    'select status from public.user_subscriptions where stripe_subscription_id = $1',
    [subscription],
  );
  assert.equal(overdue?.status, 'past_due');
  await db.sql(`select kurzora.end_overdue_subscriptions(to_timestamp($1))`, [begin + 41 * DAY]);
  assert.deepEqual(
    [(await userOf(customer))['subscription_status'], (await userOf(customer))['alerts']],
    ['expired', 3],
    'the grace is over',
  );

  from = stripe.events.length;
  stripeCustomer['invoice_settings'] = { default_payment_method: 'pm_card_visa' };
  stripe.retryPayment(subscription);
  const invoice = stripe.things.get(subscription)!['latest_invoice'] as string;
  stripe.refund(invoice);
  await deliverAll(from);
  assert.equal((await userOf(customer))['subscription_status'], 'active');
  const invoices = (await call('GET', '/api/v1/billing/invoices', { as: customer })).body.data;
  assert.deepEqual(
    invoices.map((it: Record<string, unknown>) => [it['status'], it['amountPaid'], it['amountRefunded']]),
    [
      ['paid', 4900, 4900],
      ['paid', 4900, 0],
    ],
  );

  from = stripe.events.length;
  const cancelled = await call('DELETE', '/api/v1/billing/subscription', { as: customer });
  assert.deepEqual([cancelled.status, cancelled.body.data.cancelAtPeriodEnd], [200, true]);
  assert.equal((await userOf(customer))['subscription_status'], 'active', 'what is paid for is kept');
  stripe.advanceTo(begin + 70 * DAY);
  await deliverAll(from);
  assert.equal((await userOf(customer))['subscription_status'], 'cancelled');
  const notices = await db.sql<{ kind: string }>('select kind from public.billing_notices where user_id = $1', [
    customer.id,
  ]);
  assert.deepEqual(
    notices.map(({ kind }) => kind).sort(),
    ['payment_failed', 'refunded', 'subscription_ended', 'trial_ending'].filter((kind) =>
      notices.some((notice) => notice.kind === kind),
    ),
  );
  assert.ok(notices.some(({ kind }) => kind === 'payment_failed'));
  await db.database.asService(queueNotices);
  assert.equal(await db.database.asService(queueNotices), 0, 'each once');
  const mails = await db.sql('select subject from public.notification_queue where user_id = $1', [customer.id]);
  assert.equal(mails.length, notices.length);
});

test('every order of the events of a life ends in the same state', async () => {
  const events = await recordedLife();
  const types = events.map(({ type }) => type.replace('customer.', ''));
  assert.deepEqual(types, [
    ...['subscription.created', 'checkout.session.completed', 'subscription.updated', 'invoice.payment_failed'],
    ...['subscription.updated', 'invoice.payment_succeeded', 'subscription.updated', 'subscription.deleted'],
  ]);
  const facts = events.map(readEvent).map(({ id, at, fact }) => ({ id, at, fact, observed: false, sequence: 0 }));
  const expected = JSON.stringify(sorted(liveOf(facts)));
  assert.match(expected, /"status":"canceled"/);
  let orders = 0;
  for (const sequence of permutations(facts)) {
    if (JSON.stringify(sorted(liveOf(sequence))) !== expected) assert.fail(sequence.map(({ id }) => id).join());
    orders++;
  }
  assert.equal(orders, 40_320);
});

test('in the database too: orders, repetitions, and nothing before the user is known', async () => {
  const events = await recordedLife();
  const five = [events[0]!, events[1]!, events[3]!, events[5]!, events[7]!];
  const states = new Set<string>();
  let orders = 0;
  for (const sequence of permutations(five)) {
    states.add(await stateAfter(sequence));
    orders++;
  }
  assert.equal(orders, 120);
  assert.equal(states.size, 1, [...states].join('\n'));
  assert.match([...states][0]!, /"status":"canceled"/);
});

const readEvent = (event: SentEvent) =>
  payments.readEvent(Buffer.from(event.body), signatureOf(event.body, stripe.webhookSecret, stripe.now));
const sorted = ({ userId, subscriptions, invoices, notices }: CustomerLife) => ({
  ...{ userId, subscriptions, invoices },
  notices: notices.map(({ key }) => key).sort(),
});

/** More events would only multiply the orders; cards have a test of their own. */
const NOT_OF_THE_LIFE = /trial_will_end$|^payment_method\.|^customer\.updated$/;

/** Events only: the account is bought by checkout, so that no answer of ours tells the state beforehand. */
async function recordedLife(): Promise<SentEvent[]> {
  const customer = await testCustomer(db);
  const from = stripe.events.length;
  const page = await call('POST', '/api/v1/billing/checkout', { as: customer, body: { planId: 'professional' } });
  assert.equal(page.status, 201, JSON.stringify(page.body));
  stripe.completeCheckout(page.body.data.id, 'pm_card_chargeCustomerFail');
  stripe.advanceTo(stripe.now + 8 * DAY);
  const subscription = [...stripe.things.values()].findLast(({ object }) => object === 'subscription')!;
  const payer = stripe.things.get(subscription['customer'] as string)!;
  payer['invoice_settings'] = { default_payment_method: 'pm_card_visa' };
  stripe.retryPayment(subscription.id);
  subscription['cancel_at_period_end'] = true;
  stripe.advanceTo(stripe.now + 31 * DAY);
  return stripe.events.slice(from).filter(({ type, body }) => !NOT_OF_THE_LIFE.test(type) && body.includes(payer.id));
}

/** In a transaction that is undone, so that 720 lives cost one database. */
async function stateAfter(sequence: readonly SentEvent[]): Promise<string> {
  const undone = new Error('undone');
  let state = '';
  await db.database
    .asService(async (session) => {
      for (const event of sequence) await applyEvent(session, readEvent(event));
      await applyEvent(session, readEvent(sequence[0]!));
      const rows = await session.query(
        `select s.status, s.billing_cycle, s.trial_end, s.current_period_end, s.canceled_at, s.ended_at, s.is_current, p.slug,
           u.subscription_tier, u.subscription_status, u.subscription_ends_at, u.stripe_customer_id = s.stripe_customer_id as linked,
           (select json_agg(json_build_array(i.status, i.amount_paid) order by i.stripe_invoice_id)
              from public.billing_invoices i where i.user_id = u.id) as invoices,
           (select json_agg(n.key order by n.key) from public.billing_notices n where n.user_id = u.id) as notices
         from public.user_subscriptions s join public.users u on u.id = s.user_id join public.subscription_plans p on p.id = s.plan_id
         where s.stripe_customer_id = $1`,
        [readEvent(sequence[0]!).customerId],
      );
      state = JSON.stringify(rows);
      throw undone;
    })
    .catch((error: unknown) => assert.equal(error, undone));
  return state;
}

test('a limit of alerts that somebody set himself survives a renewal, and yields to a plan that allows less', async () => {
  const customer = await testCustomer(db);
  await call('POST', '/api/subscription/process', { body: order(customer, { planId: 'professional' }), as: customer });
  const set = (limit: number) =>
    db.sql(
      `update public.users set notification_settings = notification_settings || jsonb_build_object('daily_alert_limit', $2::int) where id = $1`,
      [customer.id, limit],
    );
  const project = () => db.sql('select kurzora.project_subscription($1)', [customer.id]);
  await set(10);
  await db.sql(`update public.user_subscriptions set status = 'active' where user_id = $1`, [customer.id]);
  await project();
  assert.deepEqual(
    [(await userOf(customer))['subscription_status'], (await userOf(customer))['alerts']],
    ['active', 10],
  );
  const starter = `(select id from public.subscription_plans where slug = 'starter')`;
  await db.sql(`update public.user_subscriptions set plan_id = ${starter} where user_id = $1`, [customer.id]);
  await project();
  assert.equal((await userOf(customer))['alerts'], 3);
  await set(1);
  await project();
  assert.equal((await userOf(customer))['alerts'], 1);
});

test('a card that was entered at the vendor is known here, in whatever order it is told of, until it is taken off there', async () => {
  const customer = await testCustomer(db);
  const from = stripe.events.length;
  const page = await call('POST', '/api/v1/billing/checkout', { as: customer, body: { planId: 'starter' } });
  stripe.completeCheckout(page.body.data.id, `pm_checkout_${customer.id}`);
  const told = stripe.events.slice(from);
  for (const event of told.toReversed()) assert.equal((await deliver(event)).status, 200);
  const cards = async () => (await call('GET', '/api/v1/billing/payment-methods', { as: customer })).body.data;
  const [card, ...others] = await cards();
  assert.deepEqual([card.brand, card.last4, card.isDefault, others.length], ['visa', '4242', true, 0]);
  const second = await call('POST', '/api/v1/billing/payment-methods', {
    ...{ as: customer, body: { paymentMethodId: `pm_later_${customer.id}` } },
  });
  assert.equal(second.status, 201);
  assert.equal(
    (await call('POST', `/api/v1/billing/payment-methods/${card.id}/default`, { as: customer })).status,
    200,
  );
  await deliver(told.at(-1)!);
  assert.equal((await cards())[0].id, card.id, 'what was told before does not undo what was chosen since');
  assert.equal(
    (await call('DELETE', `/api/v1/billing/payment-methods/${second.body.data.id}`, { as: customer })).status,
    200,
  );
  await deliverAll(from);
  assert.deepEqual(
    (await cards()).map(({ id }: { id: string }) => id),
    [card.id],
  );
});

test('a dearer plan comes at once, a cheaper one when the period ends; cards can be kept, chosen and removed', async () => {
  const customer = await testCustomer(db);
  await call('POST', '/api/subscription/process', { body: order(customer), as: customer });
  const put = (body: unknown) => call('PUT', '/api/v1/billing/subscription', { as: customer, body });
  const up = await put({ planId: 'professional' });
  assert.deepEqual([up.status, up.body.data?.planSlug], [200, 'professional']);
  await db.sql(`update public.user_subscriptions set status = 'active' where user_id = $1`, [customer.id]);
  const down = await put({ planId: 'starter' });
  assert.deepEqual([down.body.data.planSlug, down.body.data.nextPlanSlug], ['professional', 'starter']);

  const methods = async () => (await call('GET', '/api/v1/billing/payment-methods', { as: customer })).body.data;
  const [first] = await methods();
  const add = await call('POST', '/api/v1/billing/payment-methods', {
    ...{ as: customer, body: { paymentMethodId: `pm_second_${customer.id}` } },
  });
  assert.deepEqual([add.status, add.body.data.isDefault], [201, true]);
  const blocked = await call('DELETE', `/api/v1/billing/payment-methods/${add.body.data.id}`, { as: customer });
  assert.equal(blocked.status, 409);
  assert.equal(
    (await call('POST', `/api/v1/billing/payment-methods/${first.id}/default`, { as: customer })).status,
    200,
  );
  assert.equal(
    (await call('DELETE', `/api/v1/billing/payment-methods/${add.body.data.id}`, { as: customer })).status,
    200,
  );
  assert.deepEqual(
    (await methods()).map(({ id, isDefault }: Record<string, unknown>) => [id, isDefault]),
    [[first.id, true]],
  );
  const stranger = await testCustomer(db);
  assert.equal((await call('DELETE', `/api/v1/billing/payment-methods/${first.id}`, { as: stranger })).status, 404);
});

test('a card is taken by intent and confirmed into a subscription; plans are public and the elite one is hidden', async () => {
  const customer = await testCustomer(db);
  const intent = await call('POST', '/api/v1/billing/payment-intent', { as: customer });
  assert.equal(intent.status, 200, JSON.stringify(intent.body));
  const { setupIntentId } = intent.body.data;
  const body = { setupIntentId, planId: 'professional', billingCycle: 'yearly' };
  assert.equal(
    (await call('POST', '/api/v1/billing/confirm-payment', { as: await testCustomer(db), body })).status,
    404,
  );
  const confirmed = await call('POST', '/api/v1/billing/confirm-payment', { as: customer, body });
  assert.deepEqual([confirmed.status, confirmed.body.data?.status], [200, 'trialing'], JSON.stringify(confirmed.body));
  const own = await call('GET', '/api/v1/billing/subscription', { as: customer });
  assert.equal(own.body.data?.billingCycle, 'yearly');
  const plans = (await call('GET', '/api/v1/billing/plans')).body.data;
  assert.deepEqual(
    plans.map((it: Record<string, unknown>) => [it['slug'], it['monthlyPrice'], it['yearlyPrice']]),
    [
      ['starter', 19, 190],
      ['professional', 49, 490],
    ],
  );
  assert.equal((await call('GET', '/api/v1/billing/plans/elite')).status, 404);
});
