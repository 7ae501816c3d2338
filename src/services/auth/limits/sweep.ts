import type { Session } from '#kernel/postgres/database.ts';
import { sweepMessageQuotas } from '../codes/message-quotas.ts';
import type { AuthContext } from '../context.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const swept = new WeakMap<AuthContext['transaction'], number>();

/** Once an hour for each project of this process, and not in its first: whoever tries a secret then takes the old rows away. */
export function sweepIsDue(context: AuthContext): boolean {
  const last = swept.get(context.transaction);
  const due = last !== undefined && context.now() - last >= HOUR_MS;
  if (last === undefined || due) swept.set(context.transaction, context.now());
  return due;
}

/** Counters, flows and requests of applications that ended a day ago. Rows that somebody holds are left for the next time. */
export async function sweepExpired(session: Session, now: number): Promise<void> {
  const old = new Date(now - DAY_MS);
  await session.execute(
    `delete from auth.attempts where key in (
       select key from auth.attempts where last_attempt_at < $1 for update skip locked)`,
    [old],
  );
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
  await sweepMessageQuotas(session, now);
}
