import type { Session } from '#kernel/postgres/database.ts';
import type { AlertSignal } from '../rules/alerts/messages.ts';
import { SIGNAL_COLUMNS } from './signal-alerts.ts';

/** People for whom something has been gathered. */
export async function gatheredPeople(session: Session): Promise<string[]> {
  const rows = await session.query<{ user_id: string }>(
    'select distinct user_id from public.signal_alerts where gathered and digested_at is null order by 1',
  );
  return rows.map(({ user_id }) => user_id);
}

/** What waits for this person's digest; locked until the transaction ends. */
export function gatheredSignals(session: Session, userId: string): Promise<AlertSignal[]> {
  return session.query<AlertSignal>(
    `select ${SIGNAL_COLUMNS} from public.signal_alerts a join public.trading_signals s on s.id = a.signal_id
     where a.user_id = $1 and a.gathered and a.digested_at is null order by a.seq for update of a`,
    [userId],
  );
}

export async function closeGathered(session: Session, userId: string, signals: readonly string[]): Promise<void> {
  await session.execute(
    `update public.signal_alerts set digested_at = now(), status = 'sent' where user_id = $1 and signal_id = any ($2::uuid[])`,
    [userId, signals],
  );
}
