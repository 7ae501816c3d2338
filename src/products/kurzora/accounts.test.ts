import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { ANON, type Identity } from '#kernel/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { kurzora } from './product.ts';

const as = (id: string): Identity => ({
  role: 'authenticated',
  claims: { role: 'authenticated', sub: id, email: `${id}@example.com` },
});

/** Makes the account as auth does, as the owner of schema auth. */
async function signedUp(db: TestDatabase, data: Record<string, unknown> = {}): Promise<string> {
  const id = randomUUID();
  await db.services.as({ role: 'supabase_auth_admin', claims: {} }, (session) =>
    session.query(
      `insert into auth.users (id, email, raw_user_meta_data, aud, role, created_at, updated_at)
       values ($1, $2, $3, 'authenticated', 'authenticated', now(), now())`,
      [id, `${id}@example.com`, data],
    ),
  );
  return id;
}

test('whoever signs up has profile, preferences, portfolio and watchlist, whatever the metadata claims', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const id = await signedUp(db, { name: 'Ada', subscription_tier: 'elite', role: 'admin' });
  const [user] = await db.database.as(as(id), (s) => s.query('select * from public.users'));
  assert.deepEqual(
    [user?.['name'], user?.['role'], user?.['subscription_tier'], user?.['subscription_status']],
    ['Ada', 'user', 'starter', 'trial'],
  );
  assert.ok((user!['subscription_ends_at'] as Date).getTime() > Date.now());
  const counts = await db.database.as(as(id), (s) =>
    s.one(`select (select count(*) from public.user_preferences) as preferences,
      (select balance from public.user_portfolio) as balance, (select name from public.user_watchlists where is_default) as list`),
  );
  assert.deepEqual(counts, { preferences: 1, balance: '10000.00', list: 'My Watchlist' });
});

test('a user cannot raise himself: the columns stay, the rest of the update holds, and it is written down', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const id = await signedUp(db);
  const [after] = await db.database.as(as(id), (s) =>
    s.query(
      `update public.users set name = 'New', subscription_tier = 'elite', role = 'super_admin', is_active = false,
       current_balance = 1e6, email = 'other@example.com' where id = $1 returning *`,
      [id],
    ),
  );
  assert.deepEqual(
    ['name', 'subscription_tier', 'role', 'is_active', 'current_balance', 'email'].map((column) => after?.[column]),
    ['New', 'starter', 'user', true, '10000.00', `${id}@example.com`],
  );
  const [event] = await db.sql('select event_type, user_id from public.security_events');
  assert.deepEqual(event, { event_type: 'server_owned_columns', user_id: id });
});

test('an admin by table changes tiers; a claim makes nobody an admin', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const [boss, customer] = [await signedUp(db), await signedUp(db)];
  const raise = (identity: Identity) =>
    db.database.as(identity, (s) =>
      s.query(`update public.users set subscription_tier = 'professional' where id = $1 returning subscription_tier`, [
        customer,
      ]),
    );
  const claimed = { ...as(boss), claims: { ...as(boss).claims, is_admin: true, user_role: 'super_admin' } };
  assert.deepEqual(await raise(claimed), []);
  await db.sql("insert into public.admin_users (id, admin_role) values ($1, 'admin')", [boss]);
  assert.deepEqual(await raise(as(boss)), [{ subscription_tier: 'professional' }]);
});

test('nobody sees or trades for another, and visitors see nothing', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const [one, two] = [await signedUp(db), await signedUp(db)];
  const trade = (identity: Identity, user: string) =>
    db.database.as(identity, (s) =>
      s.query(`insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, 'AAPL', 10, 100)`, [
        user,
      ]),
    );
  await trade(as(one), one);
  await assert.rejects(trade(as(one), two), { code: '42501' });
  const seen = (identity: Identity, table: string) =>
    db.database.as(identity, (s) => s.query(`select * from public.${table}`));
  for (const table of ['users', 'paper_trades', 'user_portfolio', 'user_watchlists', 'user_preferences']) {
    const rows = await seen(as(two), table);
    assert.ok(
      rows.every((row) => (row['user_id'] ?? row['id']) === two),
      table,
    );
    await assert.rejects(seen(ANON, table), { code: '42501' });
  }
});

test('the example of the specification: money follows from prices, whatever the client works out', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const id = await signedUp(db);
  const add = (columns: string, values: string) =>
    db.database.as(as(id), (s) =>
      s.one(
        `insert into public.paper_trades (user_id, ticker, ${columns}) values ('${id}', 'T', ${values}) returning *`,
      ),
    );
  const close = (trade: Record<string, unknown>, exit: number) =>
    db.database.as(as(id), (s) =>
      s.query(
        `update public.paper_trades set is_open = false, exit_price = $2, profit_loss = 999999, quantity = 1 where id = $1 returning *`,
        [trade['id'] as string, exit],
      ),
    );
  await add('quantity, entry_price, current_price', '10, 100, 110');
  const [won] = await close(await add('quantity, entry_price', '20, 50'), 60);
  assert.deepEqual(
    [won?.['profit_loss'], won?.['profit_loss_percentage'], won?.['quantity']],
    ['200.00', '20.0000', 20],
  );
  await close(await add('quantity, entry_price', '10, 50'), 45);
  await close(await add('quantity, entry_price', '10, 50'), 50);
  assert.deepEqual(await close(won!, 90), [], 'a closed trade is history');
  const [{ balance }] = await db.sql<{ balance: string }>('select balance from public.user_portfolio');
  assert.equal(balance, '9150.00');
});

test('sums always balance: cash is the start, plus what was realised, less what open trades cost', async () => {
  await using db = await testDatabase({ migrations: kurzora.migrations });
  const cents = fc.integer({ min: 1, max: 2_000_000 }).map((n) => n / 100);
  const orders = fc.array(
    fc.record({ quantity: fc.integer({ min: 1, max: 500 }), entry: cents, exit: fc.option(cents) }),
    {
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(orders, async (list) => {
      const id = await signedUp(db);
      let expected = 1_000_000;
      for (const { quantity, entry, exit } of list) {
        await db.database.as(as(id), async (s) => {
          const { id: trade } = await s.one<{ id: string }>(
            'insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, $2, $3, $4) returning id',
            [id, 'T', quantity, entry],
          );
          if (exit !== null)
            await s.execute('update public.paper_trades set is_open = false, exit_price = $2 where id = $1', [
              trade,
              exit,
            ]);
        });
        const [paid, got] = [Math.round(entry * 100), Math.round((exit ?? 0) * 100)];
        expected += exit === null ? -paid * quantity : (got - paid) * quantity;
      }
      const [{ balance }] = await db.sql<{ balance: string }>(
        'select balance from public.user_portfolio where user_id = $1',
        [id],
      );
      assert.equal(Math.round(Number(balance) * 100), expected);
    }),
    { numRuns: 15 },
  );
});
