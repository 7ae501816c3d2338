import { randomInt } from 'node:crypto';
import type { AuthContext } from '../context.ts';

/** What is stored of a code that was sent, or typed from an app: it tells nothing without the project's secret. */
export const sealedFactorCode = (context: AuthContext, scope: string, code: string): string =>
  context.seal('factor-code', `${scope}:${code}`);

export function newPhoneCode(digits: number): string {
  return Array.from({ length: digits }, () => randomInt(10)).join('');
}

/** The code that config.toml fixes for this number, for tests and app stores: nothing is sent to it. */
export function testCode(context: AuthContext, phone: string): string | undefined {
  return context.settings.sms.testOtp[phone];
}
