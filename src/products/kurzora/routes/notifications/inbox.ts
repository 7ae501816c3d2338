import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import { Notification } from '../../notification-contract.ts';
import {
  deleteNotifications,
  findNotification,
  listNotifications,
  markAllRead,
  markNotification,
} from '../../queries/notifications.ts';
import type { KurzoraServices } from '../../services.ts';

const BASE = '/api/v1/notifications';
const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Count = Type.Object({ count: Type.Integer() });

const list = {
  querystring: Type.Object({
    unreadOnly: Type.Optional(Type.Boolean()),
    type: Type.Optional(
      Type.Unsafe<'signal' | 'trade' | 'system'>(Type.String({ enum: ['signal', 'trade', 'system'] })),
    ),
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  }),
  response: Type.Array(Notification),
};

export const listNotificationsRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: BASE,
  scope: 'signed-in',
  summary: 'What the caller was told, newest first',
  schema: list,
  async handle({ query, as }) {
    const { page, limit } = query;
    const { notifications, total, unread } = await as((session) => listNotifications(session, query));
    return new Page(notifications, { total, unread, page, limit, hasMore: page * limit < total });
  },
});

const one = { params, response: Notification };

export const getNotificationRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'GET',
  url: `${BASE}/:id`,
  scope: 'signed-in',
  summary: 'One notification',
  schema: one,
  handle: ({ params: { id }, as }) => as((session) => findNotification(session, id)),
});

const mark = (word: 'read' | 'unread') =>
  defineRoute<KurzoraServices, typeof one>({
    method: 'PUT',
    url: `${BASE}/:id/${word}`,
    scope: 'signed-in',
    summary: `Marks one as ${word}`,
    schema: one,
    handle: ({ params: { id }, as }) => as((session) => markNotification(session, id, word === 'read')),
  });

export const markReadRoute = mark('read');
export const markUnreadRoute = mark('unread');

const many = { response: Count };

export const markAllReadRoute = defineRoute<KurzoraServices, typeof many>({
  method: 'PUT',
  url: `${BASE}/mark-all-read`,
  scope: 'signed-in',
  summary: 'Marks all as read',
  schema: many,
  handle: async ({ as }) => ({ count: await as(markAllRead) }),
});

export const deleteAllRoute = defineRoute<KurzoraServices, typeof many>({
  method: 'DELETE',
  url: BASE,
  scope: 'signed-in',
  summary: 'Deletes all',
  schema: many,
  handle: async ({ as }) => ({ count: await as((session) => deleteNotifications(session)) }),
});

const deleted = { params, response: Count };

export const deleteNotificationRoute = defineRoute<KurzoraServices, typeof deleted>({
  method: 'DELETE',
  url: `${BASE}/:id`,
  scope: 'signed-in',
  summary: 'Deletes one',
  schema: deleted,
  async handle({ params: { id }, as }) {
    const count = await as((session) => deleteNotifications(session, id));
    assertOr(count === 1, 'NOT_FOUND', 'there is no such notification');
    return { count };
  },
});
