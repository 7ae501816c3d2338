import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DataApiFixture, type RequestOptions, startFixture } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const post = (path: string, body: unknown, options: RequestOptions = {}) =>
  fixture.server.request('POST', path, { body, ...options });

describe('functions', () => {
  const calls: readonly [string, () => ReturnType<typeof post>, unknown][] = [
    ['arguments by name in a body', () => post('/rpc/add', { a: 2, b: 3 }), 5],
    ['an argument with a default left out', () => post('/rpc/add', { a: 2 }), 3],
    ['arguments in the query', () => fixture.server.get('/rpc/add?a=2&b=5'), 7],
    ['a variadic argument repeated', () => fixture.server.get('/rpc/total?numbers=1&numbers=2'), 3],
    ['a variadic argument as an array', () => post('/rpc/total', { numbers: [1, 2, 3] }), 6],
    ['the overload by the arguments given', () => post('/rpc/over', { a: 1, b: 'x' }), 'two'],
    ['the other overload', () => post('/rpc/over', { a: 1 }), 'integer'],
    ['one unnamed argument takes the body', () => post('/rpc/echo', { any: ['thing'] }), { any: ['thing'] }],
    [
      'a table-valued function is a list',
      () => fixture.server.get('/rpc/pairs'),
      [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
      ],
    ],
    [
      'a row is an object',
      () => fixture.server.get('/rpc/one_night?t=1&n=2025-01-02&select=weather'),
      { weather: 'cloudy' },
    ],
    [
      'rows are filtered, ordered and embedded like a table',
      () => fixture.server.get('/rpc/largest?aperture=gt.3&select=name,observatories(name)&limit=1'),
      [{ name: 'Keck I', observatories: { name: 'Mauna Kea' } }],
    ],
  ];
  for (const [sentence, call, body] of calls)
    test(sentence, async () => {
      const { status, json } = await call();
      assert.deepEqual({ status, json }, { status: 200, json: body });
    });

  test('void is 204 without a body', async () => {
    const { status, text } = await post('/rpc/nothing', {});
    assert.deepEqual([status, text], [204, '']);
  });

  test('a text is no plain text unless its type says so', async () => {
    const answer = await fixture.server.get('/rpc/over?a=1', { Accept: 'text/plain' });
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [406, 'PGRST107']);
  });

  test('a function that is not there is 404 with what was looked for', async () => {
    const { status, json } = await post('/rpc/ad', { a: 1 });
    assert.equal(status, 404);
    assert.deepEqual(json, {
      code: 'PGRST202',
      details:
        'Searched for the function sky.ad with parameter a or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function sky.add',
      message: 'Could not find the function sky.ad(a) in the schema cache',
    });
  });

  test('a function that writes cannot be called with GET', async () => {
    await fixture.db.sql(`create function sky.write() returns void language sql as $$ delete from sky.awards $$`);
    await fixture.db.sql(`notify pgrst, 'reload schema'`);
    const answers = async () => (await fixture.server.get('/rpc/write')).status;
    for (let status = await answers(); status !== 405; status = await answers()) assert.equal(status, 404);
  });
});

describe('words of the function itself', () => {
  test('PT418 is a status, with message, details and hint', async () => {
    const { status, json } = await post('/rpc/teapot', {});
    assert.deepEqual(
      [status, json],
      [418, { code: 'PT418', message: 'short and stout', details: 'a detail', hint: 'a hint' }],
    );
  });

  test('RAISE PGRST sets body, status and headers', async () => {
    const { status, json, headers } = await post('/rpc/raised', {});
    assert.deepEqual([status, json], [402, { code: 'X1', message: 'own words', details: 'd', hint: 'h' }]);
    assert.equal(headers.get('x-own'), 'yes');
  });

  test('response.headers and response.status are taken over', async () => {
    const { status, headers } = await post('/rpc/with_headers', {});
    assert.deepEqual([status, headers.get('x-first'), headers.get('cache-control')], [202, '1', 'no-store']);
  });

  test("a function's own statement timeout ends it", async () => {
    const { status, json } = await post('/rpc/slow', {});
    assert.deepEqual([status, (json as { code: string }).code], [500, '57014']);
  });
});
