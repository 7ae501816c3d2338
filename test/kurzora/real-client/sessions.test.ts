/** Sessions of the real front end in Chromium: kept, refreshed by two at once, ended everywhere; and its channels, across a restart. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { findChromium } from '../../browser/chromium.ts';
import { type FrontEnd, startFrontEnd } from './front-end.ts';
import { newEmail, PASSWORD, serviceOf, signedUp } from './people.ts';

describe('sessions and channels of the real front end', { skip: findChromium().skip }, () => {
  let front: FrontEnd;
  before(async () => {
    front = await startFrontEnd();
  });
  after(() => front?.[Symbol.asyncDispose]());

  const state = (page: Page, wanted: string) =>
    page.waitForFunction((text) => document.getElementById('state')!.textContent === text, wanted);
  const refreshToken = (page: Page) =>
    page.evaluate(async () => (await app.supabase.auth.getSession()).data.session?.refresh_token);
  /** What is kept says that the access token has run out, as after a quarter of an hour. */
  const runOut = (page: Page) =>
    page.evaluate(() => {
      const [key] = Object.keys(localStorage).filter((name) => name.endsWith('-auth-token'));
      const session = JSON.parse(localStorage.getItem(key!)!);
      localStorage.setItem(key!, JSON.stringify({ ...session, expires_at: 1 }));
    });

  test('a session outlives the page, and its token is refreshed when it has run out', async () => {
    const { page, email } = await signedUp(front);
    const before = await refreshToken(page);
    await runOut(page);
    await page.reload();
    await state(page, 'signed in');
    assert.equal(await page.textContent('#user'), email);
    assert.notEqual(await refreshToken(page), before);
  });

  test('two tabs that refresh at once both stay signed in, and so do two browsers with one token', async () => {
    const { page } = await signedUp(front);
    await runOut(page);
    const tab = await front.open(page.context());
    await Promise.all([page.reload(), tab.reload()]);
    await Promise.all([state(page, 'signed in'), state(tab, 'signed in')]);
    await runOut(page);
    const copy = await page.context().storageState();
    const others = await Promise.all([front.open({ storageState: copy }), front.open({ storageState: copy })]);
    await Promise.all(others.map((other) => state(other, 'signed in')));
    for (const one of others) assert.equal((await one.evaluate(() => app.trades.summaryRows())).status, 200);
    assert.equal(await refreshToken(others[0]!), await refreshToken(others[1]!), 'one family, one token that is good');
  });

  test('signing out ends every session of the account: other tabs at once, other browsers when they next ask', async () => {
    const { page, email } = await signedUp(front);
    const [elsewhere, asleep] = [await front.open(), await front.open()];
    for (const other of [elsewhere, asleep]) {
      assert.equal(await other.evaluate(([a, b]) => app.auth.signIn(a!, b!), [email, PASSWORD]), null);
      await state(other, 'signed in');
    }
    const tab = await front.open(page.context());
    await state(tab, 'signed in');
    assert.equal(await page.evaluate(() => app.auth.signOut()), null);
    await Promise.all([state(page, 'signed out'), state(tab, 'signed out')]);
    const asked = await elsewhere.evaluate(async () => (await app.supabase.auth.getUser()).error?.name);
    assert.equal(asked, 'AuthSessionMissingError');
    await state(elsewhere, 'signed out');
    await runOut(asleep);
    await asleep.reload();
    await state(asleep, 'signed out');
  });

  test('where addresses are confirmed first, a sign-up has no session and the first sign-in says why', async () => {
    const service = serviceOf(front.kurzora);
    // The server reads what others write into its settings every few seconds, and says what it goes by.
    const ask = async (value: boolean) => {
      await service.from('system_config').update({ value }).eq('key', 'require_email_verification').throwOnError();
      const settings = () => fetch(`${front.kurzora.url}/auth/v1/settings`).then((answer) => answer.json());
      while ((await settings()).mailer_autoconfirm === value) await delay(100);
    };
    await ask(true);
    try {
      const page = await front.open();
      const email = newEmail();
      const made = await page.evaluate(([a, b]) => app.auth.signUp(a!, b!, 'Ada'), [email, PASSWORD]);
      assert.deepEqual([made.error, made.session, typeof made.id], [null, false, 'string']);
      const refused = await page.evaluate(([a, b]) => app.auth.signIn(a!, b!), [email, PASSWORD]);
      assert.deepEqual(refused, { status: 400, code: 'email_not_confirmed' });
      const inbox = await fetch(`${front.kurzora.url}/inbox/messages?to=${encodeURIComponent(email)}`);
      const [link] = /https?:[^"\s<]*\/verify\?[^"\s<]*/.exec(JSON.stringify(await inbox.json())) ?? [];
      assert.ok(link, 'a link to confirm with lies in the inbox');
      await fetch(link.replaceAll('&amp;', '&').replaceAll('\\', ''), { redirect: 'manual' });
      assert.equal(await page.evaluate(([a, b]) => app.auth.signIn(a!, b!), [email, PASSWORD]), null);
      await state(page, 'signed in');
    } finally {
      await ask(false);
    }
  });

  test('a trade is executed, marked, closed and deleted; both channels say so, the sums are the server’s', async () => {
    const { page, id } = await signedUp(front);
    await page.evaluate(() => app.trades.listen());
    const subscribed = (count: number) =>
      page.waitForFunction((n) => app.trades.live.states.filter((it) => it.endsWith(' SUBSCRIBED')).length >= n, count);
    const events = (kind: string, count: number) =>
      page.waitForFunction(([k, n]) => app.trades.live.events.filter((it) => it.endsWith(k)).length >= n, [
        kind,
        count,
      ] as const);
    await subscribed(2);
    const { row, status, data } = await page.evaluate(() => app.trades.execute('ACME', 200, 10, 'Acme & Söhne'));
    assert.equal(status, 201);
    for (const [column, value] of Object.entries(row))
      if (typeof value === 'number') assert.ok(Math.abs((data[column] as number) - value) < 1e-4, column);
      else if (!column.endsWith('_at')) assert.deepEqual(data[column], value, column);
    await events('INSERT', 2);
    await page.waitForFunction(() => app.trades.live.held.join() === 'ACME');
    assert.equal((await page.evaluate((of) => app.trades.mark(of, 210.5), data.id)).status, 204);
    await events('UPDATE', 2);
    const [open] = (await page.evaluate(() => app.trades.openPositions())).data!;
    assert.deepEqual([open!.current_price, open!.profit_loss, open!.profit_loss_percentage], [210.5, 105, 5.25]);
    assert.deepEqual(await page.evaluate((of) => app.trades.line(of), open!), {
      company: 'Acme & Söhne',
      day: new Date().toISOString().slice(0, 10),
      daysHeld: 0,
    });
    assert.deepEqual(await page.evaluate(() => app.trades.tiles()), {
      totalPnl: 105,
      value: 10_105,
      cash: 8_000,
      winRate: 0,
    });
    await page.evaluate((of) => app.trades.close(of, 220, { profit: 1e9, percent: 1e9 }), data.id);
    await events('UPDATE', 4);
    await page.waitForFunction(() => app.trades.live.held.length === 0);
    const [closed] = (await page.evaluate(() => app.trades.history())).data!;
    assert.deepEqual([closed!.profit_loss, closed!.profit_loss_percentage, closed!.notes], [200, 10, row.notes]);
    assert.equal((await page.evaluate(() => app.trades.tiles())).winRate, 100);
    assert.equal((await page.evaluate(() => app.trades.firstTrades())).data!.length, 1);

    // This version of the client opens its socket again but joins no channel anew (disconnect() tears their timers down): what is
    // asked over HTTP goes on at once, and the channels with the next page.
    await front.kurzora.halt();
    await front.kurzora.resume();
    assert.equal((await page.evaluate(() => app.trades.history())).data!.length, 1);
    await page.reload();
    await state(page, 'signed in');
    await page.evaluate(() => app.trades.listen());
    await subscribed(2);
    const service = serviceOf(front.kurzora);
    await service.from('paper_trades').delete().eq('user_id', id).throwOnError();
    await events('DELETE', 2);
    assert.equal((await page.evaluate(() => app.trades.summaryRows())).data!.length, 0);
  });
});
