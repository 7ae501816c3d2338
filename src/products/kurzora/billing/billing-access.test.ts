import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANON, SERVICE } from '#kernel/postgres/database.ts';
import { testDatabase } from '../../../../test/database.ts';
import { kurzora } from '../product.ts';
import { testCustomer } from '../test-customer.ts';

/** Rows that visitor, owner, another customer and the service see of what one customer has. */
const SEES: Record<string, readonly [number | 'refused', number | 'refused', number | 'refused', number]> = {
  subscription_plans: [2, 2, 2, 3],
  user_subscriptions: ['refused', 1, 0, 1],
  payment_methods: ['refused', 1, 0, 1],
  billing_invoices: ['refused', 1, 0, 1],
  stripe_events: ['refused', 'refused', 'refused', 1],
  billing_notices: ['refused', 'refused', 'refused', 1],
  rate_limits: ['refused', 'refused', 'refused', 1],
  user_api_keys: ['refused', 1, 0, 1],
  user_security: ['refused', 1, 0, 1],
  error_logs: ['refused', 0, 0, 1],
  admin_activity_log: ['refused', 0, 0, 1],
  user_management_audit: ['refused', 0, 0, 1],
  admin_signals: ['refused', 0, 0, 0],
};

test('of what one customer pays, keeps and had done to him, each sees what the matrix gives and writes nothing', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const [owner, other] = [await testCustomer(db), await testCustomer(db)];
  const fill = [
    `insert into public.user_subscriptions (user_id, plan_id, status, billing_cycle) select $1, id, 'active', 'monthly' from public.subscription_plans where slug = 'starter'`,
    `insert into public.payment_methods (user_id, stripe_payment_method_id, type) values ($1, 'pm_1', 'card')`,
    `insert into public.billing_invoices (user_id, stripe_invoice_id, status, amount_due, amount_paid, currency, issued_at) values ($1, 'in_1', 'paid', 1, 1, 'usd', now())`,
    `insert into public.stripe_events (id, type, customer_id, occurred_at, fact) values ('evt_1', 't', $1::uuid::text, now(), '{}')`,
    `insert into public.billing_notices (user_id, kind, key) values ($1, 'refunded', 'k')`,
    `insert into public.rate_limits (identifier, action) values ($1::uuid::text, 'login')`,
    `insert into public.user_api_keys (user_id, name, key_hash, key_prefix) values ($1, 'n', 'h', 'p')`,
    `insert into public.user_security (user_id, session_timeout_minutes) values ($1, 60)`,
    `insert into public.error_logs (message, user_id) values ('m', $1)`,
    `insert into public.admin_activity_log (admin_user_id, action_type) values ($1, 'a')`,
    `insert into public.user_management_audit (admin_user_id, target_user_id, action) values ($1, $1, 'a')`,
  ];
  for (const text of fill) await db.sql(text, [owner.id]);
  const outcome = (work: Promise<number>) =>
    work.catch((error: { code?: string }) => (error.code === '42501' ? 'refused' : `failed: ${error}`));
  for (const [table, expected] of Object.entries(SEES)) {
    const columns = table === 'user_api_keys' ? 'id, name, key_prefix' : '*';
    for (const [n, identity] of [ANON, owner.identity, other.identity, SERVICE].entries()) {
      const seen = await outcome(
        db.database.as(identity, async (s) => (await s.query(`select ${columns} from public.${table}`)).length),
      );
      assert.equal(seen, expected[n], `${n}: ${identity.role} reads ${table}`);
      if (identity === SERVICE) continue;
      const write = db.database.as(identity, (s) => s.execute(`delete from public.${table}`));
      assert.equal(await outcome(write), 'refused', `${identity.role} deletes from ${table}`);
    }
  }
  const hash = db.database.as(owner.identity, (s) => s.query('select key_hash from public.user_api_keys'));
  await assert.rejects(hash, { code: '42501' });
  const rpc = `select public.update_user_stripe_info($1, 'cus_1', 'professional', 'trialing') as done`;
  await assert.rejects(
    db.database.as(owner.identity, (s) => s.query(rpc, [owner.id])),
    { code: '42501' },
  );
  assert.deepEqual(await db.database.asService((s) => s.one(rpc, [owner.id])), { done: true });
  const [user] = await db.sql('select subscription_tier, subscription_status from public.users where id = $1', [
    owner.id,
  ]);
  assert.deepEqual(user, { subscription_tier: 'professional', subscription_status: 'trial' });
});
