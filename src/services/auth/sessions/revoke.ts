import type { Session } from '#kernel/postgres/database.ts';

/** Ends one session: its refresh token is gone with it, and its access token is refused by auth. */
export async function revokeSession(tx: Session, id: string): Promise<void> {
  await tx.execute('delete from auth.sessions where id = $1', [id]);
}

/** Ends all sessions of the user, or all but one. */
export async function revokeSessionsOf(
  tx: Session,
  userId: string,
  options: { readonly except?: string } = {},
): Promise<void> {
  await tx.execute('delete from auth.sessions where user_id = $1 and id is distinct from $2', [userId, options.except]);
}

/** Leaves the latest `keep` sessions that people have; those of OAuth clients do not count. */
export async function revokeOldestSessions(tx: Session, userId: string, keep: number): Promise<void> {
  await tx.execute(
    `delete from auth.sessions where id in (
       select id from auth.sessions where user_id = $1 and oauth_client_id is null
       order by coalesce(refreshed_at at time zone 'utc', created_at) desc offset $2)`,
    [userId, keep],
  );
}
