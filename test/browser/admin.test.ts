import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createClient, type Session, type SupabaseClient } from '@supabase/supabase-js';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { faultsOf, sidewaysOverflow } from './page-audit.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const PASSWORD = 'a long enough Password 1';
const ROLES = { boss: 'super_admin', analyst: 'analyst', support: 'support', customer: null } as const;
type Who = keyof typeof ROLES;
const PATHS = ['', '/users', '/signals', '/analytics', '/settings', '/logs'].map((path) => `/admin${path}`);

describe('the pages of the staff', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let service: SupabaseClient;
  let pictures: string;
  const sessions = new Map<Who, Session>();
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-admin-'));
    project = await startProject();
    browser = await launchChromium();
    service = clientOf(project.serviceRoleKey);
    for (const [who, role] of Object.entries(ROLES) as [Who, string | null][]) {
      const session = await signedUp(`${who}@example.com`, `The ${who}`);
      sessions.set(who, session);
      if (role) await service.from('admin_users').insert({ id: session.user.id, admin_role: role }).throwOnError();
    }
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
  });

  const clientOf = (key: string) => createClient(project.url, key, { auth: { persistSession: false } });

  async function signedUp(email: string, name: string): Promise<Session> {
    const { data, error } = await clientOf(project.anonKey).auth.signUp({
      email,
      password: PASSWORD,
      options: { data: { name } },
    });
    assert.ifError(error);
    return data.session as Session;
  }

  /** A page as one of them, in a browser of his own. */
  async function open(t: TestContext, who: Who, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, baseURL: project.url, ...options });
    t.after(() => context.close());
    await context.addInitScript(
      (session) => {
        if (!localStorage.getItem('kurzora.session')) localStorage.setItem('kurzora.session', session);
      },
      JSON.stringify(sessions.get(who)),
    );
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(path);
    return page;
  }

  const shoot = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const part = (page: Page, name: string) => page.getByRole('region', { name });
  const row = (page: Page, name: string) => page.locator('.staff-table tbody tr').filter({ hasText: name });
  const setting = (page: Page, key: string) => page.locator('.setting').filter({ hasText: key });

  test('whoever is not staff is told so, and is shown nothing', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await open(t, 'customer', '/admin/users');
    await page.getByRole('heading', { name: 'This is for staff' }).waitFor();
    assert.equal(await page.getByRole('navigation', { name: 'Administration' }).count(), 0);
    assert.equal(await page.locator('.staff-table').count(), 0);
    await shoot(page, 'refusal');
  });

  test('the overview tells figures and health, and a trade appears on it without a reload', async (t) => {
    const page = await open(t, 'boss', '/admin');
    await part(page, 'Health').getByText('Database').waitFor();
    await part(page, 'What happens').getByText('Scan of 500 stocks').waitFor();
    await part(page, 'What happens').getByRole('link', { name: 'The customer' }).waitFor();
    const customer = sessions.get('customer') as Session;
    const trade = { user_id: customer.user.id, ticker: 'AAPL', trade_type: 'buy', quantity: 7, entry_price: 100 };
    await service.from('paper_trades').insert(trade).throwOnError();
    await part(page, 'What happens').getByText('Paper trade: AAPL × 7').waitFor();
    await shoot(page, 'overview');
  });

  test('a user is found, renamed, suspended and let in again, each with its reason', async (t) => {
    await signedUp('ada@example.com', 'Ada Byron');
    const page = await open(t, 'boss', '/admin/users');
    await page.getByRole('searchbox', { name: 'Search name or email' }).fill('ada@');
    await page.waitForURL('**/admin/users?search=ada%40');
    await row(page, 'Ada Byron').waitFor();
    await page.getByText('1–1 of 1').waitFor();
    assert.equal(await page.locator('.staff-table tbody tr').count(), 1);
    await page.getByRole('link', { name: 'Ada Byron' }).click();
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Plan').selectOption('professional');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    const access = page.locator('form').filter({ hasText: 'Access' });
    await access.getByLabel('Reason').fill('asked for it');
    await access.getByRole('button', { name: 'Suspend' }).click();
    await access.getByText('cannot sign in.').waitFor();
    const door = clientOf(project.anonKey).auth;
    assert.ok((await door.signInWithPassword({ email: 'ada@example.com', password: PASSWORD })).error);
    await access.getByRole('button', { name: 'Let in again' }).click();
    await access.getByRole('button', { name: 'Suspend' }).waitFor();
    assert.ifError((await door.signInWithPassword({ email: 'ada@example.com', password: PASSWORD })).error);
    await shoot(page, 'user');
    await page.getByRole('link', { name: 'What staff did' }).click();
    await page.getByText('Suspended a user').waitFor();
    await shoot(page, 'user-history');
  });

  test('a user is deleted once his address was typed', async (t) => {
    const { user } = await signedUp('gone@example.com', 'Soon Gone');
    const page = await open(t, 'boss', `/admin/users/${user.id}`);
    const remove = page.getByRole('button', { name: 'Delete this user' });
    await remove.waitFor();
    assert.ok(await remove.isDisabled());
    await page.getByLabel('Type gone@example.com to confirm').fill('gone@example.org');
    assert.ok(await remove.isDisabled());
    await page.getByLabel('Type gone@example.com to confirm').fill('gone@example.com');
    await remove.click();
    await page.getByRole('heading', { name: 'The user is deleted.' }).waitFor();
    const { data } = await service.from('users').select('email').eq('id', user.id).single().throwOnError();
    assert.notEqual(data.email, 'gone@example.com');
  });

  test('a test user is made with a password that opens the door and is shown once', async (t) => {
    const page = await open(t, 'boss', '/admin/users');
    await page.getByText('Create a test user').click();
    const form = page.locator('.disclosure form');
    await form.getByLabel('Name').fill('Trial Person');
    await form.getByLabel('Email').fill('trial@example.com');
    await form.getByRole('button', { name: 'Create user' }).click();
    const password = (await form.locator('.secret').textContent()) ?? '';
    const entered = await clientOf(project.anonKey).auth.signInWithPassword({ email: 'trial@example.com', password });
    assert.ifError(entered.error);
    await row(page, 'Trial Person').waitFor();
    await page.reload();
    await row(page, 'Trial Person').waitFor();
    assert.equal(await page.getByText(password).count(), 0);
    const me = await page.request.get('/api/v1/admin/me', {
      headers: { authorization: `Bearer ${sessions.get('boss')?.access_token}` },
    });
    assert.equal(me.status(), 200, 'whoever made the account is still himself');
  });

  test('a role among the staff is given, and holds at the next request', async (t) => {
    const { user } = await signedUp('new-support@example.com', 'New Support');
    const page = await open(t, 'boss', `/admin/users/${user.id}`);
    await page.getByLabel('Role among the staff').selectOption('support');
    const form = page.locator('form').filter({ hasText: 'Rights follow' });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Saved', { exact: true }).waitFor();
    const { data } = await service.from('admin_users').select('admin_role').eq('id', user.id).single().throwOnError();
    assert.equal(data.admin_role, 'support');
  });

  test('levels are judged as they are typed; what an analyst makes waits until it is approved, and can be ended', async (t) => {
    const { data: some } = await service
      .from('trading_signals')
      .select('ticker')
      .eq('status', 'active')
      .limit(1)
      .single()
      .throwOnError();
    const analyst = await open(t, 'analyst', '/admin/signals');
    await analyst.getByText('Create a signal').click();
    const form = analyst.locator('.disclosure form');
    await form.getByLabel('Ticker').fill(some.ticker);
    await form.getByLabel('Type').selectOption('bearish');
    await form.getByLabel('Entry').fill('100');
    await form.getByLabel('Stop').fill('95');
    await form.getByText('The stop of a sell must be above the entry.').waitFor();
    assert.ok(await form.getByRole('button').isDisabled());
    await form.getByLabel('Stop').fill('105');
    await form.getByLabel('Target').fill('85');
    await form.getByText('Reward to risk: 3.00').waitFor();
    await shoot(analyst, 'signal-form');
    await form.getByRole('button', { name: 'Save draft' }).click();
    await form.getByText(`${some.ticker} waits for approval.`).waitFor();
    assert.equal(await analyst.getByRole('button', { name: /^Approve/ }).count(), 0, 'an analyst approves nothing');

    const boss = await open(t, 'boss', '/admin/signals?approval=pending');
    const draft = row(boss, some.ticker);
    await draft.getByRole('button', { name: `Approve: ${some.ticker}` }).click();
    await draft.getByRole('button', { name: /^Approve: customers see it/ }).click();
    await boss.getByRole('heading', { name: 'No signal passes these filters' }).waitFor();
    await boss.goto(`/admin/signals?approval=approved`);
    await row(boss, some.ticker).getByText('Active').waitFor();
    await row(boss, some.ticker)
      .getByRole('button', { name: /^Trail/ })
      .click();
    await boss.locator('.trail').getByText('Approved').waitFor();
    await shoot(boss, 'signals');
    await row(boss, some.ticker)
      .getByRole('button', { name: /^End: / })
      .click();
    await row(boss, some.ticker)
      .getByRole('button', { name: /^End it now/ })
      .click();
    await row(boss, some.ticker).getByText('Expired').waitFor();
  });

  test('a setting is held to its range, kept, and says who changed it', async (t) => {
    const page = await open(t, 'boss', '/admin/settings');
    const threshold = setting(page, 'confidence_threshold');
    const field = threshold.getByRole('textbox', { name: 'Score for alerts' });
    await field.fill('120');
    assert.ok(await threshold.getByRole('button', { name: /^Save/ }).isDisabled());
    await field.fill('85');
    await threshold.getByRole('button', { name: /^Save/ }).click();
    await threshold.getByText('changed by The boss').waitFor();
    const { data } = await service
      .from('system_config')
      .select('value')
      .eq('key', 'confidence_threshold')
      .single()
      .throwOnError();
    assert.equal(data.value, 85);
    await setting(page, 'session_timeout_minutes').getByRole('textbox').fill('60');
    await setting(page, 'session_timeout_minutes').getByRole('button', { name: /^Undo/ }).click();
    assert.equal(await setting(page, 'session_timeout_minutes').getByRole('textbox').inputValue(), '');
    await shoot(page, 'settings');
  });

  test('maintenance turns customers away with its message, keeps staff in, and ends', async (t) => {
    const page = await open(t, 'boss', '/admin/settings');
    const platform = part(page, 'Platform');
    const asCustomer = () =>
      page.request.get('/api/v1/user/profile', {
        headers: { authorization: `Bearer ${sessions.get('customer')?.access_token}` },
      });
    await platform.getByLabel('State').selectOption('maintenance');
    await platform.getByLabel('Message').fill('Back at noon');
    await platform.getByRole('button', { name: 'Save' }).click();
    await platform.getByRole('status').getByText('Maintenance').waitFor();
    const refused = await asCustomer();
    assert.deepEqual([refused.status(), (await refused.json()).error.message], [503, 'Back at noon']);
    await shoot(page, 'maintenance');
    await platform.getByLabel('State').selectOption('operational');
    await platform.getByRole('button', { name: 'Save' }).click();
    await platform.getByRole('status').getByText('Operational').waitFor();
    assert.equal((await asCustomer()).status(), 200);
  });

  test('a phase whose gate is not reached is switched to only when asked twice', async (t) => {
    const page = await open(t, 'boss', '/admin/settings');
    const phases = part(page, 'Phases');
    await phases.getByRole('button', { name: 'Switch: Phase 2' }).click();
    await phases.getByRole('button', { name: 'Switch without its gate: Phase 2' }).click();
    await row(page, 'RUSSELL_1000').getByText('Runs now').waitFor();
    await phases.getByRole('button', { name: 'As configured' }).click();
    await row(page, 'SP500').getByText('Runs now').waitFor();
  });

  test('the log of deeds opens in detail, is searched, and leaves as CSV', async (t) => {
    const page = await open(t, 'boss', '/admin/logs?log=audit');
    await page.getByRole('searchbox').fill('change_setting');
    await page.waitForURL('**search=change_setting');
    await page.getByText('Suspended a user').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Changed a setting' }).last().click();
    await page.getByText('"before"').waitFor();
    await shoot(page, 'log');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export log (CSV)' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
    assert.ok(lines.length > 5, lines.join('\n'));
    assert.match(download.suggestedFilename(), /^kurzora-audit-.*\.csv$/);
    await page.getByLabel('To day').fill('2020-01-01');
    await page.getByRole('heading', { name: 'Nothing passes this search' }).waitFor();
  });

  test('support sees settings without their editors, and no way to delete or appoint', async (t) => {
    const page = await open(t, 'support', '/admin/settings');
    await page.getByText('Your role may look at settings').waitFor();
    assert.equal(await page.locator('main').getByRole('textbox').count(), 0);
    assert.equal(await page.locator('main').getByRole('button').count(), 0);
    await page.goto(`/admin/users/${sessions.get('customer')?.user.id}`);
    await page.getByRole('heading', { name: 'Access' }).waitFor();
    assert.equal(await page.getByRole('heading', { name: 'Delete' }).count(), 0);
    assert.equal(await page.getByRole('heading', { name: 'Staff' }).count(), 0);
    await page.goto('/admin/users');
    await row(page, 'The customer').waitFor();
    assert.equal(await page.getByText('Create a test user').count(), 0);
  });

  test('every page has its names, and on a phone, in the dark and in Arabic nothing scrolls sideways', async (t) => {
    const user = `/admin/users/${sessions.get('customer')?.user.id}`;
    const page = await open(t, 'boss', '/admin', { colorScheme: 'dark', ...PHONE });
    const settled = async () => {
      await page.getByRole('navigation', { name: /Administration|الإدارة/ }).waitFor();
      await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
    };
    for (const language of ['en', 'ar']) {
      await page.getByRole('combobox').first().selectOption(language);
      await page.locator(`html[lang=${language}]`).waitFor();
      for (const path of [...PATHS, user]) {
        await page.goto(path);
        await settled();
        for (const summary of await page.locator('summary').all()) await summary.click();
        assert.ok((await sidewaysOverflow(page)) <= 0, `${path} in ${language} scrolls sideways`);
        assert.deepEqual(await faultsOf(page), [], `${path} in ${language}`);
        await shoot(page, `phone-${language}${path.split('/').slice(0, 3).join('-')}`);
      }
    }
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'rtl');
    // The language is kept with the account, also for the next test.
    const kept = ['user/profile', 'user/preferences'].map((path) =>
      page.waitForResponse((response) => response.url().endsWith(path) && response.request().method() === 'PUT'),
    );
    await page.getByRole('combobox').first().selectOption('en');
    for (const response of await Promise.all(kept)) assert.ok(response.ok(), response.url());
  });

  test('the keyboard asks whether to end a signal, in the same place, and leaving takes the question back', async (t) => {
    const page = await open(t, 'boss', '/admin/signals?status=active');
    await page.locator('.staff-table tbody tr').first().waitFor();
    const ticker = (await page.locator('.staff-table tbody th').first().locator('a').textContent()) ?? '';
    await page
      .getByRole('button', { name: `End: ${ticker}` })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    const sure = page.getByRole('button', { name: `End it now: ${ticker}` });
    await sure.waitFor();
    assert.ok(await sure.evaluate((button) => button === document.activeElement));
    await page.keyboard.press('Tab');
    assert.equal(await sure.count(), 0, 'leaving takes the question back');
  });

  test('no page complained but about the refusals that were provoked', () => {
    const provoked = /status of (403)/;
    assert.deepEqual(
      complaints.filter((complaint) => !provoked.test(complaint)),
      [],
    );
  });
});
