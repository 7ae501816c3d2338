import type { Session } from '#kernel/postgres/database.ts';
import { sweepMessageQuotas } from './codes/message-quotas.ts';
import type { AuthContext } from './context.ts';
import { sweepAttempts } from './limits/attempts.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** What is worth nothing once it is a day past its time; $1 is that moment. */
const STALE = [
  'delete from auth.flow_state where coalesce(auth_code_issued_at, created_at) < $1',
  'delete from auth.oauth_authorizations where expires_at < $1',
  'delete from auth.mfa_challenges where created_at < $1',
  'delete from auth.webauthn_challenges where expires_at < $1',
  'delete from auth.oauth_client_states where created_at < $1',
  'delete from auth.sessions where not_after < $1',
];

/** Deletes counters, flows, challenges and sessions that nobody can use any more. */
export function sweep(context: AuthContext): Promise<void> {
  const now = context.now();
  return context.transaction(async (tx) => {
    await sweepAttempts(tx, now);
    await sweepMessageQuotas(tx, now);
    for (const statement of STALE) await tx.execute(statement, [new Date(now - DAY_MS)]);
    await sweepSessions(context, tx, now);
  });
}

/** By the settings of today: a longer time box brings nobody back who is out for a day. */
async function sweepSessions({ settings }: AuthContext, tx: Session, now: number): Promise<void> {
  const { timebox, inactivityTimeout } = settings.sessions;
  const before = (seconds: number | undefined) => (seconds ? new Date(now - DAY_MS - seconds * 1000) : null);
  await tx.execute(
    `delete from auth.sessions where created_at < $1 or coalesce(refreshed_at at time zone 'utc', created_at) < $2`,
    [before(timebox), before(inactivityTimeout)],
  );
}

/** Every hour, for as long as the process has something else to do. */
export function sweepHourly(context: AuthContext): Disposable {
  const timer = setInterval(() => {
    sweep(context).catch((error: unknown) => context.log.warn({ err: error }, 'old rows of auth were not deleted'));
  }, HOUR_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
