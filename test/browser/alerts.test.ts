import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startTelegram } from '../stand-ins/http-receiver.ts';
import { startMailServer, type TakenMail } from '../stand-ins/mail-server.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const EMAIL = 'reader@example.com';
const PASSWORD = 'a long enough password';
const TELEGRAM_SECRET = 'secret-of-telegram';

describe('the pages of alerts', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let mail: Awaited<ReturnType<typeof startMailServer>>;
  let telegram: Awaited<ReturnType<typeof startTelegram>>;
  let service: SupabaseClient;
  let userId: string;
  let pictures: string;
  let storage: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-alerts-'));
    [mail, telegram] = [await startMailServer(), await startTelegram()];
    const settings = {
      ...{ SMTP_URL: mail.url, TELEGRAM_BOT_TOKEN: '1:token', TELEGRAM_API_URL: telegram.url },
      ...{ TELEGRAM_BOT_NAME: 'kurzora_bot', TELEGRAM_WEBHOOK_SECRET: TELEGRAM_SECRET },
    };
    [project, browser] = await Promise.all([startProject(settings), launchChromium()]);
    service = createClient(project.url, project.serviceRoleKey, { auth: { persistSession: false } });
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
    await mail?.[Symbol.asyncDispose]();
    await telegram?.[Symbol.asyncDispose]();
  });

  async function open(t: TestContext, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, baseURL: project.url, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complaints.push(`${path}: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(path);
    return page;
  }

  const shoot = (page: Page, name: string) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

  const tell = (rows: readonly object[]) =>
    service
      .from('notifications')
      .insert(rows.map((row) => ({ user_id: userId, ...row })))
      .throwOnError();

  const say = (text: string) =>
    fetch(`${project.url}/api/v1/webhooks/telegram`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET },
      body: JSON.stringify({ update_id: 1, message: { chat: { id: 7 }, text } }),
    });

  test('the inbox fills while one looks; what is told can be read, unread, leafed through and deleted', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await open(t, '/sign-up?next=/alerts');
    await page.getByLabel('Name').fill('Rita Reader');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    storage = await page.context().storageState();
    const { data } = await service.from('users').select('id').eq('email', EMAIL).single().throwOnError();
    userId = data.id;

    const closed = { ticker: 'MSFT', quantity: 10, exitReason: 'stop_loss', exitPrice: 95, profitLoss: -50 };
    await tell([{ type: 'trade', title: 'MSFT: stop loss hit at 95', data: closed }]);
    const row = page.locator('.told');
    await row.getByText('MSFT reached its stop').waitFor();
    await row.getByText('10 shares at $95.00, −$50.00').waitFor();
    await page.getByRole('button', { name: 'Unread (1)' }).waitFor();
    await page.getByRole('button', { name: 'Mark as read: MSFT reached its stop' }).click();
    await page.getByRole('button', { name: 'Unread (0)' }).waitFor();
    await page.getByRole('button', { name: 'Mark as unread: MSFT reached its stop' }).click();
    await page.getByRole('button', { name: 'Unread (1)' }).waitFor();
    await page.getByRole('button', { name: 'Delete: MSFT reached its stop' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();

    const signals = Array.from({ length: 25 }, (_, at) => ({ type: 'signal', title: `T${at}: 8${at % 10}/100` }));
    await tell(signals);
    await page.getByText('1–20 of 25').waitFor();
    await shoot(page, 'inbox');
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('21–25 of 25').waitFor();
    assert.equal(await row.count(), 5);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByRole('button', { name: 'Unread (0)' }).click();
    await page.getByRole('heading', { name: 'Everything is read' }).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('Delete all 25 notifications?').waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  });

  test('settings are kept, a chat is connected from Telegram, and half of the quiet hours is refused', async (t) => {
    const page = await open(t, '/alerts?view=settings', { storageState: storage });
    await page.getByLabel('Lowest score').fill('85');
    await page.getByLabel('Quiet from').fill('22:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Fill in both times').waitFor();
    await page.getByLabel('Quiet until').fill('07:30');
    await page.getByLabel('Mails about signals').selectOption('daily');
    await page.getByLabel('Your time zone').selectOption('Europe/Berlin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Lowest score').inputValue(), '85');
    assert.equal(await page.getByLabel('Quiet until').inputValue(), '07:30');
    assert.equal(await page.getByLabel('Mails about signals').inputValue(), 'daily');

    await page.getByRole('button', { name: 'Connect a chat' }).click();
    const link = page.getByRole('link', { name: 'Open Telegram' });
    const code = new URL((await link.getAttribute('href')) ?? '').searchParams.get('start');
    assert.equal((await say(`/start ${code}`)).status, 200);
    await page.getByText('Your chat is connected.').waitFor();
    assert.equal(await page.getByRole('checkbox', { name: 'Telegram' }).isChecked(), true, 'as the server has it now');
    await shoot(page, 'settings');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('No chat is connected.').waitFor();
  });

  test('a browser that refuses notifications is told so', async (t) => {
    const page = await open(t, '/alerts?view=settings', { storageState: storage });
    await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { value: 'denied' }));
    await page.reload();
    await page.getByText('This browser refuses notifications').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Subscribe this browser' }).count(), 0);
  });

  test('a starter sees what the other plan has, and cannot switch it on', async (t) => {
    await service.from('users').update({ subscription_status: 'active' }).eq('id', userId).throwOnError();
    const page = await open(t, '/alerts?view=settings', { storageState: storage });
    await page.getByText('Your plan has 3 a day at most.').waitFor();
    assert.equal(await page.getByRole('checkbox', { name: 'Telegram' }).isDisabled(), true);
    assert.equal(await page.getByText('Part of the Professional plan.').count(), 2);
    await shoot(page, 'settings-starter');
  });

  test('the log says what became of each message', async (t) => {
    const sent = { user_id: userId, alert_type: 'signal_alert', subject: 'Signal: AAPL, Score 88' };
    await service
      .from('alert_delivery_log')
      .insert([
        { ...sent, delivery_channel: 'email', delivery_status: 'bounced', error_message: 'no such mailbox' },
        { ...sent, delivery_channel: 'telegram', delivery_status: 'delivered', alert_type: 'trade_update' },
      ])
      .throwOnError();
    const page = await open(t, '/alerts?view=log', { storageState: storage });
    await page.getByText('no such mailbox').waitFor();
    const rows = await page.locator('.deliveries tbody tr').allTextContents();
    assert.equal(rows.length, 2);
    assert.ok(
      rows.some((text) => /Email.*Bounced/.test(text)) && rows.some((text) => /Telegram.*Delivered/.test(text)),
    );
    await shoot(page, 'log');
  });

  test('the link of a mail ends the mails without signing in, by one press and not by looking; another link does not', async (t) => {
    const enabled = async () => {
      const found = service.from('users').select('notification_settings').eq('id', userId).single();
      const { data } = await found.throwOnError();
      return data.notification_settings.email_alerts_enabled;
    };
    const trade = { user_id: userId, ticker: 'AAPL', quantity: 1, entry_price: 100, stop_loss: 95, take_profit: 110 };
    const { data: opened } = await service.from('paper_trades').insert(trade).select('id').single().throwOnError();
    await service
      .from('users')
      .update({ notification_settings: { email_alerts_enabled: true } })
      .eq('id', userId)
      .throwOnError();
    const told = new Promise<TakenMail>((resolve) => {
      mail.judge = (taken) => {
        if (taken.to === EMAIL) resolve(taken);
        return null;
      };
    });
    const closing = { is_open: false, exit_price: 110, exit_reason: 'take_profit', closed_at: new Date() };
    await service.from('paper_trades').update(closing).eq('id', opened.id).throwOnError();
    const raw = (await told).raw.replace(/=\r\n/g, '').replaceAll('=3D', '=');
    const token = /\/unsubscribe\?token=([\w.-]+)/.exec(raw)![1];

    const page = await open(t, `/unsubscribe?token=${token}`);
    const button = page.getByRole('button', { name: 'End these mails' });
    await button.waitFor();
    assert.equal(await enabled(), true, 'looking changes nothing');
    await shoot(page, 'unsubscribe');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('no more of these mails will come').waitFor();
    assert.equal(await enabled(), false);
    await page.goto('/unsubscribe?token=cut-off');
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
  });

  test('in German, Arabic, on a phone and in the dark nothing is cut off', async (t) => {
    await tell([
      { type: 'system', title: 'fall', data: { kind: 'drawdown', percent: 16.24 } },
      { type: 'signal', title: 'AAPL (Apple): 88/100', data: {} },
    ]);
    const phone = { viewport: PHONE, hasTouch: true, isMobile: true };
    const page = await open(t, '/alerts', { storageState: storage, colorScheme: 'dark', ...phone });
    await page.locator('select').first().selectOption('de');
    await page.getByText('Ihr Depot liegt 16,2 % unter').waitFor();
    await page.locator('select').first().selectOption('ar');
    await page.getByText('محفظتك أدنى من أعلى قيمة لها').waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'rtl');
    for (const [path, part] of [
      ['/alerts', '.told'],
      ['/alerts?view=settings', '.alert-settings'],
      ['/alerts?view=log', '.deliveries'],
    ] as const) {
      await page.goto(path);
      await page.locator(part).first().waitFor();
      const beyond = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
      assert.ok((await page.evaluate(beyond)) <= 0, `${path} scrolls sideways`);
      assert.deepEqual(await nameless(page), []);
      await shoot(page, `phone-ar${part}`);
    }
  });

  test('no page complained but about the link that was cut off', () => {
    assert.deepEqual(
      complaints.filter((complaint) => !/^\/unsubscribe.*status of 401/.test(complaint)),
      [],
    );
  });
});

/** Controls of the page without a name of their own. */
function nameless(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main button, main a, main input, main select')]
      .filter((control) => {
        const labels = (control as HTMLInputElement).labels;
        return !control.textContent?.trim() && !control.ariaLabel && !(labels && labels.length > 0);
      })
      .map((control) => control.outerHTML),
  );
}
