import Type from 'typebox';
import { Value } from 'typebox/value';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { verifyCall } from '#services/notifications/api.ts';
import { firstReceipt, recordDelivery } from '../../queries/delivery-status.ts';
import type { KurzoraServices } from '../../services.ts';

const Report = Type.Object({
  type: Type.String({ pattern: '^(telegram|email|push|webhook|sms)_delivery_status$' }),
  data: Type.Object({
    success: Type.Boolean(),
    /** `bounced`: the mailbox or chat is no more. Otherwise `success` says it. */
    status: Type.Optional(Type.Union([Type.Literal('delivered'), Type.Literal('failed'), Type.Literal('bounced')])),
    messageId: Type.Union([Type.String({ minLength: 1, maxLength: 500 }), Type.Integer()]),
    error: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
});

const schema = { response: Type.Object({ updated: Type.Integer(), replayed: Type.Boolean() }) };

/** What became of a message, from whoever carried it: signed over the bytes with SUPABASE_WEBHOOK_SECRET, and taken once. */
export const deliveryCallbackRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/webhooks/alerts',
  scope: 'public',
  summary: 'Delivery status from Make.com and the like; x-webhook-signature: sha256=<hex> over the body',
  schema,
  rawBody: true,
  async handle({ body, headers, project, services }) {
    const bytes = body instanceof Uint8Array ? body : new Uint8Array();
    const verdict = verifyCall({ headers, body: bytes }, services.alerts.callbackSecret, project.now());
    assertOr(verdict.kind === 'genuine', 'UNAUTHORIZED', verdict.kind === 'refused' ? verdict.reason : '');
    const report = parsed(bytes);
    assertOr(
      Value.Check(Report, report),
      'VALIDATION_ERROR',
      'the body must be {type, data: {success, messageId, error?, status?}}',
    );
    const channel = report.type.slice(0, report.type.indexOf('_'));
    const { success, messageId, error, status = success ? 'delivered' : 'failed' } = report.data;
    return await project.database.asService(async (session) => {
      if (!(await firstReceipt(session, verdict.id))) return { updated: 0, replayed: true };
      const said = { channel, messageId: String(messageId), status, error: error ?? undefined };
      return { updated: await recordDelivery(session, said), replayed: false };
    });
  },
});

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
