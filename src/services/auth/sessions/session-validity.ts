import type { AuthSettings } from '../settings/settings.ts';
import type { SessionRow } from '../store/sessions.ts';

export type SessionEnd = 'not after' | 'timebox' | 'inactivity';

/** Why a session is over at this time (epoch milliseconds); undefined while it lives. Pure. */
export function sessionEnd(
  session: Pick<SessionRow, 'created_at' | 'not_after' | 'refreshed_at'>,
  { timebox, inactivityTimeout }: AuthSettings['sessions'],
  now: number,
): SessionEnd | undefined {
  const began = session.created_at?.getTime() ?? 0;
  if (session.not_after && session.not_after.getTime() <= now) return 'not after';
  if (timebox && began + timebox * 1000 <= now) return 'timebox';
  const last = refreshedAt(session) ?? began;
  return inactivityTimeout && last + inactivityTimeout * 1000 <= now ? 'inactivity' : undefined;
}

/** Epoch milliseconds; the column has no zone and means UTC. */
export function refreshedAt({ refreshed_at: text }: Pick<SessionRow, 'refreshed_at'>): number | undefined {
  return text === null ? undefined : Date.parse(`${text.replace(' ', 'T')}Z`);
}
