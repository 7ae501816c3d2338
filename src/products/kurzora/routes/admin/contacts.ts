import Type, { type TSchema } from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import { changeContact, listContacts } from '../../queries/staff-contacts.ts';
import type { KurzoraServices } from '../../services.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const State = Choice(['pending', 'processing', 'responded', 'closed']);
const Priority = Choice(['low', 'normal', 'high', 'urgent']);
const Contact = Type.Object({
  ...{ id: Type.String(), name: Type.String(), email: Type.String(), subject: Type.String(), message: Type.String() },
  ...{ language: Type.String(), userId: Nullable(Type.String()), status: State, priority: Priority },
  ...{ category: Nullable(Type.String()), isSpam: Type.Boolean(), createdAt: Type.String() },
});

const list = {
  querystring: Type.Object({
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    status: Type.Optional(State),
    spam: Type.Optional(Type.Boolean()),
  }),
  response: Type.Array(Contact),
};

export const listContactsRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/admin/contacts',
  scope: 'signed-in',
  summary: 'Messages people sent, newest first; what looks like advertising only when it is asked for',
  schema: list,
  handle: (context) =>
    asStaff(context, 'user', 'read', async (session) => {
      const { page, limit, status, spam = false } = context.query;
      const { contacts, total } = await listContacts(session, { page, limit, status, spam });
      return new Page(contacts as never, { total, page, limit, hasMore: page * limit < total });
    }),
});

const change = {
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  body: Type.Object(
    {
      status: Type.Optional(State),
      priority: Type.Optional(Priority),
      category: Type.Optional(Nullable(Type.String({ maxLength: 50 }))),
      isSpam: Type.Optional(Type.Boolean()),
    },
    { minProperties: 1 },
  ),
  response: Contact,
};

export const changeContactRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'PUT',
  url: '/api/v1/admin/contacts/:id',
  scope: 'signed-in',
  summary: 'What became of a message',
  schema: change,
  handle: (context) =>
    asStaff(context, 'user', 'update', async (session, staff) => {
      const { params, body } = context;
      const contact = await changeContact(session, params.id, body);
      assertOr(contact, 'NOT_FOUND', 'there is no such message');
      await staff.log('change_contact', params.id, body);
      return contact as never;
    }),
});
