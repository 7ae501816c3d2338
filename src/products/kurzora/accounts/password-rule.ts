import { assertOr } from '#kernel/errors.ts';

const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/];

/** 8 characters to 72 bytes (bcrypt reads no further), and three of: lower, upper, digit, anything else (spec 9, T-16). */
export function assertPassword(password: string): void {
  const missing: string[] = [];
  if ([...password].length < 8) missing.push('at least 8 characters');
  if (Buffer.byteLength(password) > 72) missing.push('at most 72 bytes');
  if (CLASSES.filter((each) => each.test(password)).length < 3)
    missing.push('three of: lower case, upper case, digits, other characters');
  assertOr(missing.length === 0, 'VALIDATION_ERROR', `The password needs ${missing.join(', ')}`, { password: missing });
}
