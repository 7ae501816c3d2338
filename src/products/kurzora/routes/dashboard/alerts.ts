import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { userIdOf } from '../../paper-trading.ts';
import { IdParams } from '../../portfolio-contract.ts';
import { deleteAlerts, listAlerts, readAlert } from '../../queries/dashboard.ts';
import type { KurzoraServices } from '../../services.ts';

const Alert = Type.Object({
  id: Type.String(),
  type: Type.String(),
  title: Type.String(),
  body: Type.String(),
  data: Type.Unknown(),
  readAt: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String(),
});

const listSchema = {
  querystring: Type.Object({
    unreadOnly: Type.Boolean({ default: false }),
    type: Type.Optional(Type.String({ enum: ['signal', 'trade', 'system'] })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    offset: Type.Integer({ minimum: 0, maximum: 100_000, default: 0 }),
  }),
  response: Type.Array(Alert),
};

export const listAlertsRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/dashboard/alerts',
  scope: 'signed-in',
  summary: 'Own alerts, newest first',
  schema: listSchema,
  handle: ({ as, identity, query }) => as((session) => listAlerts(session, userIdOf(identity), query)),
});

const readSchema = { params: IdParams, response: Alert };

export const readAlertRoute = defineRoute<KurzoraServices, typeof readSchema>({
  method: 'PUT',
  url: '/api/v1/dashboard/alerts/:id/read',
  scope: 'signed-in',
  summary: 'Marks an alert as read',
  schema: readSchema,
  async handle({ as, identity, params }) {
    const alert = await as((session) => readAlert(session, userIdOf(identity), params.id));
    assertOr(alert, 'NOT_FOUND', 'there is no such alert');
    return alert;
  },
});

const deleteSchema = { response: Type.Object({ deleted: Type.Integer() }) };

export const deleteAlertsRoute = defineRoute<KurzoraServices, typeof deleteSchema>({
  method: 'DELETE',
  url: '/api/v1/dashboard/alerts',
  scope: 'signed-in',
  summary: 'Deletes all own alerts',
  schema: deleteSchema,
  async handle({ as, identity }) {
    return { deleted: await as((session) => deleteAlerts(session, userIdOf(identity))) };
  },
});
