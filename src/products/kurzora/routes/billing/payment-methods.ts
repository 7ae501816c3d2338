import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { paying } from '../../billing/refusal.ts';
import { customerOf, isLive, lockPayer } from '../../billing/subscribe.ts';
import type { OwnMethod } from '../../billing-contract.ts';
import {
  dropMethod,
  findPayer,
  keepMethod,
  listMethods,
  makeDefault,
  methodOf,
  vendorSubscription,
} from '../../queries/billing.ts';
import { applyEvent, observedMethod } from '../../queries/payment-events.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Count = Type.Union([Type.Integer(), Type.Null()]);
const Method = Type.Object({
  id: Type.String(),
  type: Type.String(),
  last4: Text,
  brand: Text,
  expMonth: Count,
  expYear: Count,
  isDefault: Type.Boolean(),
});
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const list = { response: Type.Array(Method) };
const add = { body: Type.Object({ paymentMethodId: Type.String({ minLength: 1, maxLength: 255 }) }), response: Method };
const update = {
  params: Id,
  body: Type.Object({
    expMonth: Type.Integer({ minimum: 1, maximum: 12 }),
    expYear: Type.Integer({ minimum: 2000, maximum: 2200 }),
  }),
  response: Method,
};
const one = { params: Id, response: Method };
const gone = { params: Id, response: Type.Object({ deleted: Type.Boolean() }) };

type Context = Pick<RouteContext<KurzoraServices>, 'identity' | 'project' | 'services'>;
const caller = ({ identity }: Pick<Context, 'identity'>) => identity.claims['sub'] as string;

export const listPaymentMethodsRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/billing/payment-methods',
  scope: 'signed-in',
  summary: 'One’s cards, the default first',
  schema: list,
  handle: (context) => context.as((session) => listMethods(session, caller(context))),
});

export const addPaymentMethodRoute = defineRoute<KurzoraServices, typeof add>({
  method: 'POST',
  url: '/api/v1/billing/payment-methods',
  scope: 'signed-in',
  summary: 'Adds a card that the browser gave to the payment service; it becomes the default',
  schema: add,
  status: 201,
  handle: (context) =>
    asPayer(context, async (session, userId) => {
      const payer = await findPayer(session, userId);
      assertOr(payer, 'NOT_FOUND', 'there is no such account');
      const { payments } = context.services;
      const customerId = await customerOf(session, payments, payer);
      const method = await payments.attachMethod(customerId, context.body.paymentMethodId);
      const kept = await keepMethod(session, userId, method, true);
      assertOr(kept, 'CONFLICT', 'This payment method belongs to somebody else');
      await observe(context, session, customerId, { kind: 'default-method', methodId: method.id });
      return kept;
    }),
});

export const updatePaymentMethodRoute = defineRoute<KurzoraServices, typeof update>({
  method: 'PUT',
  url: '/api/v1/billing/payment-methods/:id',
  scope: 'signed-in',
  summary: 'A card’s new expiry',
  schema: update,
  handle: ({ params, body, ...context }) =>
    onOwn(context, params.id, async (session, userId, method) => {
      const expiry = { month: body.expMonth, year: body.expYear };
      const changed = await context.services.payments.changeMethod(method.vendorId, expiry);
      return (await keepMethod(session, userId, changed, method.isDefault)) as OwnMethod;
    }),
});

export const deletePaymentMethodRoute = defineRoute<KurzoraServices, typeof gone>({
  method: 'DELETE',
  url: '/api/v1/billing/payment-methods/:id',
  scope: 'signed-in',
  summary: 'Removes a card; the default one stays while a subscription runs',
  schema: gone,
  handle: ({ params, ...context }) =>
    onOwn(context, params.id, async (session, userId, method) => {
      const subscription = await vendorSubscription(session, userId);
      const needed = method.isDefault && subscription !== undefined && isLive(subscription);
      assertOr(!needed, 'CONFLICT', 'A running subscription is paid with this card: choose another default first');
      await context.services.payments.detachMethod(method.vendorId);
      await dropMethod(session, userId, params.id);
      const customerId = (await findPayer(session, userId))?.customerId;
      const gone = { id: method.vendorId, type: 'card', last4: null, brand: null, expMonth: null, expYear: null };
      if (customerId) await observe(context, session, customerId, { kind: 'method', method: gone, attached: false });
      return { deleted: true };
    }),
});

export const defaultPaymentMethodRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'POST',
  url: '/api/v1/billing/payment-methods/:id/default',
  scope: 'signed-in',
  summary: 'Invoices are taken from this card from now on',
  schema: one,
  handle: ({ params, ...context }) =>
    onOwn(context, params.id, async (session, userId, method) => {
      const payer = await findPayer(session, userId);
      assertOr(payer?.customerId, 'CONFLICT', 'there is no customer at the payment service');
      await context.services.payments.setDefaultMethod(payer.customerId, method.vendorId);
      await makeDefault(session, userId, params.id);
      await observe(context, session, payer.customerId, { kind: 'default-method', methodId: method.vendorId });
      return (await listMethods(session, userId))[0] as OwnMethod;
    }),
});

/** Keeps what was done, so that what the vendor told before does not undo it when it is read again. */
async function observe(
  { project }: Context,
  session: Session,
  customerId: string,
  fact: Parameters<typeof observedMethod>[2],
): Promise<void> {
  await applyEvent(session, observedMethod(customerId, Math.floor(project.now() / 1000), fact));
}

function asPayer<T>(context: Context, work: (session: Session, userId: string) => Promise<T>): Promise<T> {
  return paying(
    context.project.database.asService(async (session) => {
      await lockPayer(session, caller(context));
      return work(session, caller(context));
    }),
  );
}

function onOwn<T>(
  context: Context,
  id: string,
  work: (session: Session, userId: string, method: { vendorId: string; isDefault: boolean }) => Promise<T>,
): Promise<T> {
  return asPayer(context, async (session, userId) => {
    const method = await methodOf(session, userId, id);
    assertOr(method, 'NOT_FOUND', 'there is no such payment method');
    return work(session, userId, method);
  });
}
