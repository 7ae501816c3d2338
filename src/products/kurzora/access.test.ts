import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCatalogue } from '#kernel/postgres/catalogue.ts';
import { ANON, type Identity, SERVICE } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { kurzora } from './product.ts';
import { testCustomer } from './test-customer.ts';

const USER: Identity = {
  role: 'authenticated',
  claims: { role: 'authenticated', sub: '00000000-0000-4000-8000-000000000001' },
};
const ROLES = { anon: ANON, authenticated: USER, service_role: SERVICE };
const TABLES = [
  'trading_signals',
  'indicators',
  'signal_history',
  'signal_outcomes',
  'signal_scans',
  'system_config',
  'system_alerts',
];

/** Rows each role sees, of one signal in every status with one row beside each, and one scan. */
const SEES: Record<string, Record<keyof typeof ROLES, number | 'refused'>> = {
  // Somebody without a plan sees what a starter sees: the day's picks, of which the active one is the only one here.
  trading_signals: { anon: 2, authenticated: 1, service_role: 6 },
  indicators: { anon: 2, authenticated: 1, service_role: 6 },
  signal_history: { anon: 2, authenticated: 1, service_role: 6 },
  signal_outcomes: { anon: 'refused', authenticated: 6, service_role: 6 },
  signal_scans: { anon: 1, authenticated: 1, service_role: 1 },
  // public_signals, active_phase, platform_status, maintenance_message; the engine's own settings are nobody's business.
  system_config: { anon: 4, authenticated: 4, service_role: 21 },
  system_alerts: { anon: 'refused', authenticated: 'refused', service_role: 1 },
};

async function filled(): Promise<TestDatabase> {
  const db = await testDatabase({ migrations: kurzora.migrations });
  await db.sql(`
    with s as (
      insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price,
        entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score, status)
      select 'T' || n, 'bullish', 80, 80, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', 'files', now(), now(), 80, status
      from unnest(enum_range(null::public.signal_status)) with ordinality as u(status, n) returning id, ticker
    ), i as (
      insert into public.indicators (signal_id, indicator_name, timeframe, score_contribution, scoring_version)
      select id, 'RSI', '1D', 5, 'test' from s
    ), h as (
      insert into public.signal_history (signal_id, action) select id, 'generated' from s
    )
    insert into public.signal_outcomes (signal_id, ticker, original_score, entry_price) select id, ticker, 80, 100 from s`);
  await db.sql(`insert into public.signal_scans (as_of, engine, source, phase, timeframe, live, scanned, signals, inserted,
    updated, expired, skipped, seconds) values (now(), 'test', 'files', 1, '4TF', true, 1, 1, 1, 0, 0, '{}', 1)`);
  await db.sql(`insert into public.system_alerts (type, error) values ('signal_generation_error', 'test')`);
  return db;
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'allowed';
  } catch (error) {
    return (error as { code?: string }).code === '42501' ? 'refused' : `failed: ${error}`;
  }
}

test('each role sees exactly the rows the matrix gives it', async () => {
  await using db = await filled();
  for (const table of TABLES)
    for (const [role, identity] of Object.entries(ROLES)) {
      const seen = await db.database
        .as(identity, (session) => session.query(`select * from public.${table}`))
        .then(
          (rows) => rows.length,
          (error: { code?: string }) => (error.code === '42501' ? 'refused' : `failed: ${error}`),
        );
      assert.equal(seen, SEES[table]![role as keyof typeof ROLES], `${role} reads ${table}`);
    }
});

test('anon sees open signals only, with nothing of the others', async () => {
  await using db = await filled();
  const seen = await db.database.asAnon((session) =>
    session.query(`select s.status, i.signal_id = s.id as own from public.trading_signals s
                   full join public.indicators i on i.signal_id = s.id`),
  );
  assert.deepEqual(
    seen.sort((a, b) => String(a['status']).localeCompare(String(b['status']))),
    [
      { status: 'active', own: true },
      { status: 'triggered', own: true },
    ],
  );
});

test('with public_signals off anon sees no signal, and members see them still', async () => {
  await using db = await filled();
  const { identity } = await testCustomer(db);
  await db.sql(`update public.system_config set value = 'false' where key = 'public_signals'`);
  for (const table of ['trading_signals', 'indicators', 'signal_history']) {
    const query = `select count(*)::int as count from public.${table}`;
    assert.deepEqual(await db.database.asAnon((session) => session.one(query)), { count: 0 }, table);
    assert.deepEqual(await db.database.as(identity, (session) => session.one(query)), { count: 6 }, table);
  }
});

test('only the service writes: everyone else is refused, not just left without a row', async () => {
  await using db = await filled();
  const writes = (table: string) => [
    `insert into public.${table} select * from public.${table} limit 0`,
    `update public.${table} set ${table === 'system_config' ? "value = '1'" : 'id = id'}`,
    `delete from public.${table}`,
    `truncate public.${table} cascade`,
  ];
  for (const table of TABLES)
    for (const text of writes(table)) {
      for (const identity of [ANON, USER])
        assert.equal(
          await outcome(db.database.as(identity, (session) => session.execute(text))),
          'refused',
          `${identity.role}: ${text}`,
        );
    }
  for (const table of TABLES)
    for (const text of writes(table).slice(0, 2))
      assert.equal(await outcome(db.database.asService((session) => session.execute(text))), 'allowed', text);
});

// The record (0007): three tables that not even the service changes.
test('the record is added to by the service alone, read by everyone as figures, and changed by nobody', async () => {
  await using db = await filled();
  const count = (table: string) => `select count(*)::int as count from public.${table}`;
  for (const table of ['score_ledger', 'score_outcomes', 'score_evaluations']) {
    const open = table === 'score_evaluations';
    for (const identity of [ANON, USER])
      assert.equal(
        await outcome(db.database.as(identity, (session) => session.query(count(table)))),
        open ? 'allowed' : 'refused',
        `${identity.role} reads ${table}`,
      );
    const add = `insert into public.${table} select * from public.${table} limit 0`;
    assert.equal(await outcome(db.database.asService((session) => session.execute(add))), 'allowed', add);
    for (const identity of [ANON, USER])
      assert.equal(await outcome(db.database.as(identity, (session) => session.execute(add))), 'refused', add);
    for (const text of [`delete from public.${table}`, `truncate public.${table} cascade`]) {
      for (const identity of [ANON, USER, SERVICE])
        assert.equal(
          await outcome(db.database.as(identity, (session) => session.execute(text))),
          'refused',
          `${identity.role}: ${text}`,
        );
      assert.equal(await outcome(db.sql(text)), 'refused', `owner: ${text}`);
    }
  }
});

test('the schema refuses numbers that do not fit together', async () => {
  await using db = await filled();
  const set = (change: string) =>
    db.sql(`update public.trading_signals set ${change} where ticker = 'T1'`).then(
      () => 'taken',
      (error: { constraint?: string }) => error.constraint,
    );
  assert.equal(await set('risk_reward_ratio = 2'), 'ratio_matches_levels');
  assert.equal(await set('stop_loss = 94'), 'ratio_matches_levels');
  assert.equal(await set('take_profit = 87.5'), 'levels_on_both_sides');
  assert.equal(await set('final_score = 81'), 'scores_agree');
  assert.match(String(await set('final_score = 101, confidence_score = 101')), /score_check/);
  assert.equal(await set('explanation = null'), 'taken');
  const twin = `insert into public.trading_signals select (jsonb_populate_record(s, '{"id": "00000000-0000-4000-8000-000000000009"}')).*
                from public.trading_signals s where ticker = 'T1'`;
  await assert.rejects(db.sql(twin), { constraint: 'trading_signals_one_active' });
});

test('every table of the product’s schemas has row level security, forced, and a policy', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const { schemas, rlsExceptions } = kurzora;
  const report = await checkCatalogue({ owner: db.owner, schemas, exceptions: rlsExceptions });
  assert.deepEqual(report.faults, []);
  assert.ok(report.tables >= 8, `only ${report.tables} tables were looked at`);
});
