import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { recordedLog, testServer } from '../../../../test/server.ts';
import { kurzora } from '../product.ts';
import { openErrorLog } from './error-log.ts';
import { openUsageLog } from './usage-log.ts';

const TOKEN = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;
const broken = defineRoute<unknown, { response: ReturnType<typeof Type.Unknown> }>({
  method: 'GET',
  url: '/api/v1/broken',
  scope: 'public',
  summary: 'Fails as it is told',
  schema: { response: Type.Unknown() },
  handle: async ({ headers }) => {
    if (headers['x-how'] === 'upstream')
      throw new Refusal('UPSTREAM_ERROR', 'The bank is away', { cause: new Error('ECONNRESET') });
    if (headers['x-how'] === 'refused') throw new Refusal('NOT_FOUND', 'nothing');
    throw new TypeError(`boom with ${TOKEN}`);
  },
});

function logOf(db: Pick<TestDatabase, 'database'>, now = Date.now) {
  return openErrorLog({ database: db.database, log: recordedLog().log, now });
}
const rows = (db: TestDatabase) =>
  db.sql<Record<string, unknown>>(
    'select message, stack, type, url, method, request_id, host(ip_address) as ip, user_agent from public.error_logs order by created_at, message',
  );

test('every answer of 500 and more is written down, without secrets, with what finds it again; refusals are not', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await using server = await testServer(db, [broken as never]);
  const errors = logOf(db);
  errors.listen(server.events);
  const answers = await Promise.all(
    ['', 'upstream', 'refused'].map((how) =>
      fetch(`${server.url}/api/v1/broken?apikey=hidden`, { headers: { 'x-how': how, 'user-agent': 'probe' } }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 502, 404],
  );
  // The event comes after the answer: the next answer comes after the event.
  await fetch(`${server.url}/api/v1/nowhere`);
  await errors.settled();
  const found = await rows(db);
  const by = (id: string | null) => found.find((row) => row['request_id'] === id)!;
  assert.equal(found.length, 2);
  const first = by(answers[0]!.headers.get('x-request-id'));
  assert.deepEqual(
    [first['message'], first['type'], first['url'], first['method'], first['user_agent']],
    ['boom with [redacted]', 'TypeError', '/api/v1/broken', 'GET', 'probe'],
  );
  assert.match(String(first['stack']), /error-log\.test\.ts/);
  assert.doesNotMatch(JSON.stringify(found), /eyJ|hidden/);
  assert.equal(by(answers[1]!.headers.get('x-request-id'))['message'], 'ECONNRESET');
});

test('failed jobs are written down; a flood is counted, not written; and without a database nothing breaks', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await using server = await testServer(db, []);
  let clock = 1_000_000;
  const errors = logOf(db, () => clock);
  errors.listen(server.events);
  const fail = (final: boolean) =>
    server.events.emit('job:failed', { job: 'kurzora:scan', seconds: 1, final, error: new Error('no bars') });
  fail(false);
  for (let n = 0; n < 100; n++) fail(true);
  await errors.settled();
  const found = await rows(db);
  assert.equal(found.length, 60);
  assert.ok(
    found.some((row) => row['message'] === 'no bars (it will be tried again)' && row['url'] === 'job:kurzora:scan'),
  );
  clock += 60_000;
  fail(true);
  await errors.settled();
  assert.equal(
    (await rows(db)).filter((row) => /41 errors before it were not written/.test(String(row['message']))).length,
    1,
  );
  const gone = await testDatabase({ migrations: kurzora.migrations });
  const lost = logOf(gone);
  lost.listen(server.events);
  await gone.close();
  fail(true);
  await lost.settled();
});

test('one request in twenty stands for twenty in the usage log', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await using server = await testServer(db, []);
  const usage = openUsageLog({ database: db.database, log: recordedLog().log, now: Date.now });
  usage.listen(server.events);
  const caller = { userId: '00000000-0000-4000-8000-000000000001', ip: '203.0.113.7', userAgent: 'probe' };
  for (let n = 0; n < 45; n++)
    server.events.emit('http:answered', {
      method: 'GET',
      route: '/api/v1/signals',
      status: 200,
      seconds: 0.0123,
      caller,
    });
  await usage.close();
  assert.deepEqual(
    await db.sql(
      'select endpoint, status_code, response_time_ms::float8 as ms, weight, user_id, host(ip_address) as ip from public.api_usage_log',
    ),
    Array.from({ length: 2 }, () => ({
      ...{ endpoint: '/api/v1/signals', status_code: 200, ms: 12.3, weight: 20 },
      ...{ user_id: caller.userId, ip: caller.ip },
    })),
  );
});
