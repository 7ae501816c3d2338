import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Activity } from '../queries/staff-activity.ts';
import { type TestStaff, testStaff } from './test-staff.ts';

let it: TestStaff;
before(async () => {
  it = await testStaff();
});
after(() => it?.[Symbol.asyncDispose]());

test('the feed tells what happened of every kind, newest first, to staff alone', async () => {
  const [support, customer] = [await it.person('support'), await it.person()];
  const sql = (text: string, values: unknown[] = []) => it.market.db.sql<{ id: string }>(text, values);
  await sql(
    `insert into public.paper_trades (user_id, ticker, trade_type, quantity, entry_price, opened_at) values ($1, 'AAA', 'buy', 3, 100, now() + interval '1 minute')`,
    [customer.id],
  );
  await sql(
    `insert into public.signal_scans (as_of, engine, source, phase, timeframe, live, scanned, signals, inserted, updated, expired, skipped, seconds, finished_at)
     values (now(), 'kurzora-5', 'files', 1, '1D', true, 2, 1, 1, 0, 0, '{}', 0.1, now() + interval '2 minutes')`,
  );
  await sql(
    `insert into public.system_alerts (type, error, "timestamp") values ('signal_generation_error', 'x', now() + interval '3 minutes')`,
  );
  await sql(
    `insert into public.admin_activity_log (admin_user_id, action_type, created_at) values ($1, 'change_setting', now() + interval '4 minutes')`,
    [support.id],
  );
  const feed: Activity[] = (await support.call('GET', 'admin/activity')).body.data;
  assert.deepEqual(
    feed.slice(0, 5).map(({ kind, subject }) => [kind, subject]),
    [
      ['staff_deed', 'change_setting'],
      ['system_alert', 'signal_generation_error'],
      ['scan_finished', null],
      ['trade_opened', 'AAA'],
      ['user_registered', feed[4]!.subject],
    ],
  );
  assert.deepEqual(
    feed.map(({ at }) => at),
    feed.map(({ at }) => at).toSorted((a, b) => (a < b ? 1 : -1)),
  );
  assert.equal(feed.find(({ kind }) => kind === 'trade_opened')!.userId, customer.id);
  assert.equal((await support.call('GET', 'admin/activity?limit=2')).body.data.length, 2);
  assert.equal((await customer.call('GET', 'admin/activity')).status, 403);
});
