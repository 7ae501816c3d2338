/** What the product's own front end does (kurzora.md 14), in Chromium, with its version of the client, from an origin of its own. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { type FrontEnd, startFrontEnd } from '../kurzora/real-client/front-end.ts';
import { newEmail, PASSWORD, serviceOf, signedUp } from '../kurzora/real-client/people.ts';
import { findChromium } from './chromium.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('the real front end', { skip: findChromium().skip }, () => {
  let front: FrontEnd;
  const service = () => serviceOf(front.kurzora);
  before(async () => {
    front = await startFrontEnd();
  });
  after(() => front?.[Symbol.asyncDispose]());

  test('a visitor sees signals on the first page, with real scores of four timeframes and what indicators gave', async () => {
    const page = await front.open();
    assert.equal(await page.evaluate(() => app.auth.auth.initialised), 'in time');
    const { rows, shown } = await page.evaluate(async () => {
      const { data } = await app.signals.loadSignals();
      return { rows: data!, shown: data!.map(app.signals.shown) };
    });
    assert.ok(rows.length > 0 && rows.length <= 50);
    assert.ok(shown.every(({ invented }) => !invented));
    for (const row of rows) {
      for (const column of ['confidence_score', 'entry_price', 'stop_loss', 'take_profit', 'risk_reward_ratio'])
        assert.equal(typeof row[column], 'number', column);
      assert.ok(row.indicators.length >= 28);
      assert.match(String(row['created_at']), /^\d{4}-\d\d-\d\dT/);
    }
    const sectors = await page.evaluate(() => app.signals.sectors());
    assert.deepEqual([sectors.status, sectors.code], [200, null]);
    assert.ok(new Set(sectors.data!.map(({ sector }) => sector)).size > 5);
    const { ticker } = rows[0]!;
    const days = await page.evaluate((of) => app.signals.backtest(of, '2026-01-01', '2026-12-31'), ticker);
    assert.equal(days.status, 200);
    assert.ok(days.rows.length > 10 && days.rows.every(({ close_price }) => typeof close_price === 'number'));
  });

  test('nobody writes signals from the browser: a visitor is 401, a customer 403', async () => {
    const page = await front.open();
    const visitor = await page.evaluate(() => app.signals.signalsTest());
    assert.deepEqual([visitor.known.status, visitor.inserted.status, visitor.deleted.status], [200, 401, 401]);
    assert.deepEqual([visitor.inserted.code, visitor.deleted.code], ['42501', '42501']);
    await signedUp(front, page);
    const customer = await page.evaluate(() => app.signals.signalsTest());
    assert.deepEqual([customer.inserted.status, customer.deleted.status], [403, 403]);
    assert.equal(customer.counted, visitor.counted);
  });

  test('a sign-up goes on to the dashboard with seven days of trial; its faults are told by their codes', async () => {
    const { page, email } = await signedUp(front);
    assert.equal(await page.textContent('#plan'), 'starter trial 7');
    assert.ok(await page.evaluate(() => app.auth.auth.origins.every((origin) => origin === 'found')));
    const again = (address: string, password: string) =>
      page.evaluate(([a, b]) => app.auth.signUp(a!, b!, 'Eve'), [address, password]);
    assert.deepEqual((await again(email, PASSWORD)).error, { status: 422, code: 'user_already_exists' });
    assert.deepEqual((await again(newEmail(), 'short')).error, { status: 422, code: 'weak_password' });
    const wrong = await page.evaluate((address) => app.auth.signIn(address, 'not mine'), email);
    assert.deepEqual(wrong, { status: 400, code: 'invalid_credentials' });
    const renamed = await page.evaluate(() => app.auth.rename("Zoë O'Brien; --"));
    assert.deepEqual([renamed.error, renamed.profile.data!.name], [null, "Zoë O'Brien; --"]);
  });

  test('a trial that is over shows no day left, and one that never ends is no trial', async () => {
    const { page, id } = await signedUp(front);
    await service()
      .from('users')
      .update({ subscription_ends_at: inHours(-1) })
      .eq('id', id)
      .throwOnError();
    await page.reload();
    await page.waitForFunction(() => document.getElementById('plan')!.textContent === 'starter trial 0');
    await service()
      .from('users')
      .update({ subscription_ends_at: inHours(25) })
      .eq('id', id)
      .throwOnError();
    await page.reload();
    await page.waitForFunction(() => document.getElementById('plan')!.textContent === 'starter trial 2');
  });

  test('a profile that the server lacks is made by the page, without what it claims, and the account works again', async () => {
    const { page, id, email } = await signedUp(front);
    await service().from('users').delete().eq('id', id).throwOnError();
    await page.reload();
    // Two callers look for it at once, as in the front end's context: one makes it, the other one's is a conflict.
    await page.waitForFunction(() => app.auth.auth.origins.includes('created'));
    assert.equal((await page.evaluate((user) => app.auth.createProfile(user), { id, email })).code, '23505');
    assert.equal(await page.textContent('#plan'), 'starter trial 7');
    const { status, data } = await page.evaluate(() => app.trades.execute('AAPL', 100, 10));
    assert.deepEqual([status, data.profit_loss], [201, 0]);
    const { data: account } = await service().from('user_portfolio').select('balance').eq('user_id', id).single();
    assert.deepEqual(account, { balance: 9_000 });
  });

  test('what the server owns stays when the page sends it, and the rest of the update holds', async () => {
    const { page, id } = await signedUp(front);
    const raised = await page.evaluate(() => app.auth.takePlan('professional'));
    assert.deepEqual([raised.status, raised.code], [200, null]);
    assert.equal(raised.data!.subscription_tier, 'starter');
    assert.equal(raised.data!.notification_settings['daily_alert_limit'], null);
    const settings = { minimum_score: 72, daily_alert_limit: 50, quiet_hours_start: '22:00', quiet_hours_end: '07:00' };
    const saved = await page.evaluate((given) => app.account.saveAlertSettings(given, '123456789'), settings);
    assert.equal(saved.status, 200);
    assert.deepEqual(saved.data!.notification_settings, settings);
    assert.equal(saved.data!['telegram_chat_id'], '123456789');
    const read = await page.evaluate(() => app.account.alertSettings());
    assert.deepEqual(read.data!.notification_settings, settings);
    assert.deepEqual([read.data!['daily_alerts_sent'], read.data!['last_alert_date']], [0, null]);
    const { data } = await service().from('users').select('telegram_verified_at').eq('id', id).single();
    assert.deepEqual(data, { telegram_verified_at: null }, 'a chat that is only claimed is not written to');
    const off = await page.evaluate(() => app.account.saveAlertSettings({ telegram_alerts_enabled: false }, null));
    assert.equal(off.data!['telegram_chat_id'], null);
  });

  test('a picture goes into one’s own folder and is shown; other folders and other kinds are refused', async () => {
    const { page } = await signedUp(front);
    const other = await signedUp(front);
    const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#0b5f73' } })
      .webp()
      .toBuffer();
    const upload = (bytes: Buffer, type: string, folder?: string) =>
      page.evaluate(([a, b, c]) => app.account.uploadAvatar(a, b, c), [[...bytes], type, folder] as const);
    const done = await upload(picture, 'image/webp');
    assert.equal(done.status, 200);
    await page.waitForFunction(() => (document.getElementById('avatar') as HTMLImageElement).naturalWidth === 40);
    assert.ok((await upload(picture, 'image/webp', other.id)).refused);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    assert.ok((await upload(svg, 'image/svg+xml')).refused);
    assert.ok((await upload(svg, 'image/png')).refused, 'what it is counts, not what it says it is');
    assert.ok((await upload(Buffer.concat([picture, Buffer.alloc(2_097_153)]), 'image/webp')).refused);
  });

  test('a password is changed after the old one was checked', async () => {
    const { page, email } = await signedUp(front);
    const change = (before: string, then: string) =>
      page.evaluate(([a, b]) => app.auth.changePassword(a!, b!), [before, then]);
    assert.deepEqual(await change('not mine', 'Secret-13'), { status: 400, code: 'invalid_credentials' });
    assert.deepEqual(await change(PASSWORD, 'Secret-13'), null);
    assert.equal(await page.evaluate(() => app.auth.signOut()), null);
    await page.waitForFunction(() => document.getElementById('state')!.textContent === 'signed out');
    const back = (password: string) => page.evaluate(([a, b]) => app.auth.signIn(a!, b!), [email, password]);
    assert.deepEqual(await back(PASSWORD), { status: 400, code: 'invalid_credentials' });
    assert.deepEqual(await back('Secret-13'), null);
  });

  test('right after the sign-up a plan is taken without a token; for others, other addresses and twice it is not', async () => {
    const { page } = await signedUp(front);
    const subscribe = (over: object = {}) => page.evaluate((given) => app.account.subscribe({ ...given }), over);
    const refusals: [over: object, status: number][] = [
      [{ userEmail: newEmail() }, 401],
      [{ userId: (await signedUp(front)).id }, 401],
      [{ planId: 'elite' }, 400],
      [{ planId: 'free' }, 400],
      [{ paymentMethodId: null }, 400],
    ];
    for (const [over, status] of refusals) {
      const { status: got, body } = await subscribe(over);
      assert.deepEqual([got, body.success, typeof body.error], [status, false, 'string'], JSON.stringify(over));
    }
    const { status, body } = await subscribe();
    assert.deepEqual([status, body.success, body.subscription.plan_id], [200, true, 'professional']);
    assert.deepEqual([body.subscription.status, body.subscription.billing_cycle], ['trialing', 'monthly']);
    await page.reload();
    await page.waitForFunction(() => document.getElementById('plan')!.textContent === 'professional trial 7');
    const twin = await signedUp(front);
    const second = await twin.page.evaluate(() => app.account.subscribe({ planId: 'starter', billingCycle: 'yearly' }));
    assert.equal(second.status, 200, 'a test card is everybody’s');
    assert.equal((await subscribe()).status, 401, 'once it runs, a token is asked for');
  });

  test('no page complained but about the refusals that were provoked', () => {
    const provoked = /the server responded with a status of (400|401|403|406|409|422)/;
    assert.deepEqual(
      front.complaints.filter((complaint) => !provoked.test(complaint)),
      [],
    );
  });
});
