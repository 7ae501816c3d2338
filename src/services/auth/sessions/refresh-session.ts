import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { audit } from '../store/audit.ts';
import { provesItself, type RefreshToken, readRefreshToken } from '../store/refresh-tokens.ts';
import { findSession, SESSION_COLUMNS, type SessionRow } from '../store/sessions.ts';
import { findUser, isBanned, type UserRow } from '../store/users.ts';
import { type SessionBody, sessionBody } from './issue-session.ts';
import { revokeSession } from './revoke.ts';
import { refreshedAt, type SessionEnd, sessionEnd } from './session-validity.ts';

type Asking = Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>;

const refused = (code: string, reason: string) => new AuthError(400, code, `Invalid Refresh Token: ${reason}`);
const notFound = () => refused('refresh_token_not_found', 'Refresh Token Not Found');
const EXPIRED: Readonly<Record<SessionEnd, string>> = {
  'not after': 'Session Expired',
  timebox: 'Session Expired',
  inactivity: 'Session Expired (Inactivity)',
};

/**
 * Takes a refresh token and gives the session its next tokens. A token that was used up may come again within the reuse interval
 * and gets the one that is good now (two tabs, a lost answer); later the whole session ends. Throws AuthError 400:
 * refresh_token_not_found, refresh_token_already_used, session_expired, user_banned.
 */
export async function refreshSession(
  context: AuthContext,
  request: Asking,
  refreshToken: string,
  options: { readonly oauthClientId?: string } = {},
): Promise<SessionBody> {
  const token = readRefreshToken(refreshToken);
  if (!token) throw notFound();
  // The end of a family must be stored, so a refusal leaves the transaction as a value.
  const outcome = await context.transaction((tx) => exchange(context, tx, request, token, options));
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}

async function exchange(
  context: AuthContext,
  tx: Session,
  request: Asking,
  token: RefreshToken,
  options: { readonly oauthClientId?: string },
): Promise<SessionBody | AuthError> {
  const session = await findSession(tx, token.sessionId, { lock: true });
  if (!session || !provesItself(context, session, token)) return notFound();
  if (session.oauth_client_id !== (options.oauthClientId ?? null)) return notFound();
  const user = await findUser(tx, session.user_id);
  if (!user) return notFound();
  if (isBanned(user, context.now())) return refused('user_banned', 'User Banned');
  const end = sessionEnd(session, context.settings.sessions, context.now());
  if (end) return refused('session_expired', EXPIRED[end]);
  const used = (session.refresh_token_counter ?? 0) - token.number;
  if (used === 0) return next(context, tx, request, session, user);
  if (used > 0 && withinReuse(context, session))
    return sessionBody(context, tx, { user, session, method: 'token_refresh' });
  return endFamily(context, tx, request, session, user);
}

async function next(
  context: AuthContext,
  tx: Session,
  request: Asking,
  before: SessionRow,
  user: UserRow,
): Promise<SessionBody> {
  const session = await tx.one<SessionRow>(
    `update auth.sessions set refresh_token_counter = refresh_token_counter + 1, updated_at = now(), user_agent = $2,
       refreshed_at = $4::timestamptz at time zone 'utc', ip = coalesce(nullif($3, '')::inet, ip)
     where id = $1 returning ${SESSION_COLUMNS}`,
    [before.id, request.userAgent, request.ip, new Date(context.now())],
  );
  await audit(tx, user, 'token_refreshed', { ip: request.ip });
  return sessionBody(context, tx, { user, session, method: 'token_refresh' });
}

function withinReuse(context: AuthContext, session: SessionRow): boolean {
  const last = refreshedAt(session);
  return last !== undefined && context.now() <= last + context.settings.refreshTokenReuseInterval * 1000;
}

/** Somebody has a copy of a token: nobody can tell who is right, so both sign in again. */
async function endFamily(
  context: AuthContext,
  tx: Session,
  request: Asking,
  session: SessionRow,
  user: UserRow,
): Promise<AuthError> {
  if (context.settings.refreshTokenRotation) {
    await revokeSession(tx, session.id);
    await audit(tx, user, 'token_revoked', { ip: request.ip, traits: { reason: 'refresh token used again' } });
    context.log.warn({ user: user.id, session: session.id }, 'a refresh token was used again; its session has ended');
  }
  return refused('refresh_token_already_used', 'Already Used');
}
