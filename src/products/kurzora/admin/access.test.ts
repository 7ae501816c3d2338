import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANON, type Identity, SERVICE } from '#kernel/postgres/database.ts';
import { testDatabase } from '../../../../test/database.ts';
import { kurzora } from '../product.ts';
import { testCustomer } from '../test-customer.ts';

type Sees = number | 'refused';

/** Rows that a visitor, the owner, another customer, an admin, an analyst (staff, no admin) and the service see; the table has two. */
const SEES: Record<string, readonly [anon: Sees, owner: Sees, other: Sees, admin: Sees, analyst: Sees, service: Sees]> =
  {
    contact_submissions: ['refused', 0, 0, 2, 0, 2],
    newsletter_subscribers: ['refused', 0, 0, 2, 0, 2],
    testimonials: [1, 1, 1, 1, 1, 2],
    user_legal_consents: ['refused', 1, 0, 0, 0, 2],
    user_interactions: ['refused', 1, 0, 2, 0, 2],
    api_usage_log: ['refused', 0, 0, 2, 0, 2],
    content_translations: [2, 2, 2, 2, 2, 2],
    stock_translations: [2, 2, 2, 2, 2, 2],
    shariah_screening_history: [2, 2, 2, 2, 2, 2],
    shariah_advisory_decisions: [2, 2, 2, 2, 2, 2],
    user_islamic_preferences: ['refused', 1, 0, 0, 0, 2],
    income_purification_log: ['refused', 1, 0, 0, 0, 2],
    admin_signals: ['refused', 0, 0, 2, 0, 2],
    error_logs: ['refused', 0, 0, 2, 0, 2],
    dashboard_metrics: ['refused', 1, 1, 1, 1, 0],
  };

const FILL = [
  `insert into public.active_stocks (ticker, source) values ('AAA', 'files'), ('BBB', 'files')`,
  `insert into public.contact_submissions (name, email, subject, message) select 'A', 'a@x', 's', 'm' from generate_series(1, 2)`,
  `insert into public.newsletter_subscribers (email) values ('a@x'), ('b@x')`,
  `insert into public.testimonials (author, text, published) values ('A', 't', true), ('B', 't', false)`,
  `insert into public.user_legal_consents (session_id, consent_type, accepted, user_id) values ('s', 'risk', true, $1), ('t', 'risk', true, null)`,
  `insert into public.user_interactions (user_id, interaction_type) values ($1, 'view'), ($2, 'view')`,
  `insert into public.api_usage_log (endpoint, method, status_code, response_time_ms) values ('/a', 'GET', 200, 1), ('/b', 'GET', 200, 1)`,
  `insert into public.content_translations (content_key, language, text) values ('k', 'en', 't'), ('k', 'de', 't')`,
  `insert into public.stock_translations (ticker, language) values ('AAA', 'de'), ('AAA', 'ar')`,
  `insert into public.shariah_screening_history (ticker, shariah_status, facts, ratios, source)
   values ('AAA', 'pending', '{}', '{}', 's'), ('BBB', 'pending', '{}', '{}', 's')`,
  `insert into public.shariah_advisory_decisions (ticker, decision, board, reasoning)
   values ('AAA', 'review_required', 'b', 'r'), ('BBB', 'review_required', 'b', 'r')`,
  `insert into public.user_islamic_preferences (user_id) values ($1), ($2)`,
  `with t as (insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, 'AAA', 1, 1), ($2, 'AAA', 1, 1)
     returning id, user_id)
   insert into public.income_purification_log (user_id, trade_id, ticker, profit, percentage, amount)
   select user_id, id, 'AAA', 1, 1, 0.01 from t`,
  `insert into public.admin_signals (ticker, signal_type, final_score, entry_price, stop_loss, take_profit, risk_reward_ratio)
   select 'AAA', 'bullish', 80, 100, 95, 110, 2 from generate_series(1, 2)`,
  `insert into public.error_logs (message) values ('a'), ('b')`,
];

test('of drafts, logs, letters and the Shariah screen each sees what the matrix gives, and writes nothing else', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const [owner, second, other, admin, analyst] = await Promise.all(Array.from({ length: 5 }, () => testCustomer(db)));
  await db.sql(`insert into public.admin_users (id, admin_role) values ($1, 'admin'), ($2, 'analyst')`, [
    admin!.id,
    analyst!.id,
  ]);
  for (const text of FILL)
    await db.sql(text, text.includes('$2') ? [owner!.id, second!.id] : text.includes('$1') ? [owner!.id] : []);
  const roles: [string, Identity][] = [
    ['anon', ANON],
    ['owner', owner!.identity],
    ['other', other!.identity],
    ['admin', admin!.identity],
    ['analyst', analyst!.identity],
    ['service', SERVICE],
  ];
  const attempt = (identity: Identity, text: string) =>
    db.database
      .as(identity, (session) => session.query(text))
      .then(
        (rows) => rows.length,
        (error: { code?: string; message: string }) => (error.code === '42501' ? 'refused' : error.message),
      );
  for (const [table, expected] of Object.entries(SEES)) {
    for (const [at, [name, identity]] of roles.entries())
      assert.equal(await attempt(identity, `select * from public.${table}`), expected[at], `${name} reads ${table}`);
    if (table === 'dashboard_metrics') continue;
    const own = table === 'user_islamic_preferences';
    for (const [name, identity] of roles.slice(0, 5)) {
      if (own && name !== 'anon') continue;
      for (const text of [`delete from public.${table}`, `truncate public.${table} cascade`])
        assert.equal(await attempt(identity, text), 'refused', `${name}: ${text}`);
      if (table !== 'user_interactions' || name === 'anon')
        assert.equal(
          await attempt(identity, `insert into public.${table} default values`),
          'refused',
          `${name} adds to ${table}`,
        );
    }
  }
  for (const table of ['shariah_screening_history', 'shariah_advisory_decisions'])
    for (const text of [`update public.${table} set ticker = ticker`, `delete from public.${table}`])
      assert.equal(await attempt(SERVICE, text), 'refused', `service: ${text}`);
  const view = (id: string) =>
    `insert into public.user_interactions (user_id, interaction_type) values ('${id}', 'view')`;
  assert.equal(await attempt(other!.identity, view(other!.id)), 0);
  assert.equal(await attempt(other!.identity, view(owner!.id)), 'refused', 'nobody acts for another');
  const wish = `insert into public.user_islamic_preferences (user_id) values ('${analyst!.id}')`;
  assert.equal(await attempt(other!.identity, wish), 'refused');
  for (const name of ["setting('gate')", 'is_staff()', 'job_health()'])
    assert.equal(await attempt(other!.identity, `select kurzora.${name}`), 'refused', name);
});
