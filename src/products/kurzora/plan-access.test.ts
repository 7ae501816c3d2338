/** What a plan may see is decided by the database: role and plan by signal, and what must not appear. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { kurzora } from './product.ts';
import { type TestCustomer, testCustomer } from './test-customer.ts';

const AGO = (days: number) => new Date(Date.now() - days * 86_400_000);
const YESTERDAY = AGO(-1);

/** One scan: its signals are stored in one statement, T1 best. */
async function scan(db: TestDatabase, tickers: readonly string[], days = 0): Promise<void> {
  await db.sql(
    `insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price,
       entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score, created_at)
     select ticker, 'bullish', 90 - n, 90 - n, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', 'simulated', $2, $2, 90 - n, $2
     from unnest($1::text[]) with ordinality as t(ticker, n)`,
    [tickers, AGO(days)],
  );
}

const seen = async (db: TestDatabase, identity: Identity): Promise<string[]> => {
  const rows = await db.database.as(identity, (session) =>
    session.query<{ ticker: string }>('select ticker from public.trading_signals order by ticker'),
  );
  return rows.map(({ ticker }) => ticker);
};

const starter = (db: TestDatabase): Promise<TestCustomer> => testCustomer(db, { subscription_status: 'expired' });

test('a starter sees the three best of the day’s first scan, and no fourth when more appear or scores move', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { identity } = await starter(db);
  await scan(db, ['T1', 'T2', 'T3', 'T4']);
  await scan(db, ['A1', 'A2']);
  assert.deepEqual(await seen(db, identity), ['T1', 'T2', 'T3']);
  await db.sql(`update public.trading_signals set final_score = 99, confidence_score = 99 where ticker = 'T4'`);
  await db.sql(`update public.trading_signals set status = 'expired' where ticker = 'T1'`);
  assert.deepEqual(await seen(db, identity), ['T1', 'T2', 'T3'], 'history of a pick stays in view');
});

test('a starter’s day is filled up by later scans, and his history is seven days', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { identity } = await starter(db);
  await scan(db, ['OLD'], 8);
  await scan(db, ['WEEK'], 6);
  await scan(db, ['T1', 'T2']);
  await scan(db, ['U1', 'U2']);
  assert.deepEqual(await seen(db, identity), ['T1', 'T2', 'U1', 'WEEK']);
});

test('a starter sees every signal of what he holds, while he holds it', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { id, identity } = await starter(db);
  await scan(db, ['T1', 'T2', 'T3', 'T4', 'T5']);
  const insert = 'insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, $2, 1, 100)';
  await db.database.as(identity, (session) => session.execute(insert, [id, 'T5']));
  assert.deepEqual(await seen(db, identity), ['T1', 'T2', 'T3', 'T5']);
  assert.deepEqual(await seen(db, (await starter(db)).identity), ['T1', 'T2', 'T3'], 'another’s trade shows nothing');
  await db.database.as(identity, (session) =>
    session.execute('update public.paper_trades set is_open = false, exit_price = 101'),
  );
  assert.deepEqual(await seen(db, identity), ['T1', 'T2', 'T3']);
});

const ALL = 4;
const PLANS: [columns: Record<string, unknown>, sees: number][] = [
  [{}, ALL],
  [{ subscription_ends_at: AGO(1) }, 3],
  [{ subscription_status: 'active' }, 3],
  [{ subscription_status: 'active', subscription_tier: 'professional' }, ALL],
  [{ subscription_status: 'active', subscription_tier: 'elite' }, ALL],
  [{ subscription_status: 'cancelled', subscription_tier: 'professional', subscription_ends_at: YESTERDAY }, ALL],
  [{ subscription_status: 'cancelled', subscription_tier: 'professional', subscription_ends_at: AGO(1) }, 3],
  [{ subscription_status: 'expired', subscription_tier: 'professional' }, 3],
];

test('each plan sees what it includes, and indicators and history follow', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await scan(db, ['T1', 'T2', 'T3', 'T4']);
  await db.sql(
    `insert into public.signal_history (signal_id, action) select id, 'generated' from public.trading_signals`,
  );
  for (const [columns, sees] of PLANS) {
    const { identity } = await testCustomer(db, columns);
    const counts = await db.database.as(identity, (session) =>
      session.one(`select (select count(*)::int from public.trading_signals) as signals,
                          (select count(*)::int from public.signal_history) as history`),
    );
    assert.deepEqual(counts, { signals: sees, history: sees }, JSON.stringify(columns));
  }
});

test('an admin sees every signal whatever his plan', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { id, identity } = await starter(db);
  await scan(db, ['T1', 'T2', 'T3', 'T4']);
  await db.sql(`insert into public.admin_users (id, admin_role) values ($1, 'admin')`, [id]);
  assert.equal((await seen(db, identity)).length, ALL);
});

test('visitors see none, all, or what is some hours old, as the switch says', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await scan(db, ['OLD'], 0.5);
  await scan(db, ['NEW']);
  const anon: Identity = { role: 'anon', claims: { role: 'anon' } };
  const cases: [value: string, tickers: string[]][] = [
    ['true', ['NEW', 'OLD']],
    ['false', []],
    ['4', ['OLD']],
    ['13', []],
  ];
  for (const [value, tickers] of cases) {
    await db.sql(`update public.system_config set value = $1 where key = 'public_signals'`, [value]);
    assert.deepEqual(await seen(db, anon), tickers, value);
  }
});

test('bookmarks are one’s own, and only of signals one sees', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  await scan(db, ['T1', 'T2', 'T3', 'T4']);
  const [one, two] = [await starter(db), await starter(db)];
  const keep = ({ id, identity }: TestCustomer, ticker: string, user = id) =>
    db.database.as(identity, async (session) => {
      const [signal] = await db.sql<{ id: string }>('select id from public.trading_signals where ticker = $1', [
        ticker,
      ]);
      await session.execute('insert into public.signal_bookmarks (user_id, signal_id) values ($1, $2)', [
        user,
        signal!.id,
      ]);
    });
  await keep(one, 'T1');
  await assert.rejects(keep(one, 'T4'), { code: '42501' }, 'beyond the plan');
  await assert.rejects(keep(one, 'T2', two.id), { code: '42501' }, 'for another');
  const count = 'select count(*)::int as count from public.signal_bookmarks';
  assert.deepEqual(await db.database.as(one.identity, (session) => session.one(count)), { count: 1 });
  assert.deepEqual(await db.database.as(two.identity, (session) => session.one(count)), { count: 0 });
  await assert.rejects(
    db.database.asAnon((session) => session.one(count)),
    { code: '42501' },
  );
});

test('what the server sets of trades and accounts stays, and nobody else resets an account', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { id, identity } = await testCustomer(db);
  const before = AGO(30);
  const row = await db.database.as(identity, (session) =>
    session.one<{ id: string; before_reset: boolean; levels_as_of: Date }>(
      `insert into public.paper_trades (user_id, ticker, quantity, entry_price, before_reset, levels_as_of)
       values ($1, 'AAA', 1, 100, true, $2) returning *`,
      [id, before],
    ),
  );
  assert.deepEqual([row.before_reset, row.levels_as_of > AGO(1)], [false, true]);
  const [after] = await db.database.as(identity, (session) =>
    session.query('update public.paper_trades set before_reset = true, levels_as_of = $1 returning *', [before]),
  );
  assert.deepEqual([after?.['before_reset'], after?.['levels_as_of']], [false, row.levels_as_of]);
  await assert.rejects(
    db.database.as(identity, (session) => session.one('select kurzora.reset_portfolio($1, now())', [id])),
    { code: '42501' },
  );
  for (const change of ['update public.user_portfolio set balance = 1e6', 'delete from public.portfolio_snapshots'])
    await assert.rejects(
      db.database.as(identity, (session) => session.execute(change)),
      { code: '42501' },
      change,
    );
});
