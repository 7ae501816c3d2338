import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, BrowserContextOptions, Download, Page } from 'playwright-core';
import { signatureOf } from '#services/payments/stripe/signature.ts';
import { type StripeStandIn, startStripeStandIn } from '../stand-ins/stripe.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { type RunningProject, startProject } from './project.ts';

const DAY = 86_400;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** A port that was free a moment ago: the address that Stripe sends people back to must be known before the start. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

describe('plans and billing', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let stripe: StripeStandIn;
  let pictures: string;
  let storage: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
  let delivered = 0;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-billing-'));
    stripe = await startStripeStandIn(Math.floor(Date.now() / 1000));
    const PORT = await freePort();
    const settings = {
      ...{ PORT, FREEHOLD_PUBLIC_URL: `http://127.0.0.1:${PORT}`, STRIPE_API_URL: stripe.url },
      ...{ STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_WEBHOOK_SECRET: stripe.webhookSecret },
    };
    [project, browser] = await Promise.all([startProject(settings), launchChromium()]);
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
    await stripe?.close();
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

  /** What Stripe would tell by now, signed at this moment as Stripe signs every try. */
  async function deliverEvents(): Promise<void> {
    for (const event of stripe.events.slice(delivered)) {
      const signature = signatureOf(event.body, stripe.webhookSecret, Math.floor(Date.now() / 1000));
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
      const response = await fetch(`${project.url}/api/v1/webhooks/stripe`, {
        method: 'POST',
        headers,
        body: event.body,
      });
      assert.equal(response.status, 200, event.type);
    }
    delivered = stripe.events.length;
  }

  test('from the plans through sign-up and checkout to a trial, and with its end to the yearly invoice, downloaded', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await open(t, '/pricing');
    const plans = page.locator('.plan-table');
    await plans.getByText('$49', { exact: true }).waitFor();
    await page.getByText('Yearly', { exact: true }).click();
    await plans.getByText('$490', { exact: true }).waitFor();
    await plans.getByText('17 % less').first().waitFor();
    await shoot(page, 'pricing');
    await page.getByRole('link', { name: 'Try 7 days free: Professional' }).click();
    await page.getByLabel('Name').fill('Ada Customer');
    await page.getByLabel('Email').fill('payer@example.com');
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Sign up' }).click();

    const start = page.getByRole('button', { name: 'Try 7 days free: Professional' });
    await start.waitFor();
    assert.match(page.url(), /\/pricing\?cycle=yearly&plan=professional$/);
    await start.click();
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByText('The confirmation arrives in a moment').waitFor();
    await deliverEvents();
    await page.getByText('Your subscription has begun.').waitFor();
    await page.getByText('7 days of the trial are left').waitFor();
    await page.getByText(/, then \$490 a year\./).waitFor();
    await page.getByText('The first is made when the trial ends.').waitFor();
    await page.reload();
    await page.getByText('Visa ending in 4242').waitFor();
    await shoot(page, 'trial');
    storage = await page.context().storageState();

    await t.test('the trial ends, and the invoice is there with its PDF', async () => {
      stripe.advanceTo(stripe.now + 7 * DAY + 60);
      await deliverEvents();
      await page.goto('/billing');
      await page.getByText(/^Renews on .* for \$490 a year\.$/).waitFor();
      const row = page.locator('.invoices tbody tr');
      await row.getByText('$490.00').waitFor();
      await row.getByText('Paid').waitFor();
      // The link opens a tab of its own, which is gone as soon as the download has begun.
      const download = new Promise<Download>((resolve) => {
        page.on('download', resolve);
        page.context().on('page', (tab) => tab.on('download', resolve));
      });
      await row.getByRole('link', { name: /^Download invoice / }).click();
      assert.match(await readFile(await (await download).path(), 'utf8'), /^%PDF-/);
      await shoot(page, 'invoice');
    });
  });

  test('a cheaper plan is told for the period’s end and taken back, a cancellation asks first and can be taken back', async (t) => {
    const page = await open(t, '/billing', { storageState: storage });
    await page.getByRole('button', { name: 'Change to Starter, Yearly' }).click();
    await page.getByRole('button', { name: 'Yes, change' }).click();
    await page.getByText(/^Changes to Starter on /).waitFor();
    await page.getByRole('button', { name: 'Keep Professional' }).click();
    await page.getByRole('button', { name: 'Change to Starter, Yearly' }).waitFor();

    await page.getByRole('button', { name: 'Cancel the subscription' }).click();
    await page.getByText(/^Cancel Professional\? It runs until /).waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Cancel the subscription' }).click();
    await page.getByRole('button', { name: 'Yes, cancel' }).click();
    await page.getByText(/^Cancelled: runs until /).waitFor();
    await shoot(page, 'cancelled');
    await page.getByRole('button', { name: 'Take the cancellation back' }).click();
    await page.getByText(/^Renews on /).waitFor();
  });

  test('in German, Arabic, on a phone and in the dark nothing is cut off', async (t) => {
    const phone = { viewport: PHONE, hasTouch: true, isMobile: true };
    const page = await open(t, '/billing', { storageState: storage, colorScheme: 'dark', ...phone });
    for (const [language, billing, pricing] of [
      ['de', 'Rechnungen', 'Tarife'],
      ['ar', 'الفواتير', 'الخطط'],
    ] as const) {
      await page.goto('/billing');
      await page.locator('select').first().selectOption(language);
      await page.getByRole('heading', { name: billing, exact: true }).waitFor();
      await page.locator('.invoices tbody tr').waitFor();
      await sidewaysFree(page, '/billing');
      await shoot(page, `billing-${language}`);
      await page.goto('/pricing?cycle=yearly');
      await page.getByRole('heading', { level: 1, name: pricing }).waitFor();
      await page.locator('.plan-table').waitFor();
      await sidewaysFree(page, '/pricing');
      await shoot(page, `pricing-${language}`);
    }
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), 'rtl');
  });

  test('every control has a name, and the plans are chosen with the keyboard', async (t) => {
    const page = await open(t, '/pricing');
    await page.locator('.plan-table').waitFor();
    const monthly = page.getByRole('radio', { name: 'Monthly' });
    await monthly.focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.plan-table').getByText('$190', { exact: true }).waitFor();
    assert.equal(await page.getByRole('radio', { name: 'Yearly' }).isChecked(), true);
    assert.deepEqual(await nameless(page), []);
  });

  test('no page complained', () => {
    assert.deepEqual(complaints, []);
  });
});

async function sidewaysFree(page: Page, where: string): Promise<void> {
  const beyond = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  assert.ok((await page.evaluate(beyond)) <= 0, `${where} scrolls sideways`);
}

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
