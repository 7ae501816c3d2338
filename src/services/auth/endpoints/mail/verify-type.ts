import { AuthError, validationFailed } from '../../errors.ts';
import type { CodeType } from '../../store/one-time-tokens.ts';

/** Which tokens a verification of each type may redeem; `email` takes whichever of two mails the person got. */
const BY_MAIL: Readonly<Record<string, readonly CodeType[]>> = {
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  recovery: ['recovery_token'],
  magiclink: ['recovery_token'],
  email: ['confirmation_token', 'recovery_token'],
  email_change: ['email_change_token_new', 'email_change_token_current'],
};
const BY_TEXT: Readonly<Record<string, readonly CodeType[]>> = {
  sms: ['confirmation_token'],
  phone_change: ['phone_change_token'],
};

/** Throws validation_failed (400) for a type that a link or a code for this kind of address cannot have. */
export function tokenTypes(type: string, kind: 'email' | 'phone'): readonly CodeType[] {
  const known = kind === 'email' ? BY_MAIL : BY_TEXT;
  if (Object.hasOwn(known, type)) return known[type]!;
  throw validationFailed(kind === 'email' ? 'Invalid email verification type' : 'Invalid sms verification type');
}

export const linkExpired = (): AuthError => new AuthError(403, 'otp_expired', 'Email link is invalid or has expired');

export const HALF_CONFIRMED = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';
