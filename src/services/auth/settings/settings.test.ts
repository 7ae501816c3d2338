import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { configTable } from '../../project-folder/config/table.ts';
import { goDuration } from './duration.ts';
import { authSettings } from './read-settings.ts';

const table = (toml: string): ConfigTable => configTable(parse(toml), 'config.toml');
const surroundings = { externalUrl: () => 'http://127.0.0.1:54321/auth/v1', production: false };
const read = (toml: string, folders: string[] = [], production = false) =>
  authSettings(table(toml), { ...surroundings, folders, production });

test('an empty file means the defaults of the CLI', () => {
  const settings = read('');
  assert.equal(settings.siteUrl, 'http://127.0.0.1:3000');
  assert.deepEqual(
    [settings.jwtExpiry, settings.minimumPasswordLength, settings.refreshTokenReuseInterval],
    [3600, 6, 10],
  );
  assert.deepEqual(
    [settings.enableSignup, settings.enableAnonymousSignIns, settings.enableManualLinking],
    [true, false, false],
  );
  assert.deepEqual(
    [settings.email.enableSignup, settings.email.enableConfirmations, settings.email.doubleConfirmChanges],
    [true, false, true],
  );
  assert.deepEqual([settings.sms.enableSignup, settings.sms.enableConfirmations], [false, false]);
  assert.deepEqual(
    [settings.sessions.timebox, settings.email.smtp, settings.captcha],
    [undefined, undefined, undefined],
  );
});

test('what the file says is what holds', () => {
  const settings = read(`
    [auth]
    site_url = "https://app.example"
    jwt_expiry = 60
    external_url = "https://api.example/auth/v1/"
    [auth.sessions]
    timebox = "24h"
    inactivity_timeout = "1h30m"
    [auth.sms.test_otp]
    "+4152127777" = "123456"
    [auth.sms.twilio]
    enabled = true
    account_sid = "sid"
    [auth.external.google]
    enabled = true
    client_id = "web, android"
    secret = "s"
    [auth.hook.custom_access_token]
    enabled = true
    uri = "pg-functions://postgres/public/claims"
    [auth.hook.send_sms]
    enabled = false
    uri = "https://x.example"
    [auth.mfa.totp]
    enroll_enabled = true
  `);
  assert.equal(settings.externalUrl(), 'https://api.example/auth/v1');
  assert.deepEqual([settings.siteUrl, settings.jwtExpiry], ['https://app.example', 60]);
  assert.deepEqual([settings.sessions.timebox, settings.sessions.inactivityTimeout], [86_400, 5400]);
  assert.deepEqual(settings.sms.testOtp, { '4152127777': '123456' });
  assert.deepEqual(settings.sms.vendors, [{ vendor: 'twilio', settings: { account_sid: 'sid' } }]);
  assert.deepEqual(settings.external['google']?.clientIds, ['web', 'android']);
  assert.deepEqual(Object.keys(settings.hooks), ['custom_access_token']);
  assert.deepEqual(settings.mfa.totp, { enroll: true, verify: false });
});

const WRONG: readonly [toml: string, key: RegExp][] = [
  ['[auth.sessions]\ntimebox = "a day"', /auth\.sessions\.timebox/],
  ['[auth.captcha]\nenabled = true\nprovider = "mine"', /auth\.captcha\.provider/],
  ['[auth.external.google]\nenabled = true', /auth\.external\.google\.client_id/],
  ['[auth.email.smtp]\nhost = "mail.example"', /auth\.email\.smtp\.admin_email/],
  ['[auth.hook.send_email]\nenabled = true\nuri = "ftp://x"', /auth\.hook\.send_email\.uri/],
  ['[auth.email.template.invite]\ncontent_path = "./nowhere.html"', /content_path names \.\/nowhere\.html/],
  ['[auth]\njwt_expiry = "soon"', /auth\.jwt_expiry/],
];
for (const [toml, key] of WRONG)
  test(`a mistake is named by its key: ${key.source}`, () => {
    assert.throws(() => read(toml), key);
  });

test('on a machine without the variables of a mail server, a captcha and a provider development starts, production does not', () => {
  const toml = `
    [auth.captcha]
    enabled = true
    provider = "turnstile"
    secret = "env(CAPTCHA_SECRET)"
    [auth.email.smtp]
    host = "env(SMTP_HOST)"
    admin_email = "a@example.com"
    [auth.external.google]
    enabled = true
    client_id = "env(GOOGLE_ID)"
  `;
  const { captcha, email, external } = read(toml);
  assert.deepEqual([captcha, email.smtp, external['google']?.clientIds], [undefined, undefined, ['env(GOOGLE_ID)']]);
  assert.throws(() => read(toml, [], true), /auth\.captcha\.secret|auth\.email\.smtp\.host/);
});

test('a template is read from the folder of the project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    writeFileSync(join(folder, 'invite.html'), '<p>Welcome</p>');
    const settings = read('[auth.email.template.invite]\nsubject = "Hello"\ncontent_path = "./invite.html"', [folder]);
    assert.deepEqual(settings.email.templates['invite'], { subject: 'Hello', content: '<p>Welcome</p>' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('durations are read as Go writes them', () => {
  const cases = { '0s': 0, '0': 0, '1m30s': 90, '1.5h': 5400, '250ms': 0.25, '24h': 86_400 };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(goDuration(text), seconds, text);
  for (const text of ['', '5', 's', '1 h', '-1s', '1d']) assert.equal(goDuration(text), undefined, text);
});
