/** Tables of what is asked and what PostgREST answers, on the database of functions.sql. For tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { DataApi } from '../api.ts';
import { type DataApiConfig, DEFAULT_CONFIG } from '../config.ts';
import { createDataApi } from '../create.ts';

export interface Expected {
  readonly status?: number;
  /** Compared as JSON; a text as it came. */
  readonly json?: unknown;
  readonly text?: string;
  /** null: the header must not be there. */
  readonly answers?: Readonly<Record<string, string | null>>;
}
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
/** `POST /rpc/f`, what goes with it, and what must come of it. */
export type Case = readonly [ask: string, asked: Asked, expected: Expected];

export const SECRET = 'reallyreallyreallyreallyverysafe';
const CONFIG: DataApiConfig = {
  ...DEFAULT_CONFIG,
  dbSchemas: ['test'],
  dbAnonRole: 'anon',
  jwtSecret: SECRET,
  dbPlanEnabled: true,
};
let db: TestDatabase;
const apis = new Map<string, DataApi>();

before(async () => {
  db = await testDatabase();
  await db.sql(readFileSync(new URL('functions.sql', import.meta.url), 'utf8'));
});
after(async () => {
  for (const api of apis.values()) await api.close();
  await db.close();
});

function apiWith(config: Partial<DataApiConfig>): DataApi {
  const key = JSON.stringify(config, (_, value) => value ?? null);
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

export function hold(sentence: string, cases: readonly Case[], config: Partial<DataApiConfig> = {}): void {
  describe(sentence, () => {
    for (const [ask, asked, expected] of cases)
      test([ask, JSON.stringify(asked)].join(' '), async () => {
        const given = await answerTo(ask, asked, config);
        if ('json' in expected) assert.deepEqual(JSON.parse(given.text), expected.json);
        if (expected.text !== undefined) assert.equal(given.text, expected.text);
        assert.equal(given.status, expected.status ?? 200);
        for (const [name, value] of Object.entries(expected.answers ?? {}))
          assert.equal(given.headers[name.toLowerCase()] ?? null, value, name);
      });
  });
}

async function answerTo(ask: string, { headers = {}, body }: Asked, config: Partial<DataApiConfig>) {
  const [method = '', url = ''] = [ask.slice(0, ask.indexOf(' ')), ask.slice(ask.indexOf(' ') + 1)];
  const [path = '', ...query] = url.split('?');
  const given = await apiWith(config).handle({
    method,
    path,
    query: query.join('?'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const text = given.body.toString('utf8');
  return {
    status: given.status,
    text,
    headers: Object.fromEntries(given.headers.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

export const problem = (code: string, message: string, details: unknown = null, hint: string | null = null) => ({
  code,
  details,
  hint,
  message,
});
export const accept = (Accept: string): Asked => ({ headers: { Accept } });
export const typed = (type: string, body: string): Asked => ({ headers: { 'Content-Type': type }, body });
export const post = (body: unknown = {}): Asked => ({ body });
export const JSON_TYPE = 'application/json; charset=utf-8';
