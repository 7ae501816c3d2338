import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { AuthContext } from '../context.ts';
import type { AuthError } from '../errors.ts';
import { type Attempt, clearAttempts, countAttempt } from './attempts.ts';
import { LOCKOUT, lockSeconds } from './lockout-policy.ts';
import { sweepExpired } from './sweep.ts';

const OWNER = { role: 'supabase_auth_admin', claims: {} };
let db: TestDatabase;
let now = Date.parse('2026-01-01T00:00:00Z');
let context: AuthContext;

before(async () => {
  db = await testDatabase({ migrations: [PLATFORM_SCHEMAS], poolSize: 8 });
  context = {
    settings: { production: true },
    now: () => now,
    transaction: (work, options) => db.services.as(OWNER, work, options),
  } as Partial<AuthContext> as AuthContext;
});
beforeEach(() => db.sql('delete from auth.attempts'));
after(() => db?.close());

const attempt = (change: Partial<Attempt> = {}): Attempt => ({
  kind: 'password',
  account: 'a@x',
  ip: '192.0.2.1',
  ...change,
});

/** Seconds to wait, or 0 for a try that was counted. */
async function tries(change: Partial<Attempt> = {}): Promise<number> {
  try {
    await countAttempt(context, attempt(change));
    return 0;
  } catch (error) {
    assert.equal((error as AuthError).status, 429);
    return (error as AuthError).retryAfter!;
  }
}

async function fail(times: number, change: Partial<Attempt> = {}): Promise<void> {
  for (let time = 0; time < times; time++) assert.equal(await tries(change), 0);
}

test('an account is locked for an address after its free tries, longer with each further failure', async () => {
  const { pair, firstLockSeconds: first } = LOCKOUT.password;
  await fail(pair);
  assert.equal(await tries(), first);
  now += first * 1000;
  await fail(1);
  assert.equal(await tries(), first * 2);
  now += first * 2000;
  await fail(1);
  assert.equal(await tries(), first * 4);
});

test('no lock is longer than the longest', () => {
  assert.equal(lockSeconds(LOCKOUT.password, 10, 60), LOCKOUT.password.longestLockSeconds);
});

test('while one address is locked the account is open to another, until the account itself is', async () => {
  await fail(LOCKOUT.code.pair, { kind: 'code' });
  assert.notEqual(await tries({ kind: 'code' }), 0);
  for (let address = 2; address <= 3; address++)
    await fail(LOCKOUT.code.pair, { kind: 'code', ip: `192.0.2.${address}` });
  assert.notEqual(await tries({ kind: 'code', ip: '192.0.2.99' }), 0);
  assert.equal(await tries({ kind: 'code', account: 'b@x' }), 0);
});

test('an address is locked that tries many accounts', async () => {
  const policy = { ...LOCKOUT.password, address: 3 };
  for (const account of ['a', 'b', 'c']) await fail(1, { account, policy });
  assert.notEqual(await tries({ account: 'd', policy }), 0);
  assert.equal(await tries({ account: 'd', policy, ip: '192.0.2.2' }), 0);
});

test('tries in parallel cannot outrun the counter', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => tries()));
  assert.equal(answers.filter((seconds) => seconds === 0).length, LOCKOUT.password.pair);
});

test('success forgets the failures of this address only', async () => {
  await fail(LOCKOUT.password.pair - 1);
  await fail(1, { ip: '192.0.2.2' });
  await clearAttempts(context, attempt());
  const rows = await db.sql<{ failures: number }>('select failures from auth.attempts where failures > 0 order by key');
  assert.deepEqual(
    rows.map((row) => row.failures),
    [1, 1, 1],
  );
  await fail(LOCKOUT.password.pair);
});

test('failures are forgotten after an hour, and their rows go after a day', async () => {
  await fail(LOCKOUT.password.pair - 1);
  now += 61 * 60 * 1000;
  await fail(LOCKOUT.password.pair);
  await db.sql(`insert into auth.flow_state (id, provider_type, authentication_method, created_at)
    values (gen_random_uuid(), 'google', 'oauth', '2020-01-01'), (gen_random_uuid(), 'google', 'oauth', '2999-01-01')`);
  now += 25 * 60 * 60 * 1000;
  await fail(1, { account: 'c@x', ip: '192.0.2.3' });
  await db.services.as(OWNER, (session) => sweepExpired(session, now));
  assert.equal((await db.sql('select 1 from auth.attempts')).length, 3);
  assert.equal((await db.sql('select 1 from auth.flow_state')).length, 1);
});

describe('the machine itself', () => {
  test('has no counter of its address in development, but its accounts have', async () => {
    const development = { ...context, settings: { ...context.settings, production: false } };
    for (let account = 0; account < 5; account++)
      await countAttempt(
        development,
        attempt({ account: `${account}`, ip: '127.0.0.1', policy: { ...LOCKOUT.password, address: 2 } }),
      );
    const rows = await db.sql('select 1 from auth.attempts where failures > 1');
    assert.equal(rows.length, 0);
  });
});

test('neither anon nor authenticated reads the counters, and they tell nobody whose they are', async () => {
  await fail(1);
  for (const role of ['anon', 'authenticated'])
    await assert.rejects(
      db.database.as({ role, claims: {} }, (session) => session.query('select * from auth.attempts')),
    );
  const rows = await db.sql<{ key: string }>('select key from auth.attempts');
  assert.equal(rows.length, 3);
  assert.ok(rows.every(({ key }) => !key.includes('a@x')));
});
