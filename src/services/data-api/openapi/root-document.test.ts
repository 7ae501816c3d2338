import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fixtureDatabase } from '../../../../test/data-api/fixture.ts';
import type { TestDatabase } from '../../../../test/database.ts';
import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { loadSchemaCache } from '../schema-cache/load.ts';
import type { SchemaCache } from '../schema-cache/types.ts';
import { createRootDocument } from './root-document.ts';
import type { Operation, Parameter, Reference, Schema } from './types.ts';

interface Document {
  swagger: string;
  info: { title: string; description: string; version: string };
  host: string;
  basePath: string;
  schemes: string[];
  produces: string[];
  paths: Record<string, Record<string, Operation>>;
  definitions: Record<string, Schema>;
  parameters: Record<string, Parameter>;
  security?: unknown;
  securityDefinitions?: Record<string, unknown>;
}

const CONFIG: DataApiConfig = { ...DEFAULT_CONFIG, dbSchemas: ['sky', 'Ωmega'] };
let db: TestDatabase;
let cache: SchemaCache;

before(async () => {
  db = await fixtureDatabase();
  await db.sql(`
    revoke execute on function sky.over(integer, text) from public;
    create table sky.defaults (
      whole integer default 7, flag boolean default true, word text default 'it', said varchar(9) default 'x'::varchar,
      calculated integer default 1 + 1, moment timestamptz default now(), list text[] default '{}', doc json)`);
  cache = await db.database.as({ role: 'authenticator', claims: {} }, (session) =>
    loadSchemaCache((text, values) => session.query(text, values as string[]), CONFIG),
  );
});
after(() => db.close());

function document(config: Partial<DataApiConfig> = {}, role = 'anon', schema = 'sky'): Promise<Document> {
  const make = createRootDocument({ host: '!4', port: 3000 });
  return db.database.as({ role, claims: {} }, async (session) =>
    JSON.parse(
      await make({
        schema,
        cache,
        config: { ...CONFIG, ...config },
        headers: {},
        query: (text, values) => session.query(text, values),
      }),
    ),
  );
}

test('title and description are the first line and the rest of the comment on the schema', async () => {
  const { info, swagger, host, basePath, schemes } = await document();
  assert.equal(info.title, 'Observatory records');
  assert.equal(info.description, 'Nights, instruments and those who watch.');
  assert.deepEqual([swagger, host, basePath, schemes], ['2.0', '0.0.0.0:3000', '/', ['http']]);
  const plain = await document({}, 'anon', 'Ωmega');
  assert.equal(plain.info.title, 'PostgREST API');
  assert.deepEqual(Object.keys(plain.definitions), ['Звёзды & Co']);
});

test('the proxy address replaces scheme, host and base path', async () => {
  const { host, basePath, schemes } = await document({ openapiServerProxyUri: 'https://api.example.com/rest/v1' });
  assert.deepEqual([host, basePath, schemes], ['api.example.com:443', '/rest/v1', ['https']]);
});

test('a column says its type, its default, and what key it is', async () => {
  const { definitions } = await document();
  assert.deepEqual(definitions['observatories'], {
    description: 'Where telescopes stand\n\nMountains, mostly.',
    required: ['id', 'name'],
    properties: {
      id: { description: 'Note:\nThis is a Primary Key.<pk/>', format: 'integer', type: 'integer' },
      name: { format: 'text', type: 'string' },
      country: { description: 'ISO 3166 code', format: 'character varying', maxLength: 2, type: 'string' },
      place: { format: 'sky.place', type: 'string' },
      founded: { format: 'integer', type: 'integer' },
    },
    type: 'object',
  });
  const certificates = definitions['certificates']!.properties!;
  assert.equal(
    certificates['telescope_id']!.description,
    "Note:\nThis is a Primary Key.<pk/>\nThis is a Foreign Key to `telescopes.id`.<fk table='telescopes' column='id'/>",
  );
});

test('enums, arrays, domains and JSON are told as their kind', async () => {
  const { definitions } = await document();
  const { band, magnitude } = definitions['exposures']!.properties!;
  assert.deepEqual(band, {
    default: 'visible',
    enum: ['radio', 'infrared', 'visible', 'x-ray'],
    format: 'sky.band',
    type: 'string',
  });
  assert.deepEqual(magnitude, { format: 'numeric', type: 'number' });
  assert.deepEqual(definitions['observers']!.properties!['tags'], {
    format: 'text[]',
    items: { type: 'string' },
    type: 'array',
  });
  assert.equal(definitions['telescopes']!.properties!['details']!.type, undefined);
});

test('constant defaults are JSON, expressions of text types are text, other expressions are left out', async () => {
  const { properties = {} } = (await document()).definitions['defaults'] ?? {};
  const { definitions } = await document({ openapiMode: 'ignore-privileges' });
  const columns = definitions['defaults']!.properties!;
  assert.deepEqual(Object.keys(properties), []);
  assert.deepEqual(Object.fromEntries(Object.entries(columns).map(([name, { default: value }]) => [name, value])), {
    whole: 7,
    flag: true,
    word: 'it',
    said: 'x',
    calculated: undefined,
    moment: 'now()',
    list: undefined,
    doc: undefined,
  });
});

test('a table has all methods with parameters that exist, a view that cannot be written only GET', async () => {
  const { paths, parameters } = await document();
  assert.deepEqual(Object.keys(paths['/telescopes']!).sort(), ['delete', 'get', 'patch', 'post']);
  assert.deepEqual(Object.keys(paths['/night_log']!), ['get']);
  assert.deepEqual(Object.keys(paths['/big_telescopes']!).sort(), ['delete', 'get', 'patch', 'post']);
  const references = Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ parameters: each = [] }) => each.flatMap((one) => ('$ref' in one ? [(one as Reference).$ref] : [])));
  assert.ok(references.length > 100);
  for (const reference of references) assert.ok(parameters[reference.replace('#/parameters/', '')], reference);
  assert.deepEqual(parameters['rowFilter.observatories.country'], {
    name: 'country',
    description: 'ISO 3166 code',
    required: false,
    format: 'character varying',
    in: 'query',
    type: 'string',
  });
});

test('summary and description of an operation are the first line and the rest of the comment', async () => {
  const { get } = (await document()).paths['/observatories']!;
  assert.deepEqual([get!.summary, get!.description], ['Where telescopes stand', 'Mountains, mostly.']);
});

test("a function's arguments stand in the query of GET and in the body of POST", async () => {
  const { get, post } = (await document()).paths['/rpc/add']!;
  assert.deepEqual(get!.parameters, [
    { name: 'a', required: true, format: 'integer', in: 'query', type: 'integer' },
    { name: 'b', required: false, format: 'integer', in: 'query', type: 'integer' },
  ]);
  assert.deepEqual(post!.parameters, [
    {
      name: 'args',
      required: true,
      in: 'body',
      schema: {
        description: 'Adds\n\nTwo numbers.',
        required: ['a'],
        properties: { a: { format: 'integer', type: 'integer' }, b: { format: 'integer', type: 'integer' } },
        type: 'object',
      },
    },
    { $ref: '#/parameters/preferParams' },
  ]);
  assert.deepEqual(get!.tags, ['(rpc) add']);
});

test('a variadic argument is repeated in the query', async () => {
  const [numbers] = (await document()).paths['/rpc/total']!['get']!.parameters!;
  assert.deepEqual(numbers, {
    name: 'numbers',
    required: true,
    in: 'query',
    type: 'array',
    collectionFormat: 'multi',
    items: { format: 'integer', type: 'integer' },
  });
});

test('only what the role may use is shown, unless privileges are ignored; partitions are never a path of their own', async () => {
  const seen = await document();
  const all = await document({ openapiMode: 'ignore-privileges' });
  assert.equal(seen.paths['/payroll'], undefined);
  assert.ok(all.paths['/payroll']);
  assert.ok(seen.paths['/readings']);
  assert.equal(seen.paths['/readings_2024'], undefined);
  const [over] = seen.paths['/rpc/over']!['get']!.parameters as Parameter[];
  assert.equal(over!.name, 'a');
  assert.equal(seen.paths['/rpc/over']!['get']!.parameters!.length, 1);
});

test('the token is described when that is asked for', async () => {
  assert.equal((await document()).security, undefined);
  const { security, securityDefinitions } = await document({ openapiSecurityActive: true });
  assert.deepEqual(security, [{ JWT: [] }]);
  assert.deepEqual(Object.keys(securityDefinitions!), ['JWT']);
});
