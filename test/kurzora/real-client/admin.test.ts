/** The admin's pages of the real front end in Chromium, and the queries of hooks that no page imports any more. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findChromium } from '../../browser/chromium.ts';
import { type FrontEnd, startFrontEnd } from './front-end.ts';
import { newEmail, type Person, serviceOf, signedUp } from './people.ts';

describe('the admin of the real front end', { skip: findChromium().skip }, () => {
  let front: FrontEnd;
  let admin: Person;
  let customer: Person;
  before(async () => {
    front = await startFrontEnd();
    [admin, customer] = [await signedUp(front), await signedUp(front)];
    const service = serviceOf(front.kurzora);
    await service.from('admin_users').insert({ id: admin.id, admin_role: 'admin' }).throwOnError();
    await customer.page.evaluate(() => app.trades.execute('ACME', 100, 1));
  });
  after(() => front?.[Symbol.asyncDispose]());

  test('the dashboard counts everything for an admin, and only what is one’s own for a customer', async () => {
    const all = await admin.page.evaluate(() => app.admin.dashboard());
    assert.deepEqual([all.users.count, all.trades.count, all.open.count], [2, 1, 1]);
    assert.deepEqual([all.newUsers.data!.length, all.active.data!.length], [2, 2]);
    assert.equal(all.newest.data![0]!['user_id'], customer.id);
    assert.ok(all.signals.count! > 0 && all.newSignals.data!.length > 0);
    const own = await customer.page.evaluate(() => app.admin.dashboard());
    assert.deepEqual([own.users.count, own.trades.count, own.newUsers.data!.length], [1, 1, 1]);
    const nobody = await signedUp(front);
    const none = await nobody.page.evaluate(() => app.admin.listUsers());
    assert.deepEqual([none.users.data!.length, none.trades.data!.length], [1, 0]);
    for (const { first, counted } of await admin.page.evaluate(() => app.admin.settingsPage()))
      assert.deepEqual([first.status, first.data!.length, counted.count! > 0], [200, 1, true]);
  });

  test('an admin makes a test user and stays who he is; the user has the plan that was chosen', async () => {
    const email = newEmail();
    const made = await admin.page.evaluate((of) => app.admin.createUser(of, 'professional'), email);
    assert.deepEqual([made.session, made.inserted?.code, made.inserted?.status], [false, '23505', 409]);
    assert.equal(made.updated?.data?.subscription_tier, 'professional');
    assert.ok(Date.parse(made.updated!.data!.subscription_ends_at!) > Date.now() + 29 * 86_400_000);
    assert.equal(await admin.page.textContent('#user'), admin.email);
    assert.equal((await admin.page.evaluate(() => app.admin.dashboard())).users.status, 200);
    const page = await front.open();
    assert.equal(await page.evaluate((of) => app.auth.signIn(of, 'secret-78'), email), null);
    await page.waitForFunction(() => document.getElementById('plan')!.textContent === 'professional trial 30');
  });

  test('a customer who calls himself an admin’s work gets what every sign-up gets', async () => {
    const made = await customer.page.evaluate((of) => app.admin.createUser(of, 'professional'), newEmail());
    const service = serviceOf(front.kurzora);
    const { data } = await service.from('users').select('subscription_tier').eq('id', made.id).single();
    assert.deepEqual(data, { subscription_tier: 'starter' });
  });

  test('filters on embedded alert settings, lists, and counts without rows answer', async () => {
    const asked = await admin.page.evaluate(() => app.admin.deadHooks());
    assert.deepEqual([asked.people.status, asked.people.code], [200, null], JSON.stringify(asked.people));
    assert.ok(asked.people.data!.length >= 2);
    assert.deepEqual([asked.chats.status, asked.chats.data], [200, []]);
    assert.deepEqual(
      asked.counts.map(({ status, count }) => [status, count]),
      [
        [200, 0],
        [200, 0],
      ],
    );
    assert.deepEqual([asked.some.status, asked.some.data!.length <= 5], [200, true]);
  });
});
