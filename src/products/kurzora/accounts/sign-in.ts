import { assertOr, Refusal } from '#kernel/errors.ts';
import type { RouteContext } from '#kernel/product.ts';
import type { SessionBody } from '#services/auth/api.ts';
import { countTry, findAccount, findAccountId, forgetTries, limitSession } from '../queries/accounts.ts';
import type { KurzoraServices } from '../services.ts';
import { accountsOf, withAccounts } from './account-service.ts';
import { showFactor, verifiedTotp } from './second-factor.ts';
import { noteEvent } from './security-events.ts';

export type AccountContext = Pick<
  RouteContext<KurzoraServices>,
  'project' | 'services' | 'client' | 'identity' | 'headers' | 'as'
>;

const REMEMBERED_DAYS = 30;
const SESSION_DAYS = 7;

/**
 * Signs in. Five tries of one account from one address in a quarter of an hour, then 423 for as long, whatever the password is and
 * whether or not there is such an account; over many addresses the account service's own locks hold.
 */
export async function signIn(
  context: AccountContext,
  given: { email: string; password: string; rememberMe?: boolean | undefined; twoFactorCode?: string | undefined },
) {
  const { project, services, client } = context;
  const email = given.email.trim().toLowerCase();
  const who = `${email}|${client.ip}`;
  await assertNotLocked(context, 'login', who, () =>
    project.database.asService(async (tx) => {
      const userId = await findAccountId(tx, email);
      if (userId) await noteEvent(tx, context, { userId, type: 'account_locked' });
    }),
  );
  const first = await withAccounts(accountsOf(services).signIn(client, { email, password: given.password }));
  const session = await secondFactor(context, first, given.twoFactorCode);
  await project.database.asService(async (tx) => {
    await forgetTries(tx, 'login', who);
    await limitSession(tx, sessionIdOf(session.access_token), given.rememberMe ? REMEMBERED_DAYS : SESSION_DAYS);
    await noteEvent(tx, context, { userId: session.user.id, type: 'login' });
  });
  return signedIn(context, session);
}

/** Seconds of a lock that has just begun. */
const WHOLE_LOCK = 900;

/** Counts a try. Throws ACCOUNT_LOCKED after too many; `locked` is called by the try that brings the lock. */
export async function assertNotLocked(
  { project }: Pick<AccountContext, 'project'>,
  action: string,
  who: string,
  locked?: () => Promise<void>,
): Promise<void> {
  const seconds = await project.database.asService((tx) => countTry(tx, action, who, project.now()));
  if (seconds === WHOLE_LOCK) await locked?.();
  if (seconds > 0)
    throw new Refusal('ACCOUNT_LOCKED', 'Too many failed attempts, try again later', {
      retryAfter: seconds,
      details: { lockoutDuration: seconds },
    });
}

/** Who has set up a second factor shows it, or the session that was just made ends. */
async function secondFactor(context: AccountContext, session: SessionBody, code: string | undefined) {
  const factor = verifiedTotp(session.user as never);
  if (!factor) return session;
  try {
    assertOr(code, 'TWO_FACTOR_REQUIRED', 'Give the code of your second factor as twoFactorCode');
    return await showFactor(context, { ...session, userId: session.user.id }, factor, code);
  } catch (error) {
    await accountsOf(context.services).logOut(context.client, session.access_token, 'local');
    throw error;
  }
}

/** The API's answer to a session. */
export async function signedIn({ project }: Pick<AccountContext, 'project'>, session: SessionBody) {
  const user = await project.database.asService((tx) => findAccount(tx, session.user.id));
  assertOr(user, 'FORBIDDEN', 'This account is closed');
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = session;
  return { user, accessToken, refreshToken, expiresIn };
}

/** Claim of a token that the account service has just made. */
export function sessionIdOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return claims.session_id as string;
}

/** The caller's own token, for calls in his name; 401 without one. */
export function bearerOf({ headers }: Pick<AccountContext, 'headers'>): string {
  const token = /^bearer\s+(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
  assertOr(token, 'UNAUTHORIZED', 'Sign in to use this');
  return token;
}
