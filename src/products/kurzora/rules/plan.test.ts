import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../test/database.ts';
import { kurzora } from '../product.ts';
import { type Plan, planAt, type Subscription } from './plan.ts';

const HOUR = 3_600_000;

test('a live trial has professional rights whatever was chosen, and the starter’s when it is over', () => {
  const trial = (tier: Plan, endsAt: number | null) => planAt({ tier, status: 'trial', endsAt }, 100);
  assert.deepEqual([trial('starter', 101), trial('elite', 101)], ['professional', 'elite']);
  assert.deepEqual([trial('professional', 100), trial('starter', null)], ['starter', 'starter']);
});

test('a cancelled plan runs to its end', () => {
  const cancelled = (endsAt: number | null) => planAt({ tier: 'professional', status: 'cancelled', endsAt }, 100);
  assert.deepEqual([cancelled(101), cancelled(100), cancelled(null)], ['professional', 'starter', 'starter']);
});

test('the database gives the same plan for every subscription there can be', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const now = Date.now();
  let compared = 0;
  for (const tier of ['starter', 'professional', 'elite'] as const)
    for (const status of ['trial', 'active', 'cancelled', 'expired'] as const)
      for (const endsAt of [null, now - HOUR, now + HOUR]) {
        const subscription: Subscription = { tier, status, endsAt };
        const [row] = await db.sql<{ plan: string }>('select kurzora.plan_of($1, $2, $3) as plan', [
          ...[tier, status, endsAt === null ? null : new Date(endsAt)],
        ]);
        assert.equal(row?.plan, planAt(subscription, now), JSON.stringify(subscription));
        compared++;
      }
  assert.equal(compared, 36);
});
