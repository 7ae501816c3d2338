import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { endSignals } from '../queries/end-signals.ts';
import { NOW, type TestStaff, testStaff } from './test-staff.ts';

let it: TestStaff;
before(async () => {
  it = await testStaff();
});
after(() => it?.[Symbol.asyncDispose]());

const LONG = {
  ...{ ticker: 'aaa', signalType: 'bullish', finalScore: 86, entryPrice: 102, stopLoss: 97, takeProfit: 112 },
  explanation: 'Breakout',
};
const triggers = async () =>
  (await it.market.db.sql<{ n: number }>('select count(*)::int as n from public.signal_alert_triggers'))[0]!.n;

test('staff are told their role and rights, everybody else is refused', async () => {
  const analyst = await it.person('analyst');
  const me = await analyst.call('GET', 'admin/me');
  assert.deepEqual(
    [me.status, me.body.data],
    [
      200,
      {
        id: analyst.id,
        role: 'analyst',
        permissions: { user: ['read'], signal: ['create', 'read', 'update'], system: ['read'] },
      },
    ],
  );
  const claimant = await it.person(undefined, { user_role: 'admin', app_metadata: { role: 'super_admin' } });
  assert.equal((await claimant.call('GET', 'admin/me')).status, 403);
});

test('levels that do not fit the direction are refused field by field, and the ratio is worked out', async () => {
  const admin = await it.person('admin');
  const bad = await admin.call('POST', 'admin/signals', { ...LONG, stopLoss: 103, takeProfit: 101 });
  assert.equal(bad.status, 400);
  assert.deepEqual(
    bad.body.error.details.map(({ field }: { field: string }) => field),
    ['stopLoss', 'takeProfit'],
  );
  const short = { ...LONG, ticker: 'BBB', signalType: 'bearish', finalScore: 30, draft: true };
  assert.equal((await admin.call('POST', 'admin/signals', short)).status, 400, 'long levels, short direction');
  const made = await admin.call('POST', 'admin/signals', { ...short, entryPrice: 50, stopLoss: 53, takeProfit: 43 });
  assert.deepEqual([made.status, made.body.data.riskRewardRatio, made.body.data.status], [201, 2.33, 'pending']);
  assert.equal((await admin.call('POST', 'admin/signals', { ...LONG, ticker: 'NONE' })).status, 400);
  assert.equal((await admin.call('DELETE', `admin/signals/${made.body.data.id}`)).body.data.status, 'rejected');
});

test('what an analyst makes is nowhere to be seen and alerts nobody until an admin lets it out', async () => {
  const [analyst, admin, customer] = [await it.person('analyst'), await it.person('admin'), await it.person()];
  const made = await analyst.call('POST', 'admin/signals', LONG);
  assert.deepEqual([made.status, made.body.data.status, made.body.data.approval], [201, 'pending', 'pending']);
  const { id } = made.body.data;
  assert.equal((await customer.call('GET', 'signals?limit=100')).body.meta.total, 0);
  assert.equal(await triggers(), 0);
  assert.deepEqual(it.jobs, []);
  assert.equal((await analyst.call('POST', `admin/signals/${id}/approve`)).status, 403);
  const better = await analyst.call('PUT', `admin/signals/${id}`, { takeProfit: 114 });
  assert.deepEqual([better.status, better.body.data.takeProfit, better.body.data.riskRewardRatio], [200, 114, 2.4]);
  const out = await admin.call('POST', `admin/signals/${id}/approve`, { note: 'good' });
  assert.deepEqual(
    [out.status, out.body.data.status, out.body.data.currentPrice, out.body.data.approvedBy.id],
    [200, 'active', 102, admin.id],
  );
  assert.deepEqual(
    out.body.data.auditTrail.map((entry: Record<string, unknown>) => [entry['action'], entry['from'], entry['to']]),
    [
      ['create', null, 'pending'],
      ['update', 'pending', 'pending'],
      ['approve', 'pending', 'active'],
    ],
  );
  const seen = await customer.call('GET', 'signals?limit=100');
  assert.deepEqual([seen.body.data.length, seen.body.data[0].id], [1, id]);
  assert.equal(await triggers(), 1);
  assert.deepEqual(it.jobs, ['kurzora:send-alerts']);
  assert.equal((await admin.call('POST', `admin/signals/${id}/approve`)).status, 409, 'once');
  assert.equal((await analyst.call('PUT', `admin/signals/${id}`, { stopLoss: 90 })).status, 409, 'levels stay');
  assert.equal((await analyst.call('PUT', `admin/signals/${id}`, { notes: 'seen' })).body.data.notes, 'seen');
  assert.equal((await admin.call('POST', 'admin/signals', LONG)).status, 409, 'one active a stock and type');
  const list = await analyst.call('GET', 'admin/signals?approval=approved&ticker=aaa&status=active');
  assert.deepEqual(
    list.body.data.map((signal: { id: string }) => signal.id),
    [id],
  );
  assert.equal((await analyst.call('GET', 'admin/signals?approval=none')).body.meta.total, 0);
});

test('what the engine thinks of the stock does not end what a person made; time does', async () => {
  const admin = await it.person('admin');
  const idea = { ...LONG, ticker: 'BBB', entryPrice: 50, stopLoss: 40, takeProfit: 80 };
  const { id, expiresAt } = (await admin.call('POST', 'admin/signals', idea)).body.data;
  const { db, marketData } = it.market;
  const verdicts = [{ ticker: 'BBB', type: null, reason: 'gate' }];
  const end = (asOf: number) =>
    db.database.asService((session) => endSignals(session, marketData, { asOf, source: 'files', verdicts }));
  assert.deepEqual(await end(NOW + 1000), { closed: 0, expired: 0 });
  // The other manual one, of AAA, runs out with it.
  assert.deepEqual(await end(Date.parse(expiresAt) + 1), { closed: 0, expired: 2 });
  const [row] = await db.sql<{ status: string }>('select status from public.trading_signals where id = $1', [id]);
  assert.equal(row?.status, 'expired');
});

test('a signal ended by hand counts in the record, whatever it is called', async () => {
  const admin = await it.person('admin');
  for (const [method, path, status] of [
    ['POST', '/expire', 'expired'],
    ['DELETE', '', 'cancelled'],
  ] as const) {
    const { id } = (await admin.call('POST', 'admin/signals', LONG)).body.data;
    await it.market.db.sql('update public.trading_signals set current_price = 99 where id = $1', [id]);
    assert.equal((await admin.call(method, `admin/signals/${id}${path}`)).body.data.status, status);
    const [outcome] = await it.market.db.sql<Record<string, unknown>>(
      `select o.outcome_type, o.actual_return::float8 as gain, h.action from public.signal_outcomes o
       join public.signal_history h on h.signal_id = o.signal_id and h.action::text = $2 where o.signal_id = $1`,
      [id, status],
    );
    assert.deepEqual(outcome, { outcome_type: 'expired', gain: -2.9412, action: status });
    assert.equal((await admin.call(method, `admin/signals/${id}${path}`)).status, 404, 'once');
  }
});

test('the trail of a draft only grows, for the service too', async () => {
  const analyst = await it.person('analyst');
  const { id } = (await analyst.call('POST', 'admin/signals', LONG)).body.data;
  for (const change of [`'[]'`, `jsonb_set(audit_trail, '{0,by}', '"x"')`])
    await assert.rejects(
      it.market.db.database.asService((session) =>
        session.execute(`update public.admin_signals set audit_trail = ${change} where signal_id = $1`, [id]),
      ),
      { code: '42501' },
    );
});
