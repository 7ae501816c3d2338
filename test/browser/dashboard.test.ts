import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { countScript, faultsOf, sidewaysOverflow } from './page-audit.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const SCRIPT_BUDGET = 200 * 1024;
const EMAIL = 'keeper@example.com';
const PASSWORD = 'a long enough Password 1';
const LONG = 'The Extraordinarily Long Named International Consolidated Holdings Corporation of Delaware plc';
const DAY = 86_400_000;

describe('the dashboard', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let service: SupabaseClient;
  let pictures: string;
  let storage: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
  let userId: string;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-dashboard-'));
    // One after the other: a browser beside a project that did not start would keep the run from ending.
    project = await startProject();
    browser = await launchChromium();
    service = createClient(project.url, project.serviceRoleKey, { auth: { persistSession: false } });
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
  });

  async function newPage(t: TestContext, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, baseURL: project.url, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  }

  const shoot = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
  const figure = (page: Page, name: string) =>
    page
      .locator('.figures div')
      .filter({ has: page.getByRole('term').filter({ hasText: name }) })
      .first();

  test('whoever signs up arrives at a dashboard that says what is missing rather than showing nothing', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await newPage(t);
    await page.goto('/sign-up');
    await page.getByLabel('Name').fill('Keeper of Things');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await figure(page, 'Account').getByText('$10,000.00').waitFor();
    await part(page, 'Account value').getByText('The curve begins with the next close').waitFor();
    await part(page, 'Open positions').getByRole('link', { name: 'Look at the signals' }).waitFor();
    await part(page, 'Recent trades').getByText('No trades yet.').waitFor();
    await part(page, 'Unread alerts').getByText('Nothing unread.').waitFor();
    await part(page, 'Activity').getByText('Nothing has happened yet.').waitFor();
    await page.getByRole('table', { name: 'Best signals now' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Dashboard' }).getAttribute('aria-current'), 'page');
    await shoot(page, 'dashboard-empty');
    storage = await page.context().storageState();
    const { data } = await service.from('users').select('id').eq('email', EMAIL).single().throwOnError();
    userId = data.id;
  });

  test('trades, prices and closings arrive without a reload', async (t) => {
    const page = await newPage(t, { storageState: storage });
    await page.goto('/');
    await part(page, 'Open positions').getByText('Nothing is held.').waitFor();
    const { data: signal } = await service
      .from('trading_signals')
      .select('id, ticker, sector, current_price')
      .order('final_score', { ascending: false })
      .limit(1)
      .single()
      .throwOnError();
    const price = Number(signal.current_price);
    const { data: trade } = await service
      .from('paper_trades')
      .insert({
        ...{ user_id: userId, signal_id: signal.id, ticker: signal.ticker, sector: signal.sector, trade_type: 'buy' },
        ...{ company_name: LONG, quantity: 4, entry_price: price, current_price: price },
      })
      .select('id')
      .single()
      .throwOnError();
    const held = part(page, 'Open positions').getByRole('row').filter({ hasText: signal.ticker });
    await held.getByText(LONG).waitFor();
    await service
      .from('paper_trades')
      .update({ current_price: price + 5 })
      .eq('id', trade.id)
      .throwOnError();
    await held.getByText('+$20.00').waitFor();
    await figure(page, 'Account').getByText('$10,020.00').waitFor();
    await shoot(page, 'dashboard-held');
    await service
      .from('paper_trades')
      .update({ is_open: false, exit_price: price + 6, exit_reason: 'take_profit' })
      .eq('id', trade.id)
      .throwOnError();
    await part(page, 'Open positions').getByText('Nothing is held.').waitFor();
    await figure(page, 'Win rate').getByText('100% (1/1)').waitFor();
    await part(page, 'Recent trades').getByText('+$24.00').waitFor();
    await part(page, 'Activity').getByText(`Closed 4 ${signal.ticker}`).waitFor();
    await part(page, 'Activity').getByText('Target reached').waitFor();
  });

  test('the curve is read by arrows, and a period is chosen by them too', async (t) => {
    const today = Date.now();
    const rows = [40, 20, 5, 4, 3].map((ago, at) => ({
      ...{ user_id: userId, total_value: 9_900 + at * 50, cash_balance: 9_000, invested_amount: 900 + at * 50 },
      ...{ unrealized_pnl: 0, realized_pnl: 0, total_return_percentage: 0, daily_change: 50 },
      snapshot_date: new Date(today - ago * DAY).toISOString().slice(0, 10),
    }));
    await service.from('portfolio_snapshots').upsert(rows, { onConflict: 'user_id,snapshot_date' }).throwOnError();
    const page = await newPage(t, { storageState: storage });
    await page.goto('/dashboard');
    const curve = part(page, 'Account value').getByRole('slider');
    await curve.waitFor();
    const shownPoints = async () => Number(await curve.getAttribute('aria-valuemax')) + 1;
    assert.equal(await shownPoints(), 6);
    await curve.focus();
    assert.match((await curve.getAttribute('aria-valuetext')) ?? '', /: \$10,024\.00$/);
    await page.keyboard.press('ArrowLeft');
    assert.match((await curve.getAttribute('aria-valuetext')) ?? '', /: \$10,100\.00$/);
    await page.keyboard.press('Home');
    await part(page, 'Account value').locator('.curve-reading').getByText('$9,900.00').waitFor();
    await page.getByRole('radio', { name: '1M' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('[role=slider]')?.getAttribute('aria-valuemax') === '4');
    await shoot(page, 'dashboard-curve');
  });

  test('alerts arrive live, are counted at the bell, and are marked as read one by one and together', async (t) => {
    const page = await newPage(t, { storageState: storage });
    await page.goto('/dashboard');
    await part(page, 'Unread alerts').getByText('Nothing unread.').waitFor();
    const alert = (title: string) => ({ user_id: userId, type: 'system', title, body: `About ${title}` });
    await service
      .from('notifications')
      .insert(['One', 'Two', 'x'.repeat(120)].map(alert))
      .throwOnError();
    const bell = page.getByRole('banner').getByRole('link', { name: /^Alerts/ });
    await page.getByRole('link', { name: 'Alerts: 3 unread' }).waitFor();
    const lines = part(page, 'Unread alerts').getByRole('listitem');
    await lines.nth(2).waitFor();
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await lines.filter({ hasText: 'About One' }).getByRole('button', { name: 'Mark as read' }).click();
    await page.getByRole('link', { name: 'Alerts: 2 unread' }).waitFor();
    await lines.filter({ hasText: 'About One' }).waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.tagName === 'H2');
    await part(page, 'Unread alerts').getByRole('button', { name: 'Mark all as read' }).click();
    await part(page, 'Unread alerts').getByText('Nothing unread.').waitFor();
    await page.waitForFunction(() => !document.querySelector('.bell .badge'));
    assert.equal(await bell.textContent(), 'Alerts');
  });

  test('the account menu opens by a key, closes by Escape and leads on; staff alone find the administration in it', async (t) => {
    const page = await newPage(t, { storageState: storage });
    await page.goto('/dashboard');
    const opener = page.getByRole('button', { name: 'Account menu' });
    const menu = page.getByRole('navigation', { name: 'Account' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await menu.waitFor();
    assert.equal(await menu.getByRole('link', { name: 'Administration' }).count(), 0);
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    assert.ok(await opener.evaluate((element) => element === document.activeElement));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/profile');
    await menu.waitFor({ state: 'hidden' });
    await service.from('admin_users').insert({ id: userId, admin_role: 'support' }).throwOnError();
    await page.reload();
    await opener.click();
    await menu.getByRole('link', { name: 'Administration' }).waitFor();
    await service.from('admin_users').delete().eq('id', userId).throwOnError();
  });

  test('language and theme follow the person to another device', async (t) => {
    const page = await newPage(t, { storageState: storage });
    await page.goto('/dashboard');
    const saved = (path: string) =>
      page.waitForResponse((response) => response.url().endsWith(path) && response.request().method() === 'PUT');
    const kept = Promise.all([saved('/user/profile'), saved('/user/preferences')]);
    await page.locator('select.language-choice').selectOption('de');
    await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    await kept;
    const theme = saved('/user/preferences');
    await page.getByRole('button', { name: /Zu Hell wechseln/ }).click();
    await theme;
    const other = await newPage(t, { colorScheme: 'dark' });
    await other.goto('/sign-in');
    await other.getByLabel('Email').fill(EMAIL);
    await other.getByLabel('Password').fill(PASSWORD);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
    await other.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
    assert.equal(await other.evaluate(() => document.documentElement.lang), 'de');
    const english = Promise.all(
      ['/user/profile', '/user/preferences'].map((path) =>
        other.waitForResponse((response) => response.url().endsWith(path) && response.request().method() === 'PUT'),
      ),
    );
    await other.locator('select.language-choice').selectOption('en');
    await english;
  });

  test('a phone shows it all without scrolling sideways, in Arabic from right to left', async (t) => {
    const page = await newPage(t, { storageState: storage, ...PHONE });
    await page.goto('/');
    await page.getByRole('table', { name: 'Best signals now' }).waitFor();
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await shoot(page, 'dashboard-phone');
    await page.locator('select.language-choice').selectOption('ar');
    await page.getByRole('heading', { level: 1, name: 'لوحة المتابعة' }).waitFor();
    await page.getByRole('slider').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'rtl');
    // The mark of direction that Arabic formats begin with would put the sign behind the number.
    assert.match((await page.locator('.figures').first().textContent()) ?? '', /(^|[^\u200f])\u221276\.00\sUS\$/);
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await shoot(page, 'dashboard-phone-ar');
  });

  test('every control has a name, and the first view brings less than 200 KB of script', async (t) => {
    const page = await newPage(t, { storageState: storage });
    const loaded = countScript(page);
    await page.goto('/');
    await page.locator('.best-signals').waitFor();
    await page.locator('.lines').first().waitFor();
    assert.deepEqual(await faultsOf(page), []);
    const total = await loaded();
    t.diagnostic(`${total} bytes of script, gzipped`);
    assert.ok(total < SCRIPT_BUDGET, `${total} bytes gzipped`);
  });

  test('the page complained about nothing', () => {
    assert.deepEqual(complaints, []);
  });
});
