import { randomBytes, randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import { isUuid } from './users.ts';

/** A row of auth.sessions. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
  readonly factor_id: string | null;
  readonly aal: 'aal1' | 'aal2' | 'aal3' | null;
  readonly not_after: Date | null;
  /** UTC without a zone, e.g. `2026-01-02 03:04:05.678`. */
  readonly refreshed_at: string | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
  readonly tag: string | null;
  readonly oauth_client_id: string | null;
  readonly scopes: string | null;
  /** What the refresh tokens of this session are derived from, with the project's secret: refresh-tokens.ts. */
  readonly refresh_token_hmac_key: string | null;
  /** Number of the refresh token that is good now; those below are used up. */
  readonly refresh_token_counter: number | null;
}

export const SESSION_COLUMNS =
  'id, user_id, created_at, updated_at, factor_id, aal, not_after, refreshed_at, user_agent, host(ip) as ip, tag, ' +
  'oauth_client_id, scopes, refresh_token_hmac_key, refresh_token_counter';

/** `lock`: two refreshes of one session follow each other. */
export async function findSession(
  tx: Session,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<SessionRow | undefined> {
  if (!isUuid(id)) return undefined;
  const lock = options.lock ? ' for update' : '';
  return tx.maybeOne(`select ${SESSION_COLUMNS} from auth.sessions where id = $1${lock}`, [id]);
}

/** Latest first. */
export function sessionsOf(tx: Session, userId: string): Promise<SessionRow[]> {
  return tx.query(`select ${SESSION_COLUMNS} from auth.sessions where user_id = $1 order by created_at desc, id`, [
    userId,
  ]);
}

export function insertSession(
  tx: Session,
  given: {
    readonly userId: string;
    readonly userAgent: string;
    readonly ip: string;
    readonly aal?: 'aal1' | 'aal2';
    readonly factorId?: string;
    readonly notAfter?: Date;
    readonly tag?: string;
    readonly oauthClientId?: string;
    readonly scopes?: string;
  },
): Promise<SessionRow> {
  return tx.one(
    `insert into auth.sessions (id, user_id, created_at, updated_at, aal, factor_id, not_after, user_agent, ip, tag,
       oauth_client_id, scopes, refresh_token_hmac_key, refresh_token_counter)
     values ($1, $2, now(), now(), $3, $4, $5, $6, nullif($7, '')::inet, $8, $9, $10, $11, 0)
     returning ${SESSION_COLUMNS}`,
    [
      randomUUID(),
      given.userId,
      given.aal ?? 'aal1',
      given.factorId,
      given.notAfter,
      given.userAgent,
      given.ip,
      given.tag,
      given.oauthClientId,
      given.scopes,
      randomBytes(32).toString('base64url'),
    ],
  );
}

/** Sets the level that the session has reached and the factor it was reached with. */
export function raiseSession(tx: Session, id: string, aal: 'aal1' | 'aal2', factorId?: string): Promise<SessionRow> {
  return tx.one(
    `update auth.sessions set aal = $2, factor_id = $3, updated_at = now() where id = $1 returning ${SESSION_COLUMNS}`,
    [id, aal, factorId],
  );
}
