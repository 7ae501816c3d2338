import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { totpCode } from '../../src/products/kurzora/accounts/test-totp.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { type RunningProject, startProject } from './project.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const EMAIL = 'guarded@example.com';
const PASSWORD = 'A-long-enough-1';
const RESET = 'Another-good-2';

type StorageState = Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;

describe('an account and its doors', { skip: findChromium().skip }, () => {
  let project: RunningProject;
  let browser: Browser;
  let pictures: string;
  let storage: StorageState;
  let secret = '';
  let recovery = '';
  const complaints: string[] = [];

  before(async () => {
    pictures = process.env['ACCOUNT_PICTURES'] ?? (await mkdtemp(join(tmpdir(), 'freehold-account-')));
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
  const signedIn = (page: Page) => page.getByRole('button', { name: 'Account menu' }).waitFor();
  const fillIn = async (page: Page, password: string) => {
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  /** A code counts for its half minute and the neighbours, and once: the next test takes the next. */
  const code = (steps: number) => totpCode(secret, Date.now() + steps * 30_000);

  test('every field of a door says to password managers what it is, and a refusal gets the focus', async (t) => {
    t.diagnostic(`screenshots in ${pictures}`);
    const page = await open(t, '/sign-up?next=%2Fpositions');
    const hints = () =>
      page.locator('main input').evaluateAll((all) => all.map((input) => input.getAttribute('autocomplete')));
    await page.getByLabel('Name').waitFor();
    assert.deepEqual(await hints(), ['name', 'email', 'new-password']);
    await shoot(page, 'sign-up');
    await page.getByLabel('Name').fill('Ada Guarded');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('**/positions');
    await signedIn(page);
    storage = await page.context().storageState();

    const door = await open(t, '/sign-in');
    await door.getByLabel('Email').waitFor();
    assert.deepEqual(
      await door
        .locator('main input[autocomplete]')
        .evaluateAll((all) => all.map((input) => input.getAttribute('autocomplete'))),
      ['username', 'current-password'],
    );
    await fillIn(door, 'Wrong-Horse-1');
    const refusal = door.getByRole('alert');
    await refusal.getByText('do not match an account').waitFor();
    assert.ok(await refusal.evaluate((line) => line === document.activeElement), 'the refusal has the focus');
    await shoot(door, 'sign-in-refused');
  });

  test('name and time zone, sessions on other devices, and limits are one’s own to set', async (t) => {
    const page = await open(t, '/profile', { storageState: storage });
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();

    const other = await open(t, '/sign-in');
    await other.getByLabel('Stay signed in').check();
    await fillIn(other, PASSWORD);
    await signedIn(other);
    await page.reload();
    await page.getByText('Chrome on').first().waitFor();
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await page.getByText('All other sessions have ended.').waitFor();
    await page.getByLabel('End unused sessions').selectOption('60');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied').waitFor();
    await page.reload();
    await page.getByLabel('Time zone').waitFor();
    assert.equal(await page.getByLabel('Time zone').inputValue(), 'Europe/Berlin');
    assert.equal(await page.getByLabel('End unused sessions').inputValue(), '60');
    await page.getByText('Limits changed').waitFor();
    await shoot(page, 'profile');
  });

  test('a key is shown once, works, and is ended', async (t) => {
    const page = await open(t, '/profile', { storageState: storage });
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('What it is for').fill('My spreadsheet');
    await page.getByLabel('read, trade on paper').check();
    await shoot(page, 'key-form');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = await page.getByLabel('Key', { exact: true }).inputValue();
    assert.match(key, /^kz_/);
    await shoot(page, 'key-made');
    const ask = () => fetch(`${project.url}/api/v1/watchlists`, { headers: { 'x-api-key': key } });
    assert.equal((await ask()).status, 200);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    assert.equal(await page.getByText(key).count(), 0);
    await page.getByRole('button', { name: 'End the key My spreadsheet' }).click();
    await page.getByRole('button', { name: 'End it now?' }).click();
    await page.getByText('No keys yet.').waitFor();
    assert.equal((await ask()).status, 401);
  });

  test('a second step is set up with an authenticator and asked for at the door', async (t) => {
    const page = await open(t, '/profile', { storageState: storage });
    await page.getByRole('button', { name: 'Set it up' }).click();
    const picture = page.getByRole('img', { name: 'QR code' });
    await picture.waitFor();
    assert.ok(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth > 100), 'the code is drawn');
    secret = await page.getByLabel('Or type this key').inputValue();
    await shoot(page, 'two-factor-set-up');
    await page.getByLabel('Code', { exact: true }).fill(code(0));
    await page.getByRole('button', { name: 'Switch on' }).click();
    const codes = page.locator('.codes li');
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    recovery = (await codes.first().textContent()) ?? '';
    await shoot(page, 'recovery-codes');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left').waitFor();

    const door = await open(t, '/sign-in?next=%2Fhistory');
    await fillIn(door, PASSWORD);
    const field = door.getByLabel('Code');
    await field.waitFor();
    assert.ok(await field.evaluate((input) => input === document.activeElement), 'the code is asked for at once');
    assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
    await field.fill('000000');
    await door.getByRole('button', { name: 'Confirm' }).click();
    await door.getByText('This code is not the right one').waitFor();
    await shoot(door, 'second-step');
    await field.fill(code(1));
    await door.getByRole('button', { name: 'Confirm' }).click();
    await door.waitForURL('**/history');
    await signedIn(door);
    storage = await door.context().storageState();
  });

  test('a forgotten password is set anew by the link of the mail and a recovery code', async (t) => {
    const page = await open(t, '/forgot-password');
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail with a link is on its way').waitFor();
    await shoot(page, 'mail-sent');
    await page.goto(await linkOf('recovery'));
    await page.getByLabel('New password').fill(RESET);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByLabel('Code').fill(recovery);
    await shoot(page, 'reset-second-step');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('The password is changed. Sign in with it.').waitFor();
    await fillIn(page, RESET);
    await signedIn(page);
    storage = await page.context().storageState();

    await page.goto(await linkOf('recovery'));
    await page.getByRole('heading', { name: 'expired or was used' }).waitFor();
    await shoot(page, 'link-expired');
  });

  test('it is set anew with the code of the mail, too', async (t) => {
    const page = await open(t, '/forgot-password');
    await fetch(`${project.url}/inbox/messages`, { method: 'DELETE' });
    await page.getByLabel('Email').fill(EMAIL);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('link', { name: 'I have a code' }).click();
    assert.equal(await page.getByLabel('Email').inputValue(), EMAIL);
    const { body } = await mail('recovery');
    await page.getByLabel('Code from the mail').fill(/>\s*(\d{6})\s*</.exec(body)?.[1] ?? 'no code');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('The password is changed. Sign in with it.').waitFor();
    await fillIn(page, PASSWORD);
    await signedIn(page);
    storage = await page.context().storageState();
  });

  test('on a phone, in the dark, from right to left nothing scrolls sideways and every field has its label', async (t) => {
    const phone = {
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
      colorScheme: 'dark' as const,
    };
    for (const [language, colorScheme] of [
      ['ar', 'dark'],
      ['de', 'light'],
    ] as const) {
      const visitor = await open(t, '/sign-in', { ...phone, colorScheme });
      await visitor.evaluate((chosen) => localStorage.setItem('language', chosen), language);
      for (const path of ['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify']) {
        await visitor.goto(path);
        await assertFits(visitor, path, language);
      }
      const person = await open(t, '/profile', { ...phone, colorScheme, storageState: storage });
      await person.locator('header select').selectOption(language);
      await person.locator('.row-list').nth(1).waitFor();
      await person.locator('.profile-part .button.danger').click();
      await assertFits(person, '/profile', language);
    }
  });

  test('a language that is chosen before the account has come stays, and is told to it', async (t) => {
    const page = await open(t, 'about:blank', { storageState: storage });
    const [read, chosen] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route('**/rest/v1/users?*', async (route) => {
      const response = await route.fetch();
      read.resolve();
      await chosen.promise;
      await route.fulfill({ response });
    });
    await page.goto('/profile');
    await read.promise;
    await page.locator('header select').selectOption('ar');
    const account = page.waitForResponse('**/rest/v1/users?*');
    chosen.resolve();
    await (await account).finished();
    await page.locator('.row-list').nth(1).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar');
    await page.locator('header select').selectOption('en');
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
  });

  test('data is taken along, and the account closed when its address is typed', async (t) => {
    const page = await open(t, '/profile', { storageState: storage });
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download my data' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'kurzora-export.json');
    const data = JSON.parse(await readFile((await file.path())!, 'utf8'));
    assert.equal(data.profile.email, EMAIL);
    assert.ok(data.securityEvents.length > 5);

    await page.getByRole('button', { name: 'Close my account' }).click();
    await page.getByLabel('to confirm').fill('somebody@example.com');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Close it for good' }).click();
    await page.getByText('This is not the address of the account.').waitFor();
    await page.getByLabel('to confirm').fill(EMAIL);
    await shoot(page, 'close-account');
    await page.getByRole('button', { name: 'Close it for good' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto('/sign-in');
    await fillIn(page, PASSWORD);
    await page.getByText('do not match an account').waitFor();
  });

  test('no page complained but about the refusals that were provoked', () => {
    // A page that is left while its socket is on the way says so, and cannot help it.
    const provoked = /status of 401|WebSocket is closed before/;
    assert.deepEqual(
      complaints.filter((complaint) => !provoked.test(complaint)),
      [],
    );
  });

  async function assertFits(page: Page, path: string, language: string): Promise<void> {
    await page.locator('main h1, main h2').first().waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${path} scrolls sideways by ${overflow} in ${language}`);
    const nameless = await page
      .locator('main input, main select')
      .evaluateAll(
        (all) => all.filter((field) => (field as HTMLInputElement).labels?.length === 0 && !field.ariaLabel).length,
      );
    assert.equal(nameless, 0, `${path} has fields without a label`);
    await shoot(page, `phone-${language}${path.replace('/', '-')}`);
  }

  interface Mail {
    readonly kind: string;
    readonly body: string;
  }

  async function mail(kind: string): Promise<Mail> {
    const answer = await fetch(`${project.url}/inbox/messages?to=${encodeURIComponent(EMAIL)}`);
    const found = ((await answer.json()) as Mail[]).find((each) => each.kind === kind);
    assert.ok(found, `there is a mail of kind ${kind}`);
    return found;
  }

  /** The link in the newest mail of a kind, as development keeps it. */
  async function linkOf(kind: string): Promise<string> {
    const { body } = await mail(kind);
    const link = /href="([^"]+\/verify[^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    assert.ok(link, body);
    return link;
  }
});
