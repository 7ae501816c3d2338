import type { AuthContext } from '../context.ts';
import { AuthError, invalidCredentials } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
import { audit } from '../store/audit.ts';
import { findUser, findUserByEmail, findUserByPhone, type UserRow, updateUser } from '../store/users.ts';
import { hashPassword, type PasswordCheck, verifyPassword } from '../tokens/passwords.ts';
import { passwordWeakness } from '../tokens/weak-password.ts';
import { issueSession, type SessionBody } from './issue-session.ts';
import { revokeSessionsOf } from './revoke.ts';
import { assertConfirmed, assertNotBanned } from './sign-in-checks.ts';

export interface PasswordSignIn {
  readonly kind: 'email' | 'phone';
  /** Normalised. */
  readonly address: string;
  readonly password: string;
}

/**
 * Counts the try, compares, asks the hook password_verification_attempt, signs in; a hash of an older kind is replaced. No connection
 * is held while a hash is computed. Throws invalid_credentials, user_banned, email_not_confirmed, phone_not_confirmed (400), and
 * over_request_rate_limit (429) while the account or the address is locked.
 */
export async function signInWithPassword(
  context: AuthContext,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  given: PasswordSignIn,
): Promise<SessionBody> {
  const { kind, address, password } = given;
  const attempt = { kind: 'password', account: address, ip: request.ip } as const;
  await countAttempt(context, attempt);
  const user = await context.transaction(
    (tx) => (kind === 'email' ? findUserByEmail(tx, address) : findUserByPhone(tx, address)),
    { readOnly: true },
  );
  const check = await verifyPassword(password, user?.encrypted_password);
  if (user) await askHook(context, user, check.ok);
  if (!user || !check.ok) throw invalidCredentials();
  assertNotBanned(context, user);
  assertConfirmed(user, kind);
  const session = await store(context, request, given, user, await replacement(check, password));
  await clearAttempts(context, attempt);
  const weakness = passwordWeakness(context.settings, password);
  return weakness ? { ...session, weak_password: weakness } : session;
}

const replacement = async ({ outdated }: PasswordCheck, password: string): Promise<string | undefined> =>
  outdated ? hashPassword(password) : undefined;

function store(
  context: AuthContext,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  { kind }: PasswordSignIn,
  before: UserRow,
  newHash: string | undefined,
): Promise<SessionBody> {
  return context.transaction(async (tx) => {
    const user = await findUser(tx, before.id, { lock: true });
    // The password was changed, or the user deleted, while the hash was computed.
    if (!user || user.encrypted_password !== before.encrypted_password) throw invalidCredentials();
    if (newHash) await updateUser(tx, user.id, { encrypted_password: newHash });
    await audit(tx, user, 'login', { ip: request.ip, traits: { provider: kind } });
    return issueSession(context, tx, { user, method: 'password', request });
  });
}

const REJECTED = 'Further password verification attempts will be rejected.';

/** The hook may refuse a right password and end all sessions; it hears of every try. */
async function askHook(context: AuthContext, user: UserRow, valid: boolean): Promise<void> {
  if (!context.hooks.has('password_verification_attempt')) return;
  const payload = { user_id: user.id, valid };
  const answer = await context.transaction((tx) => context.hooks.call('password_verification_attempt', payload, tx));
  if (answer['decision'] !== 'reject') return;
  if (answer['should_logout_user'] === true) await context.transaction((tx) => revokeSessionsOf(tx, user.id));
  const message = typeof answer['message'] === 'string' && answer['message'] !== '' ? answer['message'] : REJECTED;
  throw new AuthError(400, 'invalid_credentials', message);
}
