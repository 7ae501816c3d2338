import type { AuthContext } from '../context.ts';
import { AuthError, badJwt, noAuthorization, notAdmin } from '../errors.ts';
import { sessionEnd } from '../sessions/session-validity.ts';
import { readTogether } from '../store/read-together.ts';
import { SESSION_COLUMNS, type SessionRow } from '../store/sessions.ts';
import { isBanned, isUuid, USER_COLUMNS, type UserRow } from '../store/users.ts';
import type { SignedIn } from './endpoint.ts';

/** The user whose token this is. Throws 401 without one, 403 for a token, a user or a session that is good no more. */
export async function signedInCaller(context: AuthContext, token: string | undefined): Promise<SignedIn> {
  if (!token) throw noAuthorization();
  const claims = await context.keys.verify(token);
  const { sub, session_id: sessionId } = claims;
  if (typeof sub !== 'string' || sub === '') throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim');
  if (!isUuid(sub)) throw new AuthError(403, 'bad_jwt', 'invalid claim: sub claim must be a UUID');
  const { user, session } = await load(context, sub, sessionId);
  if (!user || user.deleted_at) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist');
  const known = session?.user_id === user.id ? session : undefined;
  if (sessionId && !known)
    throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
  const end = known && sessionEnd(known, { ...context.settings.sessions, inactivityTimeout: undefined }, context.now());
  if (end) throw new AuthError(403, 'session_expired', 'Session from session_id claim in JWT has expired');
  if (isBanned(user, context.now())) throw new AuthError(403, 'user_banned', 'User is banned');
  return { claims: { ...claims, sub }, user, session: known };
}

/** Every request of somebody signed in begins with this: one round trip. */
async function load(
  context: AuthContext,
  userId: string,
  sessionId: unknown,
): Promise<{ user?: UserRow; session?: SessionRow }> {
  const ofUser = { text: `select ${USER_COLUMNS} from auth.users where id = $1`, values: [userId] };
  const ofSession = { text: `select ${SESSION_COLUMNS} from auth.sessions where id = $1`, values: [String(sessionId)] };
  const known = typeof sessionId === 'string' && isUuid(sessionId);
  const [users, sessions] = await readTogether(context, known ? [ofUser, ofSession] : [ofUser]);
  return { user: users?.[0] as UserRow | undefined, session: sessions?.[0] as SessionRow | undefined };
}

const ADMIN_ROLES = new Set(['service_role', 'supabase_admin']);

/** Throws 401 without a token and not_admin (403) for one of another role. The subject of an admin's token need not exist. */
export async function assertAdmin(context: AuthContext, token: string | undefined): Promise<void> {
  if (!token) throw noAuthorization();
  const { role } = await context.keys.verify(token);
  if (role === undefined) throw badJwt('the token names no role');
  if (!ADMIN_ROLES.has(String(role))) throw notAdmin();
}
