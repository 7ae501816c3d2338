import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { caller } from '../../accounts/caller.ts';
import { hashOf, newKey } from '../../accounts/keys.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { addApiKey, changeApiKey, dropApiKey, listApiKeys } from '../../queries/api-keys.ts';
import { findSecurity } from '../../queries/security.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Fields = {
  id: Type.String(),
  name: Type.String(),
  /** First characters, to know it by. */
  prefix: Type.String(),
  permissions: Type.Array(Type.String()),
  /** Requests a minute; null: what the account has set (user/security). */
  rateLimit: Type.Union([Type.Integer(), Type.Null()]),
  isActive: Type.Boolean(),
  lastUsed: Text,
  expiresAt: Text,
  createdAt: Type.String(),
};
const Key = Type.Object(Fields);
const Name = Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' });
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Permissions = Type.Array(Type.Union([Type.Literal('read'), Type.Literal('write')]), {
  minItems: 1,
  uniqueItems: true,
});
const Rate = Type.Integer({ minimum: 10, maximum: 1000 });
const MAXIMUM = 20;

const list = { response: Type.Array(Key) };

export const listApiKeysRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/user/api-keys',
  scope: 'signed-in',
  summary: 'One’s keys, without the keys',
  schema: list,
  handle: (context) => context.as((session) => listApiKeys(session, caller(context))),
});

const add = {
  body: Type.Object({
    name: Name,
    permissions: Type.Optional(Permissions),
    rateLimit: Type.Optional(Rate),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  }),
  response: Type.Object({ ...Fields, key: Type.String() }),
};

export const addApiKeyRoute = defineRoute<KurzoraServices, typeof add>({
  method: 'POST',
  url: '/api/v1/user/api-keys',
  scope: 'signed-in',
  summary:
    'Makes a key; it is shown this once. Without a time of its own it ends when user/security says (keyRotationDays)',
  schema: add,
  status: 201,
  async handle(context) {
    const { body, project } = context;
    const userId = caller(context);
    const key = newKey();
    const made = await project.database.asService(async (session) => {
      const known = await listApiKeys(session, userId);
      assertOr(known.length < MAXIMUM, 'CONFLICT', `There are ${MAXIMUM} keys already`);
      const days = body.expiresInDays ?? (await findSecurity(session, userId)).keyRotationDays;
      const made = await addApiKey(session, {
        ...{ userId, name: body.name.trim(), hash: hashOf(key), prefix: key.slice(0, 8) },
        permissions: body.permissions ?? ['read'],
        rateLimit: body.rateLimit ?? null,
        expiresAt: days ? new Date(project.now() + days * 86_400_000) : null,
      });
      await noteEvent(session, context, { userId, type: 'api_key_created', metadata: { name: made.name } });
      return made;
    });
    return { ...made, key };
  },
});

const put = {
  params: Id,
  body: Type.Object({
    name: Type.Optional(Name),
    isActive: Type.Optional(Type.Boolean()),
    permissions: Type.Optional(Permissions),
    rateLimit: Type.Optional(Type.Union([Rate, Type.Null()])),
  }),
  response: Key,
};

export const putApiKeyRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/user/api-keys/:id',
  scope: 'signed-in',
  summary: 'Renames a key, switches it off and on, or changes what it may do and how often',
  schema: put,
  async handle(context) {
    const { params, body, project } = context;
    const key = await project.database.asService((session) => changeApiKey(session, caller(context), params.id, body));
    assertOr(key, 'NOT_FOUND', 'there is no such key');
    return key;
  },
});

const gone = { params: Id, response: Type.Object({ deleted: Type.Boolean() }) };

export const deleteApiKeyRoute = defineRoute<KurzoraServices, typeof gone>({
  method: 'DELETE',
  url: '/api/v1/user/api-keys/:id',
  scope: 'signed-in',
  summary: 'Ends a key',
  schema: gone,
  async handle(context) {
    const { params, project } = context;
    const userId = caller(context);
    const gone = await project.database.asService(async (session) => {
      const dropped = await dropApiKey(session, userId, params.id);
      if (dropped) await noteEvent(session, context, { userId, type: 'api_key_deleted' });
      return dropped;
    });
    assertOr(gone, 'NOT_FOUND', 'there is no such key');
    return { deleted: true };
  },
});
