import { assertOr, Refusal } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { type Accounts, AuthError } from '#services/auth/api.ts';
import { type Account, findAccount } from '../queries/accounts.ts';
import type { KurzoraServices } from '../services.ts';

/** The account service, or 503 where none runs. */
export function accountsOf({ accounts }: KurzoraServices): Accounts {
  if (!accounts) throw new Refusal('UNAVAILABLE', 'Accounts are not served here');
  return accounts;
}

/** The API's user object, or 404 for who is deleted or switched off. */
export async function ownAccount(session: Session, userId: string): Promise<Account> {
  const account = await findAccount(session, userId);
  assertOr(account, 'NOT_FOUND', 'there is no such account');
  return account;
}

/** The account service's refusals as the API words them (spec 3.2); what is not expected goes on as it is. */
export async function withAccounts<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AuthError ? refusalOf(error) : error;
  }
}

const TOKEN_CODES = new Set([
  ...['refresh_token_not_found', 'refresh_token_already_used', 'session_not_found', 'session_expired', 'bad_jwt'],
  ...['otp_expired', 'no_authorization', 'user_not_found'],
]);

function refusalOf(error: AuthError): unknown {
  const { code, status, message, retryAfter } = error;
  const cause = error;
  if (code === 'invalid_credentials' || code === 'current_password_mismatch')
    return new Refusal('INVALID_CREDENTIALS', 'Invalid email or password', { cause });
  if (status === 429)
    return new Refusal('RATE_LIMITED', message, { retryAfter, details: { lockoutDuration: retryAfter }, cause });
  if (TOKEN_CODES.has(code)) return new Refusal('TOKEN_INVALID', 'The token is invalid or has expired', { cause });
  if (code === 'email_not_confirmed')
    return new Refusal('EMAIL_NOT_VERIFIED', 'Confirm your email address first', { cause });
  if (code === 'user_already_exists' || code === 'email_exists')
    return new Refusal('CONFLICT', 'There is an account with this email address', { cause });
  if (code === 'user_banned') return new Refusal('FORBIDDEN', 'This account is suspended', { cause });
  if (code === 'insufficient_aal') return new Refusal('TWO_FACTOR_REQUIRED', message, { cause });
  if (code.startsWith('mfa_')) return new Refusal('TWO_FACTOR_REQUIRED', message, { cause });
  if (status >= 500) return error;
  if (status === 403) return new Refusal('FORBIDDEN', message, { cause });
  if (status === 404) return new Refusal('NOT_FOUND', message, { cause });
  return new Refusal('VALIDATION_ERROR', message, { details: error.fields, cause });
}
