import Type from 'typebox';
import { Value } from 'typebox/value';
import type { FunctionContext, ProductFunction } from '#kernel/product.ts';
import { verifyCall } from '#services/notifications/api.ts';
import { raiseSignal } from '../queries/signal-alerts.ts';
import type { KurzoraServices } from '../services.ts';
import { sendAlerts } from './send-alerts.ts';

const Change = Type.Object({
  type: Type.Union([Type.Literal('INSERT'), Type.Literal('UPDATE')]),
  table: Type.Literal('trading_signals'),
  record: Type.Object({ id: Type.String({ pattern: '^[0-9a-fA-F-]{36}$' }) }),
});

/**
 * POST {type, table, record, old_record}, as a database webhook sends it: tells of one signal now. Only the id of the record is
 * believed. Needs the service key or x-webhook-signature over the body. Nobody is told twice, however often it is called.
 */
const multiUserAlerts: ProductFunction<KurzoraServices> = {
  verifyJwt: false,
  async handle(request, context) {
    if (request.method === 'OPTIONS') return new Response('ok');
    if (request.method !== 'POST') return json(405, { success: false, error: 'POST only' });
    const body = new Uint8Array(await request.arrayBuffer());
    if (!isTrusted(request, body, context))
      return json(401, { success: false, error: 'this needs the service key or a signature' });
    const change = parsed(body);
    if (!Value.Check(Change, change))
      return json(400, {
        success: false,
        error: 'the body must be {type, table: "trading_signals", record: {id, ...}}',
      });
    const { project, services } = context;
    const raised = await project.database.asService((session) => raiseSignal(session, change.record.id));
    if (raised === 'unknown') return json(404, { success: false, error: 'there is no such signal' });
    const counts = await sendAlerts(project, services, { signalId: change.record.id });
    return json(200, { success: true, signal_id: change.record.id, qualified: raised === 'raised', ...counts });
  },
};

export const alertFunctions: Readonly<Record<string, ProductFunction<KurzoraServices>>> = {
  'multi-user-alerts': multiUserAlerts,
};

function isTrusted(
  { headers }: Request,
  body: Uint8Array,
  { identity, services, project }: FunctionContext<KurzoraServices>,
): boolean {
  if (identity.role === 'service_role') return true;
  const call = { headers: Object.fromEntries(headers), body };
  return verifyCall(call, services.alerts.callbackSecret, project.now()).kind === 'genuine';
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

const json = (status: number, body: unknown): Response => Response.json(body, { status });
