/**
 * Reads, request by request: each file of queries/ is a table of what is asked and what PostgREST answers. Rows are compared in the
 * order given where the request asks for an order, and as a set where it leaves the order to Postgres.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { DataApi } from '../api.ts';
import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { createDataApi } from '../create.ts';

interface Case {
  /** `GET /items?id=eq.1` */
  readonly ask: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly config?: Partial<DataApiConfig>;
  readonly status: number;
  /** Some headers of the answer. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const TABLES = new URL('queries/', import.meta.url);
const CONFIG = { ...DEFAULT_CONFIG, dbSchemas: ['test'], dbAnonRole: 'anon', dbAggregatesEnabled: true };

let db: TestDatabase;
const apis = new Map<string, DataApi>();

before(async () => {
  db = await testDatabase();
  await db.sql(readFileSync(new URL('queries.sql', import.meta.url), 'utf8'));
  await db.sql('analyze');
});
after(async () => {
  for (const api of apis.values()) await api.close();
  await db.close();
});

function apiWith(config: Partial<DataApiConfig> = {}): DataApi {
  const key = JSON.stringify(config);
  const known = apis.get(key);
  if (known) return known;
  const made = createDataApi({
    database: db.database,
    listenTarget: db.target,
    log: createLog('silent'),
    config: { ...CONFIG, ...config },
  });
  apis.set(key, made);
  return made;
}

/** Other values in the same places: the plan that this leaves behind must serve the request itself. */
function varied(query: string): string {
  return query.replace(/(=(?:n?eq|[gl]te?)\.)([^&]*)/g, (_, before: string, value: string) =>
    /^-?\d+$/.test(value) ? `${before}${Number(value) + 7}` : `${before}${value}q`,
  );
}

async function ask({ ask, headers = {}, config }: Case) {
  const [method = '', url = ''] = [ask.slice(0, ask.indexOf(' ')), ask.slice(ask.indexOf(' ') + 1)];
  const [path = '', ...rest] = url.split('?');
  const query = rest.join('?');
  const send = (text: string) =>
    apiWith(config).handle({
      method,
      path,
      query: text,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      body: Buffer.alloc(0),
    });
  await send(varied(query));
  const given = await send(query);
  const text = given.body.toString('utf8');
  const isJson = given.headers.some(([name, value]) => name === 'Content-Type' && value.includes('json'));
  return {
    status: given.status,
    headers: new Map(given.headers),
    body: text !== '' && isJson ? JSON.parse(text) : text,
  };
}

function settled(body: unknown, isOrdered: boolean): unknown {
  if (isOrdered || !Array.isArray(body)) return body;
  return body.map((row) => JSON.stringify(row)).sort();
}

const files = readdirSync(TABLES).filter((name) => name.endsWith('.json'));

test('there are tables to hold the reads to', () => assert.ok(files.length >= 4));

for (const file of files)
  describe(`queries of ${file.replace('.json', '')} are answered as PostgREST answers them`, () => {
    const cases = JSON.parse(readFileSync(new URL(file, TABLES), 'utf8')) as Case[];
    for (const each of cases)
      test([each.ask, ...Object.values(each.headers ?? {})].join(' | '), async () => {
        const given = await ask(each);
        const isOrdered = each.ask.includes('order=');
        assert.deepEqual(settled(given.body, isOrdered), settled(each.body, isOrdered));
        assert.equal(given.status, each.status);
        for (const [name, value] of Object.entries(each.answers ?? {})) assert.equal(given.headers.get(name), value);
      });
  });
