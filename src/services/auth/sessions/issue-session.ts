import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import type { AmrMethod } from '../store/amr.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';
import type { UserBody } from '../users/user-body.ts';

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
  throw new Error('not yet');
}
