/** /admin/custom-providers: providers of OAuth 2.0 and OpenID Connect that are added while the project runs. */
import { Type } from 'typebox';
import type { Value } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';
import { sealClientSecret } from '../../providers/client-secret.ts';
import {
  CUSTOM_PROVIDER_COLUMNS,
  type CustomProviderRow,
  findCustomProvider,
} from '../../providers/custom-provider.ts';
import { discover } from '../../providers/oidc.ts';
import { ProviderError } from '../../providers/provider.ts';
import {
  assertCustomProvider,
  CustomProviderBody,
  type CustomProviderFields,
  customProviderJson,
  shownDiscovery,
} from './custom-provider-body.ts';

const PATH = '/admin/custom-providers';
const ONE = `${PATH}/:identifier`;
const COLUMNS = Object.keys(CustomProviderBody.properties) as (keyof CustomProviderFields)[];

const notFound = () => new AuthError(404, 'custom_provider_not_found', 'Custom OAuth provider not found');

const list = endpoint('GET', PATH, 'admin', Type.Object({}), async (context, request) => {
  const type = request.query.get('type') || undefined;
  if (type && type !== 'oauth2' && type !== 'oidc') throw validationFailed("type must be either 'oauth2' or 'oidc'");
  const rows = await context.transaction(
    (tx) =>
      tx.query<CustomProviderRow>(
        `select ${CUSTOM_PROVIDER_COLUMNS} from auth.custom_oauth_providers
         where $1::text is null or provider_type = $1 order by created_at desc, id`,
        [type],
      ),
    { readOnly: true },
  );
  return { status: 200, body: { providers: rows.map(customProviderJson) } };
});

const create = endpoint('POST', PATH, 'admin', CustomProviderBody, async (context, request) => {
  const fields = request.body;
  assertCustomProvider(context, fields);
  const discovery = await discovered(context, fields);
  const row = await write(context, { ...fields, discovery }, (names, values) => ({
    text: `insert into auth.custom_oauth_providers (${names.join(', ')})
           values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning ${CUSTOM_PROVIDER_COLUMNS}`,
    values,
  }));
  return { status: 201, body: customProviderJson(row) };
});

const get = endpoint('GET', ONE, 'admin', Type.Object({}), async (context, request) => ({
  status: 200,
  body: customProviderJson(await existing(context, request.params['identifier'] ?? '')),
}));

const update = endpoint('PUT', ONE, 'admin', CustomProviderBody, async (context, request) => {
  const before = await existing(context, request.params['identifier'] ?? '');
  const { provider_type: _, identifier: __, ...changes } = request.body;
  const after = { ...before, ...changes };
  assertCustomProvider(context, after);
  const moved = changes.issuer !== undefined || changes.discovery_url !== undefined;
  const discovery = moved ? await discovered(context, after) : undefined;
  const row = await write(
    context,
    { ...changes, identifier: before.identifier, ...(discovery && { discovery }) },
    (names, values) => ({
      text: `update auth.custom_oauth_providers
             set updated_at = now(), ${names.map((name, index) => `${name} = $${index + 1}`).join(', ')}
             where identifier = $${names.indexOf('identifier') + 1} returning ${CUSTOM_PROVIDER_COLUMNS}`,
      values,
    }),
  );
  return { status: 200, body: customProviderJson(row) };
});

const remove = endpoint('DELETE', ONE, 'admin', Type.Object({}), async (context, request) => {
  const gone = await context.transaction((tx) =>
    tx.execute('delete from auth.custom_oauth_providers where identifier = $1', [request.params['identifier']]),
  );
  if (gone === 0) throw notFound();
  return { status: 204 };
});

async function existing(context: AuthContext, identifier: string): Promise<CustomProviderRow> {
  const row = await context.transaction((tx) => findCustomProvider(tx, identifier), { readOnly: true });
  if (!row) throw notFound();
  return row;
}

/** For OIDC the document must be there and say the same issuer: a provider that cannot work is refused when it is written down. */
async function discovered(context: AuthContext, fields: CustomProviderFields) {
  if (fields.provider_type !== 'oidc') return undefined;
  try {
    return shownDiscovery(await discover(fields.issuer ?? '', { url: fields.discovery_url || undefined, fresh: true }));
  } catch (cause) {
    if (!(cause instanceof ProviderError)) throw cause;
    context.log.info({ err: cause, issuer: fields.issuer }, 'a discovery document was refused');
    throw validationFailed(`OIDC discovery failed: ${cause.message}`);
  }
}

type Written = CustomProviderFields & { readonly discovery?: Readonly<Record<string, unknown>> };

async function write(
  context: AuthContext,
  { discovery, ...fields }: Written,
  statement: (names: readonly string[], values: readonly Value[]) => { text: string; values: readonly Value[] },
): Promise<CustomProviderRow> {
  const identifier = fields.identifier ?? '';
  const secret = fields.client_secret;
  const given: Record<string, unknown> = {
    ...fields,
    ...(secret ? { client_secret: sealClientSecret(context, identifier, secret) } : {}),
  };
  const columns: [string, Value][] = COLUMNS.filter((name) => given[name] !== undefined && given[name] !== null).map(
    (name) => [name, given[name] as Value],
  );
  if (discovery) columns.push(['cached_discovery', discovery], ['discovery_cached_at', new Date(context.now())]);
  const { text, values } = statement(
    columns.map(([name]) => name),
    columns.map(([, value]) => value),
  );
  try {
    return await context.transaction((tx) => tx.one<CustomProviderRow>(text, values));
  } catch (error) {
    if (error instanceof PostgresError && error.code === '23505')
      throw new AuthError(409, 'conflict', 'A custom provider with this identifier already exists', { cause: error });
    throw error;
  }
}

export const customProviderEndpoints: readonly Endpoint[] = [list, create, get, update, remove];
