import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CaptchaStandIn, captchaStandIn } from '../../../../test/stand-ins/captcha.ts';
import type { AuthContext } from '../context.ts';
import type { AuthError } from '../errors.ts';
import { checkCaptcha } from './check-captcha.ts';

let vendor: CaptchaStandIn;
before(async () => {
  vendor = await captchaStandIn('the secret');
});
after(() => vendor?.close());

const context = (change: Record<string, unknown> = {}) =>
  ({
    settings: { captcha: { provider: 'hcaptcha', secret: 'the secret', url: vendor.url, ...change } },
    keys: {
      verify: async (token: string) => {
        if (token === 'service') return { role: 'service_role' };
        throw new Error('bad');
      },
    },
  }) as unknown as AuthContext;

const asked = (token?: string, bearer?: string) => ({
  body: token === undefined ? {} : { gotrue_meta_security: { captcha_token: token } },
  ip: '192.0.2.1',
  token: bearer,
});

async function refusal(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: AuthError) => `${error.status} ${error.code} ${error.message}`,
  );
}

test('a person passes once, and the vendor learns the address', async () => {
  const token = vendor.solve();
  assert.equal(await refusal(checkCaptcha(context(), asked(token))), 'nothing');
  assert.equal(vendor.lastAddress, '192.0.2.1');
  assert.equal(
    await refusal(checkCaptcha(context(), asked(token))),
    '400 captcha_failed captcha protection: request disallowed (already-seen-response)',
  );
});

test('who solved nothing is refused', async () => {
  const prefix = '400 captcha_failed captcha protection: request disallowed';
  assert.equal(await refusal(checkCaptcha(context(), asked())), `${prefix} (no captcha_token found)`);
  assert.equal(await refusal(checkCaptcha(context(), asked(' '))), `${prefix} (no captcha_token found)`);
  assert.equal(await refusal(checkCaptcha(context(), asked('made up'))), `${prefix} (invalid-input-response)`);
});

test('the service key needs to solve nothing, and a token that is nobody’s is no service key', async () => {
  assert.equal(await refusal(checkCaptcha(context(), asked(undefined, 'service'))), 'nothing');
  assert.match(await refusal(checkCaptcha(context(), asked(undefined, 'forged'))), /^400 captcha_failed/);
});

test('a vendor that cannot be asked lets nobody in', async () => {
  const away = context({ url: 'http://127.0.0.1:1/' });
  assert.equal(
    await refusal(checkCaptcha(away, asked(vendor.solve()))),
    '500 unexpected_failure captcha verification process failed',
  );
});

test('a project without captcha asks nobody', async () => {
  const without = { settings: {} } as unknown as AuthContext;
  assert.equal(await refusal(checkCaptcha(without, asked())), 'nothing');
});
