import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError, validationFailed } from '../errors.ts';
import type { Challenge } from '../flows/challenge.ts';
import type { UserRow } from '../store/users.ts';
import { secureToken } from '../tokens/random.ts';

/** Seconds that a person may take to decide, and that an application may take to fetch its tokens. */
const DECISION_SECONDS = 10 * 60;
export const CODE_SECONDS = 5 * 60;

/** A row of auth.oauth_authorizations: an application asks for a person's consent. */
export interface AuthorizationRow {
  readonly id: string;
  readonly authorization_id: string;
  readonly client_id: string;
  readonly user_id: string | null;
  readonly redirect_uri: string;
  readonly scope: string;
  readonly state: string | null;
  readonly resource: string | null;
  readonly code_challenge: string | null;
  readonly code_challenge_method: 's256' | 'plain' | null;
  readonly status: 'pending' | 'approved' | 'denied' | 'expired';
  /** The code's seal. */
  readonly authorization_code: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly approved_at: Date | null;
  readonly nonce: string | null;
}

const COLUMNS = `id, authorization_id, client_id, user_id, redirect_uri, scope, state, resource, code_challenge, code_challenge_method,
  status, authorization_code, created_at, expires_at, approved_at, nonce`;

export interface NewAuthorization {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly state?: string;
  readonly resource?: string;
  readonly challenge: Challenge;
  readonly nonce?: string;
}

/** Returns the id by which the consent page asks for it. */
export async function insertAuthorization(context: AuthContext, tx: Session, given: NewAuthorization): Promise<string> {
  const now = context.now();
  const authorizationId = secureToken(24);
  await tx.execute(
    `insert into auth.oauth_authorizations (id, authorization_id, client_id, redirect_uri, scope, state, resource, code_challenge,
       code_challenge_method, nonce, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      randomUUID(),
      authorizationId,
      given.clientId,
      given.redirectUri,
      given.scope,
      given.state,
      given.resource,
      given.challenge.challenge,
      given.challenge.method,
      given.nonce,
      new Date(now),
      new Date(now + DECISION_SECONDS * 1000),
    ],
  );
  return authorizationId;
}

const notFound = () => new AuthError(404, 'oauth_authorization_not_found', 'authorization not found');

/**
 * The pending request of this id, locked, from now on this person's. Throws 404 when there is none, it is too old or somebody else
 * has opened it, validation_failed (400) when it was decided already.
 */
export async function pendingAuthorization(
  context: AuthContext,
  tx: Session,
  authorizationId: string,
  user: UserRow,
): Promise<AuthorizationRow> {
  const row = await tx.maybeOne<AuthorizationRow>(
    `select ${COLUMNS} from auth.oauth_authorizations where authorization_id = $1 for update`,
    [authorizationId],
  );
  if (!row || row.expires_at.getTime() <= context.now()) throw notFound();
  if (row.user_id !== null && row.user_id !== user.id) throw notFound();
  if (row.status !== 'pending') throw validationFailed('authorization request cannot be processed');
  if (row.user_id === null)
    await tx.execute('update auth.oauth_authorizations set user_id = $2 where id = $1', [row.id, user.id]);
  return { ...row, user_id: user.id };
}

/** Approves and returns where the person goes back to, with a code that is stored sealed. */
export async function approveAuthorization(context: AuthContext, tx: Session, row: AuthorizationRow): Promise<string> {
  const code = secureToken();
  const now = context.now();
  await tx.execute(
    `update auth.oauth_authorizations set status = 'approved', approved_at = $2, expires_at = $3, authorization_code = $4
     where id = $1`,
    [row.id, new Date(now), new Date(now + CODE_SECONDS * 1000), sealedCode(context, code)],
  );
  return answerAddress(row, { code });
}

export async function denyAuthorization(tx: Session, row: AuthorizationRow): Promise<string> {
  await tx.execute(`update auth.oauth_authorizations set status = 'denied' where id = $1`, [row.id]);
  return answerAddress(row, { error: 'access_denied', error_description: 'User denied the request' });
}

/** Takes the code's authorization away: a code is exchanged once. */
export function takeAuthorization(
  context: AuthContext,
  tx: Session,
  code: string,
): Promise<AuthorizationRow | undefined> {
  return tx.maybeOne<AuthorizationRow>(
    `delete from auth.oauth_authorizations where authorization_code = $1 returning ${COLUMNS}`,
    [sealedCode(context, code)],
  );
}

const sealedCode = (context: AuthContext, code: string) => context.seal('oauth-server-code', code);

/** RFC 6749 4.1.2: the answer in the query of the redirect URI. */
export function answerAddress(
  { redirect_uri: uri, state }: Pick<AuthorizationRow, 'redirect_uri' | 'state'>,
  fields: Readonly<Record<string, string>>,
): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  if (state) url.searchParams.set('state', state);
  return url.href;
}
