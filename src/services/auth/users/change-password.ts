import type { Session } from '#kernel/postgres/database.ts';
import { redeemReauthentication } from '../codes/reauthentication.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { AuthRequest, SignedIn } from '../http/endpoint.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
import { revokeSessionsOf } from '../sessions/revoke.ts';
import { audit } from '../store/audit.ts';
import { deleteTokensOf } from '../store/one-time-tokens.ts';
import { type UserRow, updateUser } from '../store/users.ts';
import { hashPassword, verifyPassword } from '../tokens/passwords.ts';
import { assertStrongPassword } from '../tokens/weak-password.ts';

export interface NewPassword {
  readonly hash: string;
}

type Request = Pick<AuthRequest<{ nonce?: string | null; current_password?: string | null }>, 'body' | 'ip'>;

/** A session that is younger has just shown that it is the user's. */
const RECENT_MS = 24 * 60 * 60 * 1000;

/**
 * Checks a new password and computes its hash, outside any transaction. Throws weak_password, same_password (422),
 * current_password_mismatch, reauthentication_needed (400), reauthentication_not_valid (422).
 */
export async function preparePassword(
  context: AuthContext,
  request: Request,
  caller: SignedIn,
  password: string,
): Promise<NewPassword> {
  const { user } = caller;
  await assertStrongPassword(context, password);
  if (request.body.current_password) await assertCurrent(context, request, user, request.body.current_password);
  if (await needsNonce(context, caller)) {
    const { nonce } = request.body;
    if (!nonce) throw new AuthError(400, 'reauthentication_needed', 'Password update requires reauthentication');
    await redeemReauthentication(context, { user, nonce, ip: request.ip });
  }
  if (user.encrypted_password && (await verifyPassword(password, user.encrypted_password)).ok)
    throw new AuthError(422, 'same_password', 'New password should be different from the old password.');
  return { hash: await hashPassword(password) };
}

/** Sets it, ends what else could sign in with the old one: other sessions, links and codes that are on their way. */
export async function storePassword(
  context: AuthContext,
  tx: Session,
  { user, session }: SignedIn,
  { ip }: Pick<AuthRequest<unknown>, 'ip'>,
  { hash }: NewPassword,
): Promise<UserRow> {
  const changed = await updateUser(tx, user.id, {
    encrypted_password: hash,
    recovery_token: '',
    reauthentication_token: '',
    updated_at: new Date(context.now()),
  });
  await deleteTokensOf(tx, user.id, ['recovery_token', 'reauthentication_token']);
  await revokeSessionsOf(tx, user.id, { except: session?.id });
  await audit(tx, user, 'user_updated_password', { ip });
  return changed;
}

async function needsNonce({ settings, now }: AuthContext, { session }: SignedIn): Promise<boolean> {
  if (!settings.email.securePasswordChange) return false;
  return !session?.created_at || now() > session.created_at.getTime() + RECENT_MS;
}

async function assertCurrent(context: AuthContext, { ip }: Request, user: UserRow, given: string): Promise<void> {
  const attempt = { kind: 'password', account: user.email || user.phone || user.id, ip } as const;
  await countAttempt(context, attempt);
  if (!(await verifyPassword(given, user.encrypted_password)).ok)
    throw new AuthError(400, 'current_password_mismatch', 'Current password is not right');
  await clearAttempts(context, attempt);
}
