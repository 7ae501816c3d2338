import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';

/** What a person has agreed that an application may see; a new decision adds to the old one. */
export async function grantConsent(
  tx: Session,
  given: { readonly userId: string; readonly clientId: string; readonly scope: string },
): Promise<void> {
  const before = await consentedScopes(tx, given.userId, given.clientId);
  const scopes = [...new Set([...before, ...scopesOf(given.scope)])].join(' ');
  await tx.execute(
    `insert into auth.oauth_consents (id, user_id, client_id, scopes, granted_at) values ($1, $2, $3, $4, now())
     on conflict on constraint oauth_consents_user_client_unique
     do update set scopes = excluded.scopes, granted_at = now(), revoked_at = null`,
    [randomUUID(), given.userId, given.clientId, scopes],
  );
}

export async function consentedScopes(tx: Session, userId: string, clientId: string): Promise<string[]> {
  const row = await tx.maybeOne<{ scopes: string }>(
    'select scopes from auth.oauth_consents where user_id = $1 and client_id = $2 and revoked_at is null',
    [userId, clientId],
  );
  return scopesOf(row?.scopes ?? '');
}

/** Ends the consent and every session the application has for this person. False when there was none. */
export async function revokeConsent(tx: Session, userId: string, clientId: string): Promise<boolean> {
  const revoked = await tx.execute(
    'update auth.oauth_consents set revoked_at = now() where user_id = $1 and client_id = $2 and revoked_at is null',
    [userId, clientId],
  );
  if (revoked === 0) return false;
  await tx.execute('delete from auth.sessions where user_id = $1 and oauth_client_id = $2', [userId, clientId]);
  await tx.execute('delete from auth.oauth_authorizations where user_id = $1 and client_id = $2', [userId, clientId]);
  return true;
}

export const scopesOf = (scope: string): string[] => scope.split(' ').filter((each) => each !== '');
