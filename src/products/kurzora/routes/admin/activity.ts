import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import { ACTIVITY_KINDS, recentActivity } from '../../queries/staff-activity.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const schema = {
  querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }) }),
  response: Type.Array(
    Type.Object({
      ...{ at: Type.String(), kind: Choice(ACTIVITY_KINDS), subject: Text, userId: Text, signalId: Text },
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
};

export const activityRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/admin/activity',
  scope: 'signed-in',
  summary: 'What happened lately, newest first: people, scans, signals, trades, staff, alarms',
  schema,
  handle: (context) =>
    asStaff(context, 'system', 'read', async (session) => [...(await recentActivity(session, context.query.limit))]),
});
