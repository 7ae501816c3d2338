import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { testServer } from '../../../test/server.ts';
import { TokenBuckets } from './rate-limit.ts';

let db: TestDatabase;
before(async () => {
  db = await testDatabase();
});
after(() => db.close());

test('a bucket gives its tokens, then one for each refill, and tells how long to wait', () => {
  const buckets = new TokenBuckets({ tokens: 3, seconds: 30 });
  assert.deepEqual(
    [1, 2, 3].map(() => buckets.take('a', 0).remaining),
    [2, 1, 0],
  );
  assert.deepEqual(buckets.take('a', 0), { allowed: false, remaining: 0, reset: 10 });
  assert.deepEqual(buckets.take('a', 4_000), { allowed: false, remaining: 0, reset: 6 });
  assert.equal(buckets.take('a', 10_000).allowed, true);
  assert.equal(buckets.take('a', 10_000).allowed, false);
  assert.equal(buckets.take('b', 10_000).remaining, 2);
});

test('whatever the times of the calls, no window gives more than a full bucket and its refill', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (steps) => {
      const buckets = new TokenBuckets({ tokens: 5, seconds: 10 });
      let now = 0;
      let given = 0;
      for (const step of steps) {
        now += step;
        if (buckets.take('a', now).allowed) given += 1;
        assert.ok(given <= 5 + (now / 1000) * 0.5 + 1e-6);
      }
    }),
  );
});

test('a server refuses beyond the limit with 429 and Retry-After; accounts do not share, the service key has none', async () => {
  const route = defineRoute({
    method: 'GET',
    url: '/api/v1/ping',
    scope: 'public',
    summary: 'Ping',
    schema: { response: Type.String() },
    handle: async () => 'pong',
  });
  const limits = { user: { tokens: 2, seconds: 3600 }, address: { tokens: 1, seconds: 3600 } };
  await using server = await testServer(db, [route], { limits });
  const call = (headers: Record<string, string> = {}) => fetch(`${server.url}/api/v1/ping`, { headers });
  const bearer = async (sub: string) => ({
    authorization: `Bearer ${await server.tokens.sign({ sub, role: 'authenticated' }, 60)}`,
  });

  const first = await call();
  assert.deepEqual(
    [first.status, first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')],
    [200, '1', '0'],
  );
  const second = await call();
  assert.equal(second.status, 429);
  assert.ok(Number(second.headers.get('retry-after')) > 3500);
  assert.equal(((await second.json()) as { error: { code: string } }).error.code, 'RATE_LIMITED');
  // A proxy on this machine is believed about where its caller is.
  assert.equal((await call({ 'x-forwarded-for': '203.0.113.9' })).status, 200);

  const [ann, bob] = [await bearer('ann'), await bearer('bob')];
  assert.deepEqual(await Promise.all([ann, ann, bob].map(async (who) => (await call(who)).status)), [200, 200, 200]);
  assert.equal((await call(ann)).status, 429);
  const service = { apikey: server.tokens.serviceKey };
  assert.deepEqual(
    [(await call(service)).status, (await call(service)).status, (await call(service)).status],
    [200, 200, 200],
  );
});
