import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { validationFailed } from '../errors.ts';

const ADDRESS =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** The address in lower case. Throws validation_failed (400) as GoTrue words it. */
export function normaliseEmail(email: string | null | undefined): string {
  if (!email) throw validationFailed('An email address is required');
  if (email.length > 255) throw validationFailed('An email address is too long');
  if (!ADDRESS.test(email)) throw validationFailed('Unable to validate email address: invalid format');
  return email.toLowerCase();
}

/** The number as auth.users has it, E.164 without plus; signs between digits fall away. Throws validation_failed (400) as GoTrue words it. */
export function normalisePhone(phone: string | null | undefined): string {
  const digits = (phone ?? '').replace(/[\s()-]/g, '').replace(/^\+/, '');
  if (!/^[1-9][0-9]{1,14}$/.test(digits)) throw validationFailed('Invalid phone number format (E.164 required)');
  return digits;
}

export interface NationalNumber {
  /** E.164 without plus. */
  readonly phone: string;
  readonly country: CountryCode;
  /** What the numbering plan says it is, e.g. MOBILE or FIXED_LINE; undefined when it does not say. */
  readonly kind: string | undefined;
}

/**
 * A number as people write it at home: `0700 123 456`, `+996 700 123456`, `00996...`, `996700123456`, `700123456` in Kyrgyzstan are
 * one. Undefined when it is no number of that country's plan, or of another country.
 */
export function nationalNumber(text: string, country: CountryCode): NationalNumber | undefined {
  const plain = text.trim().replace(/^00/, '+');
  for (const candidate of [plain, `+${plain}`]) {
    const parsed = parsePhoneNumberFromString(candidate, country);
    if (parsed?.country === country && parsed.isPossible())
      return { phone: parsed.number.slice(1), country, kind: parsed.getType() };
  }
  return undefined;
}
