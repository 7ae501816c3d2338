import type { Session } from '#kernel/postgres/database.ts';

/** Tells the operators that something failed while nobody looked. `error` is shown to them as it is. */
export async function raiseAlert(session: Session, type: string, error: string): Promise<void> {
  await session.execute('insert into public.system_alerts (type, error) values ($1, $2)', [type, error]);
}
