import { hash, randomBytes } from 'node:crypto';
import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { addApiKey, changeApiKey, dropApiKey, listApiKeys } from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Fields = {
  id: Type.String(),
  name: Type.String(),
  /** First characters, to know it by. */
  prefix: Type.String(),
  permissions: Type.Array(Type.String()),
  isActive: Type.Boolean(),
  lastUsed: Text,
  expiresAt: Text,
  createdAt: Type.String(),
};
const Key = Type.Object(Fields);
const Name = Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' });
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const MAXIMUM = 20;

const caller = ({ identity }: { identity: { claims: Readonly<Record<string, unknown>> } }) =>
  identity.claims['sub'] as string;

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
    permissions: Type.Optional(
      Type.Array(Type.Union([Type.Literal('read'), Type.Literal('write')]), { minItems: 1, uniqueItems: true }),
    ),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  }),
  response: Type.Object({ ...Fields, key: Type.String() }),
};

export const addApiKeyRoute = defineRoute<KurzoraServices, typeof add>({
  method: 'POST',
  url: '/api/v1/user/api-keys',
  scope: 'signed-in',
  summary: 'Makes a key; it is shown this once',
  schema: add,
  status: 201,
  async handle(context) {
    const { body, project } = context;
    const key = `kz_${randomBytes(24).toString('base64url')}`;
    const days = body.expiresInDays;
    const made = await project.database.asService(async (session) => {
      assertOr(
        (await listApiKeys(session, caller(context))).length < MAXIMUM,
        'CONFLICT',
        `There are ${MAXIMUM} keys already`,
      );
      return addApiKey(session, {
        ...{ userId: caller(context), name: body.name.trim(), hash: hash('sha256', key), prefix: key.slice(0, 8) },
        permissions: body.permissions ?? ['read'],
        expiresAt: days ? new Date(project.now() + days * 86_400_000) : null,
      });
    });
    return { ...made, key };
  },
});

const put = {
  params: Id,
  body: Type.Object({ name: Type.Optional(Name), isActive: Type.Optional(Type.Boolean()) }),
  response: Key,
};

export const putApiKeyRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/user/api-keys/:id',
  scope: 'signed-in',
  summary: 'Renames a key, or switches it off and on',
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
    const gone = await project.database.asService((session) => dropApiKey(session, caller(context), params.id));
    assertOr(gone, 'NOT_FOUND', 'there is no such key');
    return { deleted: true };
  },
});
