import type { Session } from '#kernel/postgres/database.ts';

export async function addBookmark(session: Session, userId: string, signalId: string): Promise<void> {
  await session.execute(
    'insert into public.signal_bookmarks (user_id, signal_id) values ($1, $2) on conflict do nothing',
    [userId, signalId],
  );
}

export async function removeBookmark(session: Session, userId: string, signalId: string): Promise<void> {
  await session.execute('delete from public.signal_bookmarks where user_id = $1 and signal_id = $2', [
    userId,
    signalId,
  ]);
}

/** Newest bookmark first. */
export async function bookmarkedIds(session: Session, userId: string): Promise<string[]> {
  const rows = await session.query<{ id: string }>(
    'select signal_id as id from public.signal_bookmarks where user_id = $1 order by created_at desc, signal_id',
    [userId],
  );
  return rows.map(({ id }) => id);
}
