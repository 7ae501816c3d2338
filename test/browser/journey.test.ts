import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { findChromium, launchChromium } from './chromium.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const EMAIL = 'customer@example.com';
const PASSWORD = 'a long enough Password';

/** Writes down a scan as the service does: what a page reads of the market is then as good as new. */
async function storeScan({ url, serviceRoleKey }: RunningProject): Promise<void> {
  const now = new Date().toISOString();
  const scan = {
    ...{ as_of: now, finished_at: now, engine: 'test', source: 'simulated', phase: 1, timeframe: '4TF', live: true },
    ...{ scanned: 1, signals: 0, inserted: 0, updated: 0, expired: 0, skipped: {}, seconds: 0.1 },
  };
  const service = createClient(url, serviceRoleKey, { auth: { persistSession: false } });
  await service.from('signal_scans').insert(scan).throwOnError();
}

describe('the journey of a customer', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let pictures: string;
  let storage: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-journey-'));
    [project, browser] = await Promise.all([startProject(), launchChromium()]);
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
  });

  async function open(t: TestContext, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, baseURL: project.url, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(path);
    return page;
  }

  const shoot = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

  test('a visitor signs up, executes a signal, sees it move live, closes it, and finds it in the history', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await open(t, '/signals');
    await page.locator('.signal-row').first().waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign up' }).click();
    await shoot(page, 'sign-up');
    await page.getByLabel('Name').fill('Ada Customer');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('link', { name: 'Signals', exact: true }).click();
    await page.locator('.signal-row').first().click();
    const ticker = (await page.getByRole('heading', { level: 1 }).locator('.ltr').textContent()) ?? '';
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const { entryPrice } = (await (await page.request.get(`/api/v1/signals/${id}`)).json()).data;
    // Half the account in one stock: there is the cash for it, but a rule against it.
    await page.getByLabel('Shares').fill(String(Math.floor(5_000 / entryPrice)));
    await page.getByRole('button', { name: 'Execute with paper money' }).click();
    await page.getByText('at most 20% is allowed').waitFor();
    await page.getByLabel('Shares').fill('3');
    await shoot(page, 'signal-execute');
    await page.getByRole('button', { name: 'Execute with paper money' }).click();
    await page.getByText(`${ticker} is among your`).waitFor();
    await page.getByRole('status').getByRole('link', { name: 'Positions' }).click();
    const row = page.locator('.trades').first().locator('tbody tr');
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', new RegExp(`^${ticker}`));
    storage = await page.context().storageState();

    await t.test(
      'its levels are moved by keys; a stop on the wrong side is refused, and Escape leaves all as it was',
      async () => {
        const edit = page.getByRole('button', { name: `Edit stop and target of ${ticker}` });
        await edit.press('Enter');
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'stop');
        await page.keyboard.press('Escape');
        await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Edit stop'));
        await edit.press('Enter');
        await page.getByLabel('Stop', { exact: true }).fill(String(entryPrice * 2));
        await page.keyboard.press('Enter');
        await page.getByText('The stop must lie on the losing side').waitFor();
        await page.getByLabel('Stop', { exact: true }).fill('');
        await page.getByLabel('Target', { exact: true }).fill('');
        await page.keyboard.press('Enter');
        await row.getByText('none / none').waitFor();
      },
    );

    await t.test('a price that somebody else writes arrives without a reload', async () => {
      const client = createClient(project.url, project.anonKey, { auth: { persistSession: false } });
      await client.auth
        .signInWithPassword({ email: EMAIL, password: PASSWORD })
        .then(({ error }) => assert.ifError(error));
      const { data } = await client.from('paper_trades').select('id, entry_price').single().throwOnError();
      await client
        .from('paper_trades')
        .update({ current_price: data.entry_price + 10 })
        .eq('id', data.id)
        .throwOnError();
      await row.getByText('+$30.00').waitFor();
      await client.auth.signOut({ scope: 'local' });
      await shoot(page, 'positions');
    });

    await page.getByRole('button', { name: /^Close: / }).click();
    await page.getByRole('button', { name: /^Close at / }).click();
    await page.getByRole('heading', { name: 'No open positions' }).waitFor();
    await page.getByText('$10,030.00').first().waitFor();
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('cell', { name: 'Closed by you' }).waitFor();
    assert.match((await row.textContent()) ?? '', /\+\$30\.00/);
    await page.getByRole('region', { name: 'How the account did' }).getByText('100%').first().waitFor();
    await shoot(page, 'history');

    await t.test('the history is filtered in the address, and a trial takes it along as a file', async () => {
      await page.getByLabel('Reason').selectOption('stop_loss');
      await page.waitForURL('**/history?exitReason=stop_loss');
      await page.getByRole('heading', { name: 'No trade passes these filters' }).waitFor();
      await page.getByRole('link', { name: 'Clear filters' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download as CSV' }).click();
      assert.equal((await download).suggestedFilename(), 'kurzora-trades.csv');
    });
  });

  test('a bookmark is kept, a scan is told by the socket, and the account begins again when asked twice', async (t) => {
    const page = await open(t, '/signals', { storageState: storage });
    const frames: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
    await page.reload();
    const star = page.locator('.signal-row .bookmark').first();
    await star.click();
    await page.waitForFunction(() => document.querySelector('.signal-row .bookmark')?.ariaPressed === 'true');
    await page.getByLabel('Bookmarked').check();
    await page.getByText(/^1 of \d+ signals$/).waitFor();
    await shoot(page, 'bookmarked');

    const told = page.waitForRequest(/\/api\/v1\/signals\?page=1&/);
    await storeScan(project);
    await told;
    assert.ok(frames.some((frame) => frame.includes('"signal_scans"') && frame.includes('INSERT')));

    await page.goto('/positions');
    await page.getByRole('button', { name: 'Begin again' }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Begin again' }).click();
    await page.getByRole('button', { name: 'Yes, begin again' }).click();
    await page.getByText('The account begins again.').waitFor();
    await page.getByText('$10,000.00').first().waitFor();
    storage = await page.context().storageState();
  });

  test('a profile takes a name and a picture, and a new password opens the door', async (t) => {
    const page = await open(t, '/profile', { storageState: storage });
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').first().waitFor();
    const picture = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#0b5f73' } })
      .png()
      .toBuffer();
    await page.getByLabel('Picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture });
    const shown = page.locator('img.avatar');
    await shown.waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>('img.avatar')?.naturalWidth === 80);
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD} and more`);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is changed.').waitFor();
    await shoot(page, 'profile');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('do not match an account').waitFor();
    await page.getByLabel('Password').fill(`${PASSWORD} and more`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Account menu' }).click();
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[name=name]')?.value === 'Ada Lovelace');
    storage = await page.context().storageState();
  });

  test('a watchlist takes a stock once, and gives it back', async (t) => {
    const page = await open(t, '/watchlists', { storageState: storage });
    const list = page.getByRole('region', { name: 'My Watchlist' });
    for (const _ of [1, 2]) {
      await list.getByLabel('Ticker').fill('aapl');
      await list.getByRole('button', { name: 'Add' }).click();
      await list.getByRole('link', { name: 'AAPL' }).waitFor();
    }
    await list.getByText('already').waitFor();
    await list.getByRole('button', { name: 'Note on AAPL' }).click();
    await list.getByLabel('Note on AAPL').fill('watch the gap');
    await page.keyboard.press('Enter');
    await list.getByText('watch the gap').waitFor();
    await shoot(page, 'watchlists');
    await list.getByRole('button', { name: 'Remove AAPL' }).click();
    await list.getByText('No stocks on this list yet.').waitFor();
    storage = await page.context().storageState();
  });

  test('German has German numbers, Arabic reads right to left, on a phone and in the dark too', async (t) => {
    const phone = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
    const page = await open(t, '/history', { storageState: storage, colorScheme: 'dark', ...phone });
    await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
    await page.getByRole('heading', { name: 'Verlauf' }).waitFor();
    assert.match((await page.locator('.trades tbody tr').first().textContent()) ?? '', /\+30,00\s\$/);
    await shoot(page, 'history-phone-de');
    await page.getByRole('combobox', { name: 'Sprache' }).selectOption('ar');
    await page.getByRole('heading', { name: 'سجل الصفقات' }).waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'rtl');
    await shoot(page, 'history-phone-ar');
    for (const path of ['/positions', '/profile', '/watchlists', '/record', '/signals']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (path === '/signals') await page.locator('.signal-row').first().waitFor();
      const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
      assert.ok((await page.evaluate(overflow)) <= 0, `${path} scrolls sideways`);
      await shoot(page, `phone-ar${path.replace('/', '-')}`);
    }
  });

  test('whoever is not signed in is asked to, and the record is for everyone', async (t) => {
    const page = await open(t, '/positions');
    await page.getByRole('heading', { name: 'This belongs to an account' }).waitFor();
    await page.getByRole('link', { name: 'The record' }).click();
    await page.getByRole('heading', { name: 'Signals that ended in the last 30 days' }).waitFor();
    await shoot(page, 'record');
  });

  test('no page complained but about the refusals that were provoked', () => {
    const provoked = /status of (400|401|409|422)/;
    assert.deepEqual(
      complaints.filter((complaint) => !provoked.test(complaint)),
      [],
    );
  });
});
