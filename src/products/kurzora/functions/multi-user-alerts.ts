import Type from 'typebox';
import { Value } from 'typebox/value';
import { sendAlerts } from '../alerts/send-alerts.ts';
import { raiseSignal } from '../queries/signal-alerts.ts';
import { json, trustedFunction } from './trusted-call.ts';

const Change = Type.Object({
  type: Type.Union([Type.Literal('INSERT'), Type.Literal('UPDATE')]),
  table: Type.Literal('trading_signals'),
  record: Type.Object({ id: Type.String({ pattern: '^[0-9a-fA-F-]{36}$' }) }),
});

/**
 * POST {type, table, record, old_record}, as a database webhook sends it: tells of one signal now. Only the id of the record is
 * believed. Needs the service key or x-webhook-signature over the body. Nobody is told twice, however often it is called.
 */
export const multiUserAlerts = trustedFunction(async (change, { project, services }) => {
  if (!Value.Check(Change, change))
    return json(400, {
      success: false,
      error: 'the body must be {type, table: "trading_signals", record: {id, ...}}',
    });
  const raised = await project.database.asService((session) => raiseSignal(session, change.record.id));
  if (raised === 'unknown') return json(404, { success: false, error: 'there is no such signal' });
  const counts = await sendAlerts(project, services, { signalId: change.record.id });
  return json(200, { success: true, signal_id: change.record.id, qualified: raised === 'raised', ...counts });
});
