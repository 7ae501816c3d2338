import type { ConfigTable } from '#services/project-folder/api.ts';
import { seconds } from './config-values.ts';
import type { AuthSettings, SmsVendorSettings } from './settings.ts';

const VENDORS: readonly SmsVendorSettings['vendor'][] = [
  'twilio',
  'twilio_verify',
  'messagebird',
  'textlocal',
  'vonage',
];

/** auth.sms; the vendors that are switched on, in the order in which the CLI lists them. */
export function smsSettings(table: ConfigTable): AuthSettings['sms'] {
  return {
    enableSignup: table.flag('auth.sms.enable_signup', false),
    enableConfirmations: table.flag('auth.sms.enable_confirmations', false),
    maxFrequency: seconds(table, 'auth.sms.max_frequency', 5),
    otpLength: table.integer('auth.sms.otp_length') ?? 6,
    otpExpiry: table.integer('auth.sms.otp_expiry') ?? 6000,
    template: table.text('auth.sms.template') ?? 'Your code is {{ .Code }}',
    testOtp: testOtp(table),
    vendors: VENDORS.filter((vendor) => table.flag(`auth.sms.${vendor}.enabled`, false)).map((vendor) => ({
      vendor,
      settings: texts(table.table(`auth.sms.${vendor}`)),
    })),
  };
}

/** Numbers as auth.users has them: without plus. */
function testOtp(table: ConfigTable): Record<string, string> {
  const pairs = Object.entries(table.table('auth.sms.test_otp'));
  return Object.fromEntries(pairs.map(([phone, code]) => [phone.replace(/^\+/, ''), String(code)]));
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
