import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { type AmrMethod, addAmr } from '../store/amr.ts';
import { refreshTokenOf } from '../store/refresh-tokens.ts';
import { insertSession, raiseSession, type SessionRow } from '../store/sessions.ts';
import { type UserRow, updateUser } from '../store/users.ts';
import { type UserBody, userBody } from '../users/user-body.ts';
import { accessToken } from './access-token.ts';
import { revokeOldestSessions, revokeSessionsOf } from './revoke.ts';

/** What a client counts as a session. */
export interface SessionBody {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Epoch seconds. */
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: UserBody;
  readonly provider_token?: string;
  readonly provider_refresh_token?: string;
  readonly weak_password?: { readonly message: string; readonly reasons: readonly string[] };
}

export interface IssueSession {
  readonly user: UserRow;
  readonly method: AmrMethod;
  readonly request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>;
  /** Goes on with this session: a factor was verified, a session is upgraded. Its refresh token changes. */
  readonly session?: SessionRow;
  readonly aal?: 'aal1' | 'aal2';
  readonly factorId?: string;
  readonly providerToken?: string;
  readonly providerRefreshToken?: string;
  readonly tag?: string;
  readonly oauthClientId?: string;
  readonly scopes?: string;
}

/**
 * Signs the user in, in the caller's transaction: a session (or the next step of one), amr, last_sign_in_at, tokens with the hook
 * custom_access_token, the limits on sessions per user. The caller checks bans and confirmations before, and audits.
 */
export async function issueSession(context: AuthContext, tx: Session, given: IssueSession): Promise<SessionBody> {
  const user = await updateUser(tx, given.user.id, { last_sign_in_at: new Date(context.now()) });
  const session = given.session ? await nextStep(tx, given.session, given) : await newSession(context, tx, given);
  await addAmr(tx, session.id, given.method);
  return sessionBody(context, tx, { ...given, user, session });
}

/** The tokens of a session as it stands, e.g. after its refresh. */
export async function sessionBody(
  context: AuthContext,
  tx: Session,
  given: {
    readonly user: UserRow;
    readonly session: SessionRow;
    readonly method: string;
    readonly providerToken?: string;
    readonly providerRefreshToken?: string;
  },
): Promise<SessionBody> {
  const { token, expiresIn, expiresAt } = await accessToken(context, tx, given);
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: expiresIn,
    expires_at: expiresAt,
    refresh_token: refreshTokenOf(context, given.session),
    user: await userBody(tx, given.user),
    ...(given.providerToken ? { provider_token: given.providerToken } : {}),
    ...(given.providerRefreshToken ? { provider_refresh_token: given.providerRefreshToken } : {}),
  };
}

/** The token that was good before is used up, as after a refresh. */
async function nextStep(tx: Session, before: SessionRow, given: IssueSession): Promise<SessionRow> {
  await tx.execute(
    `update auth.sessions set refresh_token_counter = coalesce(refresh_token_counter, 0) + 1,
       refreshed_at = now() at time zone 'utc' where id = $1`,
    [before.id],
  );
  return raiseSession(tx, before.id, given.aal ?? aalOf(before), given.factorId ?? before.factor_id ?? undefined);
}

const aalOf = ({ aal }: SessionRow) => (aal === 'aal2' ? 'aal2' : 'aal1');

/** The row of the user is locked by now: sign-ins of one user follow each other, so the limits hold. */
async function newSession(context: AuthContext, tx: Session, given: IssueSession): Promise<SessionRow> {
  const { singlePerUser, maximum } = context.settings.sessions;
  if (singlePerUser) await revokeSessionsOf(tx, given.user.id);
  else if (maximum) await revokeOldestSessions(tx, given.user.id, maximum - 1);
  return insertSession(tx, { userId: given.user.id, ...given, ...given.request });
}
