import type { Session } from '#kernel/postgres/database.ts';
import { sweepMessageQuotas } from '../codes/message-quotas.ts';
import { sweepAttempts } from './attempts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Counters, flows and requests of applications that ended a day ago. Rows that somebody holds are left for the next time. */
export async function sweepExpired(session: Session, now: number): Promise<void> {
  const old = new Date(now - DAY_MS);
  await sweepAttempts(session, now);
  await sweepMessageQuotas(session, now);
  await session.execute(
    `delete from auth.flow_state where id in (
       select id from auth.flow_state where coalesce(auth_code_issued_at, created_at) < $1 for update skip locked)`,
    [old],
  );
  await session.execute(
    `delete from auth.oauth_authorizations where id in (
       select id from auth.oauth_authorizations where expires_at < $1 for update skip locked)`,
    [old],
  );
}
