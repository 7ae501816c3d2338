import assert from 'node:assert/strict';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { type RunningProject, startProject } from './project.ts';

const PICTURE = fileURLToPath(new URL('../../docs/pictures/kurzora.png', import.meta.url));
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SCRIPT_BUDGET = 200 * 1024;

describe('first light in a browser', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let pictures: string;
  const complaints: string[] = [];

  before(async () => {
    pictures = await mkdtemp(join(tmpdir(), 'freehold-pictures-'));
    [project, browser] = await Promise.all([startProject(), launchChromium()]);
  });
  after(async () => {
    await browser?.close();
    await project?.stop();
  });

  /** A page in a window of its own, closed with the test. */
  async function newPage(t: TestContext, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: DESKTOP, baseURL: project.url, ...options });
    t.after(() => context.close());
    return context.newPage();
  }

  /** Opens a path; whatever the page complains about or asks of other hosts is collected. */
  async function open(t: TestContext, path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await newPage(t, options);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(project.url)) complaints.push(`${path}: asks ${request.url()}`);
    });
    await page.goto(path);
    return page;
  }

  // By role once, in the first test; by class elsewhere: working out the roles of 1,300 cells takes seconds.
  const signalRows = (page: Page) => page.locator('.signal-row');

  async function openFirstSignal(page: Page): Promise<void> {
    await signalRows(page).first().click();
    await page.getByRole('heading', { name: 'How the score was made' }).waitFor();
  }

  async function shoot(page: Page, name: string): Promise<string> {
    const path = join(pictures, `${name}.png`);
    await page.screenshot({ path });
    return path;
  }

  test('the list shows live signals, best first, labelled SIMULATED', async (t) => {
    const page = await open(t, '/signals');
    await signalRows(page).first().waitFor();
    const grid = page.getByRole('grid', { name: 'Live signals' });
    assert.equal(await grid.getByRole('row').count(), (await signalRows(page).count()) + 1);
    await page.getByText('SIMULATED').first().waitFor();
    assert.match(await page.title(), /SIMULATED/);
    const scores = (await page.locator('.signal-row .score').allTextContents()).map(Number);
    assert.ok(scores.length > 0);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    const picture = await shoot(page, 'list-light');
    t.diagnostic(`screenshots in ${pictures}`);
    if (process.env.UPDATE_PICTURES) await copyFile(picture, PICTURE);
  });

  test('the first view brings less than 200 KB of script', async (t) => {
    const page = await newPage(t);
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.body());
    });
    await page.goto('/signals');
    await signalRows(page).first().waitFor();
    const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
    assert.ok(sizes.length > 0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${total} bytes of script, gzipped`);
    assert.ok(total < SCRIPT_BUDGET, `${total} bytes gzipped`);
  });

  test('filters narrow the list and stand in the address', async (t) => {
    const page = await open(t, '/signals');
    await signalRows(page).first().waitFor();
    const ticker = (await signalRows(page).nth(1).locator('.ticker').textContent()) ?? '';
    await page.getByRole('searchbox').fill(ticker);
    await page.waitForURL(`**/signals?q=${ticker}`);
    await page.getByText(/^1 of \d+ signals$/).waitFor();
    assert.equal(await signalRows(page).count(), 1);
    await page.getByRole('searchbox').fill('no company is called this');
    await page.getByRole('heading', { name: 'No signal passes these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await signalRows(page).nth(1).waitFor();
    assert.equal(new URL(page.url()).search, '');
  });

  test('every column of the matrix adds up to its timeframe score, and the dimensions to the final score', async (t) => {
    const page = await open(t, '/signals');
    await openFirstSignal(page);
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const { data } = await (await page.request.get(`/api/v1/signals/${id}`)).json();
    const shown = async (timeframe: string, part: string) =>
      (await page.locator(`[data-timeframe="${timeframe}"][data-part="${part}"]`).allTextContents()).map(numberIn);
    let checked = 0;
    for (const [timeframe, score] of Object.entries(data.timeframeScores)) {
      if (score === null) continue;
      const points = await shown(timeframe, 'points');
      assert.equal(points.length, 7, timeframe);
      const sum = points.reduce((total, each) => total + each, 60);
      assert.ok(Math.abs(sum - ((await shown(timeframe, 'sum'))[0] ?? Number.NaN)) < 1e-6, `sum of ${timeframe}`);
      assert.deepEqual([Math.min(100, Math.max(0, Math.round(sum + 1e-9)))], await shown(timeframe, 'score'));
      assert.deepEqual(await shown(timeframe, 'score'), [score]);
      checked += 1;
    }
    assert.ok(checked >= 2);
    const final = Math.min(100, Math.max(0, Math.round(data.baseScore + data.divergenceBonus)));
    assert.equal(numberIn((await page.locator('.score-large').textContent()) ?? ''), final);
    assert.equal(await page.getByText('not what these numbers give').count(), 0);
  });

  test('the chart is drawn, with the entry line in its colour, on each timeframe', async (t) => {
    const page = await open(t, '/signals');
    await openFirstSignal(page);
    const description = await page.getByRole('img', { name: /candles from/ }).getAttribute('aria-label');
    assert.match(description ?? '', /entry [\d.,]+, stop [\d.,]+, target [\d.,]+/);
    for (const timeframe of ['1D', '1H']) {
      await page.getByRole('radio', { name: timeframe }).click();
      await page.getByRole('img', { name: `${timeframe} candles` }).waitFor();
      await page.waitForFunction(chartInk, { accent: 100, candles: 200 });
    }
    await shoot(page, 'signal-light');
  });

  test('the chart of an ended signal shows its own time, and pale what came after', async (t) => {
    const page = await open(t, '/signals');
    await signalRows(page).first().waitFor();
    const asked: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/bars?')) asked.push(new URL(request.url()).searchParams.get('asOf'));
    });
    // Visitors see live signals only: this one is made to have ended a month ago on its way to the page.
    const asOf = new Date(Date.now() - 30 * 86_400_000).toISOString();
    await page.route(/\/api\/v1\/signals\/[0-9a-f-]{36}(\?|$)/, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      await route.fulfill({ response, json: { ...body, data: { ...body.data, status: 'closed', asOf } } });
    });
    await openFirstSignal(page);
    await page.getByRole('img', { name: /candles from .*, \d+ of them after the signal,/ }).waitFor();
    await page.getByText('Pale bars came after the signal').waitFor();
    await page.waitForFunction(chartInk, { accent: 100, candles: 200 });
    assert.ok(asked.length > 0 && asked.every((until) => until !== null && until > asOf), String(asked));
    await shoot(page, 'signal-ended');
  });

  test('the keyboard alone opens a signal, switches its chart and goes back', async (t) => {
    const page = await open(t, '/signals');
    await signalRows(page).first().waitFor();
    await tabUntil(page, () => document.activeElement?.closest('.signal-table') !== null);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/signals/*');
    const opened = new URL(page.url()).pathname.split('/').at(-1);
    await page.getByRole('radio', { name: '1D' }).waitFor();
    await tabUntil(page, () => document.activeElement?.getAttribute('role') === 'radio');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.getByRole('img', { name: '4H candles' }).waitFor();
    await page.evaluate(() => document.getElementById('main')?.focus());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await signalRows(page).first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/signals');
    await page.waitForFunction((id) => document.activeElement?.getAttribute('data-key') === id, opened);
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search');
  });

  test('the chart is walked along by keys, read out, and left by Escape', async (t) => {
    const page = await open(t, '/signals');
    await openFirstSignal(page);
    await page.waitForFunction(chartInk, { accent: 100, candles: 200 });
    // Away from the chart, which the pointer would read out.
    await page.mouse.move(0, 0);
    await page.getByRole('radio', { name: '1D' }).focus();
    await page.keyboard.press('Tab');
    const legend = page.locator('.chart-legend');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'img');
    await page.locator('.chart-legend[aria-live="polite"]').waitFor();
    await page.keyboard.press('End');
    const last = await legend.textContent();
    await page.keyboard.press('Home');
    const first = await legend.textContent();
    await page.keyboard.press('ArrowRight');
    const second = await legend.textContent();
    assert.equal(new Set([last, first, second]).size, 3);
    await page.keyboard.press('Escape');
    assert.equal(await legend.textContent(), last);
    await page.keyboard.press('Tab');
    await page.locator('.chart-legend[aria-live="off"]').waitFor();
  });

  test('what a scan brings is announced and moves no row, until it is asked for', async (t) => {
    const page = await newPage(t);
    let scans = 0;
    let best = '';
    // The scan is told by the heartbeat; its best signal is held back from the first page on its way here.
    await page.route('**/api/v1/status', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const lastScan = { ...body.data.lastScan, finishedAt: new Date(1e12 + scans).toISOString() };
      await route.fulfill({ response, json: { ...body, data: { ...body.data, lastScan } } });
    });
    await page.route('**/api/v1/signals?page=1&*', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      best = body.data[0].id;
      await route.fulfill({ response, json: { ...body, data: scans === 0 ? body.data.slice(1) : body.data } });
    });
    await page.goto('/signals');
    const firstRow = () => signalRows(page).first().getAttribute('data-key');
    await signalRows(page).first().waitFor();
    const before = await firstRow();
    assert.notEqual(before, best);
    scans = 1;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    const show = page.getByRole('button', { name: 'Show 1 new' });
    await show.waitFor();
    assert.equal(await firstRow(), before);
    await shoot(page, 'list-new');
    await show.press('Enter');
    await page.waitForFunction((id) => document.activeElement?.getAttribute('data-key') === id, best);
    assert.equal(await firstRow(), best);
    assert.equal(await signalRows(page).first().getByText('new', { exact: true }).count(), 1);
    assert.equal(await show.count(), 0);
  });

  test('a filter chosen by keys is left by keys: Shariah shows only what was screened, and says what was not', async (t) => {
    const page = await open(t, '/signals');
    await signalRows(page).first().waitFor();
    await page.getByRole('combobox', { name: 'Shariah' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL('**/signals?shariah=compliant');
    await page.getByText('unknown is not compliant').waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).press('Enter');
    await page.waitForURL((url) => url.search === '');
    await signalRows(page).nth(1).waitFor();
  });

  test('a phone shows list and signal without scrolling sideways', async (t) => {
    const page = await open(t, '/signals', { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    await signalRows(page).first().waitFor();
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await shoot(page, 'list-phone');
    await openFirstSignal(page);
    await page.waitForFunction(chartInk, { accent: 50, candles: 100 });
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await shoot(page, 'signal-phone');
  });

  test('right to left mirrors the page and leaves numbers alone', async (t) => {
    const page = await open(t, '/signals?dir=rtl');
    await signalRows(page).first().waitFor();
    const row = signalRows(page).first();
    const [score, price] = await Promise.all([
      row.locator('.score').boundingBox(),
      row.locator('.cell-price').boundingBox(),
    ]);
    assert.ok(score && price && score.x > price.x);
    assert.equal(await row.locator('.score').evaluate((element) => getComputedStyle(element).direction), 'ltr');
    assert.ok((await sidewaysOverflow(page)) <= 0);
    await shoot(page, 'list-rtl');
  });

  test('the page follows the system into the dark, and the toggle wins over the system and is remembered', async (t) => {
    const page = await open(t, '/signals', { colorScheme: 'dark' });
    await signalRows(page).first().waitFor();
    assert.ok((await brightness(page)) < 60);
    await shoot(page, 'list-dark');
    await page.getByRole('button', { name: /Switch to Light/ }).click();
    assert.ok((await brightness(page)) > 200);
    await page.reload();
    await signalRows(page).first().waitFor();
    assert.ok((await brightness(page)) > 200);
  });

  test('an unknown signal, a lost connection and its return are told apart', async (t) => {
    const page = await newPage(t);
    await page.goto('/signals/00000000-0000-4000-8000-000000000000');
    await page.getByRole('heading', { name: 'There is no such signal' }).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.goto('/signals');
    await page.getByRole('heading', { name: 'The signals could not be loaded' }).waitFor();
    await page.getByText('No connection').first().waitFor();
    await shoot(page, 'error');
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await signalRows(page).first().waitFor();
  });

  test('no page complained, and none asked another host for anything', () => {
    assert.deepEqual(complaints, []);
  });
});

const numberIn = (text: string) => Number(text.replace('\u2212', '-').replaceAll(',', ''));

async function tabUntil(page: Page, reached: () => boolean): Promise<void> {
  for (let presses = 0; presses < 25; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(reached)) return;
  }
  assert.fail('25 presses of Tab did not get there');
}

const sidewaysOverflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Mean of the three channels of the page's background, 0-255. */
const brightness = (page: Page) =>
  page.evaluate(() => {
    const channels = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.slice(0, 3).map(Number) ?? [];
    return channels.reduce((sum, channel) => sum + channel, 0) / 3;
  });

/** Whether the chart's canvases hold at least so many pixels in the colours of the entry line and of the candles. Runs in the page. */
function chartInk(least: { accent: number; candles: number }): boolean {
  const probe = document.body.appendChild(document.createElement('span'));
  const colourOf = (token: string) => {
    probe.style.color = `var(${token})`;
    return (getComputedStyle(probe).color.match(/\d+/g) ?? []).slice(0, 3).join();
  };
  const [accent, up, down] = ['--accent', '--up', '--down'].map(colourOf);
  probe.remove();
  const found = { accent: 0, candles: 0 };
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.chart-canvas canvas')) {
    if (canvas.width === 0 || canvas.height === 0) continue;
    // Read from a copy: Chromium warns when the drawn canvas itself is read again and again.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy?.drawImage(canvas, 0, 0);
    const pixels = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    for (let at = 0; at < pixels.length; at += 4) {
      const colour = `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
      if (colour === accent) found.accent += 1;
      if (colour === up || colour === down) found.candles += 1;
    }
  }
  return found.accent >= least.accent && found.candles >= least.candles;
}
