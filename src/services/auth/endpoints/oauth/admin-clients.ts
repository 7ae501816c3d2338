/** /admin/oauth/clients: the applications of the project. */
import { Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { pageHeaders, readPage } from '../../admin/paging.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';
import { assertClientFields, ClientBody, type ClientFields, clientTypeOf } from '../../oauth-server/client-rules.ts';
import { CLIENT_COLUMNS, clientJson, findClient, type OAuthClientRow } from '../../oauth-server/client-store.ts';
import { registerClient } from '../../oauth-server/register-client.ts';
import { assertOAuthServer } from '../../oauth-server/server-state.ts';
import { isUuid } from '../../store/users.ts';
import { secureToken, tokenHash } from '../../tokens/random.ts';

const PATH = '/admin/oauth/clients';
const ONE = `${PATH}/:id`;
const Nothing = Type.Object({});

const list = endpoint('GET', PATH, 'admin', Nothing, async (context, request) => {
  assertOAuthServer(context);
  const page = readPage(request.query);
  return context.transaction(
    async (tx) => {
      const { total } = await tx.one<{ total: number }>(
        'select count(*) as total from auth.oauth_clients where deleted_at is null',
      );
      const rows = await tx.query<OAuthClientRow>(
        `select ${CLIENT_COLUMNS} from auth.oauth_clients where deleted_at is null
         order by created_at desc, id limit $1 offset $2`,
        [page.perPage, page.offset],
      );
      const body = { clients: rows.map((row) => clientJson(row)), aud: 'authenticated' };
      return { status: 200, headers: pageHeaders(request, page, total), body };
    },
    { readOnly: true },
  );
});

const create = endpoint('POST', PATH, 'admin', ClientBody, async (context, request) => {
  assertOAuthServer(context);
  return { status: 201, body: await registerClient(context, request.body, 'manual') };
});

const get = endpoint('GET', ONE, 'admin', Nothing, async (context, request) => {
  assertOAuthServer(context);
  const id = idOf(request.params);
  return { status: 200, body: clientJson(await context.transaction((tx) => existing(tx, id), { readOnly: true })) };
});

const update = endpoint('PUT', ONE, 'admin', ClientBody, async (context, request) => {
  assertOAuthServer(context);
  const id = idOf(request.params);
  return { status: 200, body: clientJson(await change(context, id, request.body)) };
});

const remove = endpoint('DELETE', ONE, 'admin', Nothing, async (context, request) => {
  assertOAuthServer(context);
  const id = idOf(request.params);
  await context.transaction(async (tx) => {
    await existing(tx, id);
    await tx.execute('update auth.oauth_clients set deleted_at = now() where id = $1', [id]);
    await tx.execute('delete from auth.sessions where oauth_client_id = $1', [id]);
    await tx.execute('delete from auth.oauth_authorizations where client_id = $1', [id]);
  });
  return { status: 204 };
});

const regenerateSecret = endpoint('POST', `${ONE}/regenerate_secret`, 'admin', Nothing, async (context, request) => {
  assertOAuthServer(context);
  const id = idOf(request.params);
  const secret = secureToken();
  const row = await context.transaction(async (tx) => {
    const client = await existing(tx, id);
    if (client.client_type !== 'confidential') throw validationFailed('Cannot regenerate secret for public client');
    return tx.one<OAuthClientRow>(
      `update auth.oauth_clients set client_secret_hash = $2, updated_at = now() where id = $1 returning ${CLIENT_COLUMNS}`,
      [id, tokenHash(secret)],
    );
  });
  return { status: 200, body: clientJson(row, secret) };
});

function idOf(params: Readonly<Record<string, string>>): string {
  const id = params['id'] ?? '';
  if (!isUuid(id)) throw validationFailed('invalid client_id format');
  return id;
}

async function existing(tx: Session, id: string): Promise<OAuthClientRow> {
  const client = await findClient(tx, id);
  if (!client) throw new AuthError(404, 'oauth_client_not_found', 'OAuth client not found');
  return client;
}

async function change(context: AuthContext, id: string, fields: ClientFields): Promise<OAuthClientRow> {
  const { redirect_uris, grant_types, client_name, client_uri, logo_uri, token_endpoint_auth_method: method } = fields;
  const given = [redirect_uris, grant_types, client_name, client_uri, logo_uri, method];
  if (given.every((value) => value === undefined)) throw validationFailed('no fields provided for update');
  assertClientFields(fields, { complete: false });
  return context.transaction(async (tx) => {
    const before = await existing(tx, id);
    if (method && clientTypeOf({ token_endpoint_auth_method: method }) !== before.client_type)
      throw validationFailed(`token_endpoint_auth_method '${method}' does not fit a ${before.client_type} client`);
    return tx.one<OAuthClientRow>(
      `update auth.oauth_clients set redirect_uris = coalesce($2, redirect_uris), grant_types = coalesce($3, grant_types),
         client_name = case when $4 then $5 else client_name end, client_uri = case when $6 then $7 else client_uri end,
         logo_uri = case when $8 then $9 else logo_uri end,
         token_endpoint_auth_method = coalesce($10, token_endpoint_auth_method), updated_at = now()
       where id = $1 returning ${CLIENT_COLUMNS}`,
      [
        id,
        redirect_uris?.join(','),
        grant_types?.length ? grant_types.join(',') : undefined,
        client_name !== undefined,
        client_name || null,
        client_uri !== undefined,
        client_uri || null,
        logo_uri !== undefined,
        logo_uri || null,
        method || undefined,
      ],
    );
  });
}

export const adminClientEndpoints: readonly Endpoint[] = [list, create, get, update, remove, regenerateSecret];
