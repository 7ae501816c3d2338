import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { countScript, faultsOf, sidewaysOverflow } from './page-audit.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const SCRIPT_BUDGET = 200 * 1024;

describe('the front page', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let pictures: string;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-landing-'));
    // One after the other: a browser beside a project that did not start would keep the run from ending.
    project = await startProject();
    browser = await launchChromium();
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
  const shown = (page: Page) => page.locator('.best-signals tbody tr').first().waitFor();
  const answer = async (page: Page, path: string) => (await (await page.request.get(`/api/v1/${path}`)).json()).data;

  test('a visitor reads what it is, the best signals and what plans cost, as the server has them, labelled SIMULATED', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await newPage(t);
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Trading signals that show their working' }).waitFor();
    await shown(page);
    await page.getByText('SIMULATED').first().waitFor();
    assert.match(await page.title(), /SIMULATED/);
    const best = await answer(page, 'signals?limit=5');
    const rows = page.getByRole('table', { name: 'The best signals now' }).getByRole('row');
    assert.equal(await rows.count(), best.length + 1);
    assert.match((await rows.nth(1).textContent()) ?? '', new RegExp(`^${best[0].finalScore}${best[0].ticker}`));
    const plans = await answer(page, 'billing/plans');
    assert.ok(plans.length > 0);
    const table = page.getByRole('region', { name: 'Plans' });
    for (const plan of plans) {
      await table.getByRole('columnheader', { name: plan.name }).waitFor();
      await table.getByRole('cell', { name: `$${plan.monthlyPrice}`, exact: true }).waitFor();
      await table.getByRole('cell', { name: `$${plan.yearlyPrice}`, exact: true }).waitFor();
    }
    await shoot(page, 'landing');
    await page.getByRole('link', { name: best[0].ticker }).click();
    await page.waitForURL(`**/signals/${best[0].id}`);
  });

  test('the record is a sentence with its count, interval and base rate, and says where no edge was shown', async (t) => {
    const page = await newPage(t);
    await page.goto('/');
    await page.getByText('There is no record of this market yet').waitFor();
    const bucket = { lift: 0.008, liftInterval: [0.002, 0.014], meanR: 0.07, baseMeanR: 0.04 };
    const figures = {
      buckets: [
        { ...bucket, from: 70, to: 80, n: 93_169, hitRate: 0.353, interval: [0.326, 0.378], baseRate: 0.354 },
        { ...bucket, from: 80, to: 90, n: 47_768, hitRate: 0.36, interval: [0.327, 0.391], baseRate: 0.352 },
      ],
      overall: null,
      brierSkill: -0.0012,
      brierSkillInterval: [-0.0032, 0.0003],
      edge: 'none',
      reliability: [],
    };
    const record = { kind: 'replay', timeframe: '2TF', from: '2019-04-08', to: '2022-12-01', symbols: 437 };
    let edge = 'none';
    await page.route('**/api/v1/public/performance', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const engine = { ...figures, edge, brierSkillInterval: edge === 'none' ? [-0.0032, 0.0003] : [0.001, 0.004] };
      body.data.records = [{ ...record, sessions: 922, judged: 400_367, scored: 227_516, engine, verdict: [] }];
      await route.fulfill({ response, json: body });
    });
    const read = async () => {
      await page.reload();
      const part = page.getByRole('region', { name: 'What scores were worth' });
      await part.locator('.landing-figure').waitFor();
      return ((await part.textContent()) ?? '').replaceAll(/[\u2060\u2066\u2069]/g, '').replaceAll('\u00a0', ' ');
    };
    const text = await read();
    assert.match(text, /Scores of 80–89 reached 2 times their risk before their stop 36\.0 % of the time/);
    assert.match(text, /\(n 47,768, 95 % interval 32\.7–39\.1 %\)\. Any stock of the same days: 35\.2 %\./);
    assert.match(text, /No edge over the base rate has been shown\./);
    assert.match(text, /Replayed over history: 437 stocks, Apr 8, 2019 to Dec 1, 2022, 227,516 scores/);
    await shoot(page, 'landing-record');
    edge = 'positive';
    assert.match(await read(), /The score knew more than the base rate: Brier skill/);
  });

  test('without signals to see it says what the scan found instead of showing an empty table', async (t) => {
    const page = await newPage(t);
    await page.route('**/api/v1/signals?*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: { ...(await response.json()), data: [], meta: { total: 0, page: 1, limit: 5, hasMore: false } },
      });
    });
    await page.goto('/');
    await page.getByText(/Live signals are for customers\. The last scan found \d+ in \d+ stocks\./).waitFor();
    assert.equal(await page.locator('.best-signals').count(), 0);
  });

  test('the first view of the front page brings less than 200 KB of script', async (t) => {
    const page = await newPage(t);
    const loaded = countScript(page);
    await page.goto('/');
    await shown(page);
    const total = await loaded();
    t.diagnostic(`${total} bytes of script, gzipped`);
    assert.ok(total < SCRIPT_BUDGET, `${total} bytes gzipped`);
  });

  test('the keyboard skips to the content, opens the menu of a narrow window, leaves it by Escape and follows a link', async (t) => {
    const page = await newPage(t, { viewport: { width: 390, height: 844 } });
    await page.goto('/');
    await shown(page);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Sign up');
    const menu = page.getByRole('button', { name: 'Menu' });
    const links = page.getByRole('navigation', { name: 'Site' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await links.getByRole('link', { name: 'Plans' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Signals');
    await page.keyboard.press('Escape');
    await links.waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Menu');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'The record');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'The record' }).waitFor();
    await links.waitFor({ state: 'hidden' });
  });

  test('a phone scrolls nowhere sideways, in German, in Arabic and in the dark', async (t) => {
    const page = await newPage(t, { ...PHONE, colorScheme: 'dark' });
    await page.goto('/');
    await shown(page);
    for (const [language, title] of [
      ['de', 'Was Punktzahlen wert waren'],
      ['ar', 'ما قيمة الدرجات'],
    ] as const) {
      await page.locator('select.language-choice').selectOption(language);
      await page.getByRole('heading', { name: title }).waitFor();
      await shown(page);
      assert.ok((await sidewaysOverflow(page)) <= 0, language);
      await shoot(page, `landing-phone-${language}`);
    }
  });

  test('every control and picture has a name, and headings descend one step at a time', async (t) => {
    const page = await newPage(t);
    await page.goto('/');
    await shown(page);
    assert.deepEqual(await faultsOf(page), []);
  });

  test('the page complained about nothing', () => {
    assert.deepEqual(complaints, []);
  });
});

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
