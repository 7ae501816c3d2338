import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { Refusal } from '#kernel/errors.ts';
import { TokenBuckets } from '#kernel/http/rate-limit.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { PaymentError, type Subscription } from '#services/payments/api.ts';
import { subscribe } from '../../billing/subscribe.ts';
import { findPayer, findPlan, type Payer } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const Order = Type.Object({
  userId: Type.String({ format: 'uuid' }),
  userEmail: Type.String({ minLength: 3, maxLength: 255 }),
  userName: Type.Optional(Type.String({ maxLength: 255 })),
  planId: Type.String({ minLength: 1, maxLength: 50 }),
  paymentMethodId: Type.String({ minLength: 1, maxLength: 255 }),
  billingCycle: Type.Optional(Type.Union([Type.Literal('monthly'), Type.Literal('yearly')])),
});
const REQUIRED = ['userId', 'userEmail', 'planId', 'paymentMethodId'] as const;

/** The front end sends no token right after sign-up: then only a new account without a subscription may be paid for (T-8). */
const NEW_ACCOUNT_MS = 10 * 60_000;
const strangers = new TokenBuckets({ tokens: 10, seconds: 600 });

const schema = { response: Type.Unknown() };

export const processSubscriptionRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/subscription/process',
  scope: 'public',
  summary: 'Starts a subscription with its trial, as the front end asks for it after sign-up',
  schema,
  envelope: false,
  async handle({ body, identity, client, project, services, log }) {
    const order = readOrder(body);
    if (typeof order === 'string') return refused(400, order);
    const plan = await project.database.asAnon((session) => findPlan(session, order.planId));
    if (!plan) return refused(400, `Invalid plan: ${order.planId}`);
    const caller = identity.role === 'service_role' ? order.userId : identity.claims['sub'];
    if (caller !== undefined && caller !== order.userId) return refused(403, 'This is another account');
    if (caller === undefined && !strangers.take(client.ip, project.now()).allowed)
      return refused(429, 'Too many requests');
    const payer = await project.database.asService((session) => findPayer(session, order.userId));
    if (!payer || (caller === undefined && !mayStart(payer, order, project.now())))
      return refused(401, 'Sign in to subscribe');
    const cycle = order.billingCycle ?? 'monthly';
    try {
      const made = await project.database.asService((session) =>
        subscribe(session, services.payments, { payer, plan, cycle, paymentMethodId: order.paymentMethodId }),
      );
      return new Answer(200, answerOf(made, payer, services.payments.mode));
    } catch (error) {
      if (error instanceof Refusal) return refused(error.status, error.message);
      if (!(error instanceof PaymentError)) throw error;
      log.warn({ err: error }, 'a subscription could not be started');
      return refused(500, error.kind === 'declined' ? error.message : 'The payment service did not do this');
    }
  },
});

/** What is wrong, in a sentence, or the order. */
function readOrder(body: unknown): Static<typeof Order> | string {
  const given = body && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const missing = REQUIRED.filter((name) => !given[name]);
  if (missing.length > 0) return `Missing required fields: ${missing.join(', ')}`;
  if (Value.Check(Order, given)) return given;
  const [fault] = Value.Errors(Order, given);
  return `Invalid ${fault?.instancePath.slice(1) || 'request'}`;
}

function mayStart(payer: Payer, { userEmail }: Static<typeof Order>, now: number): boolean {
  const young = now - payer.createdAt.getTime() < NEW_ACCOUNT_MS;
  return young && !payer.hadSubscription && payer.email === userEmail.trim().toLowerCase();
}

const refused = (status: number, error: string) => new Answer(status, { success: false, error });

function answerOf(made: Subscription, payer: Payer, mode: string) {
  const { id, status, planSlug, cycle, trialEnd, customerId } = made;
  return {
    success: true,
    subscription: { id, status, plan_id: planSlug, billing_cycle: cycle, trial_end: trialEnd },
    customer: { id: customerId, email: payer.email },
    message: mode === 'fake' ? 'Subscription started (development mode: nobody is charged)' : 'Subscription started',
  };
}
