/**
 * Lockout. Every try of a secret is counted, in a transaction of its own, before anything is compared: tries in parallel cannot
 * outrun the counter, because its row puts them in line. Three counters stand beside each other: one account from one address, one
 * account from anywhere, one address with any account. While one of them is locked nothing is counted or compared. Accounts that do
 * not exist are counted alike, so a lock says nothing about them.
 */
import { createHash } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { overRate } from '../errors.ts';
import { type AttemptKind, LOCKOUT, type LockoutPolicy, lockSeconds } from './lockout-policy.ts';
import { isLoopback } from './loopback.ts';

export interface Attempt {
  readonly kind: AttemptKind;
  /** Id, mail or phone of the account, normalised by the caller. */
  readonly account: string;
  readonly ip: string;
  /** Instead of the one of its kind. */
  readonly policy?: LockoutPolicy;
}

interface CounterRow {
  readonly key: string;
  readonly failures: number;
  readonly last_attempt_at: Date;
  readonly locked_until: Date | null;
}

/** Counts a try; call it before comparing. Throws over_request_rate_limit (429, Retry-After) while one of its counters is locked. */
export async function countAttempt(context: AuthContext, attempt: Attempt): Promise<void> {
  const now = context.now();
  const lockedUntil = await context.transaction((session) => count(session, context, attempt, now));
  if (lockedUntil > now)
    throw overRate(
      'over_request_rate_limit',
      'Too many failed attempts, try again later',
      Math.ceil((lockedUntil - now) / 1000),
    );
}

/** After success: forgets the failures of this account from this address, everywhere. */
export async function clearAttempts(context: AuthContext, attempt: Attempt): Promise<void> {
  const { pair, account, address } = keys(attempt);
  await context.transaction(async (session) => {
    const rows = await lock(session, [pair, account, address]);
    const own = rows.find((row) => row.key === pair)?.failures ?? 0;
    if (own === 0) return;
    await session.execute('delete from auth.attempts where key = $1', [pair]);
    await session.execute(
      // A lock that is there now came from the try that succeeded: under an earlier one it would have been refused.
      'update auth.attempts set failures = greatest(0, failures - $2), locked_until = null where key = any($1::text[])',
      [[account, address], own],
    );
  });
}

/** Forgets counters whose last try is a day old, but for those that somebody holds. Returns how many. */
export function sweepAttempts(session: Session, now: number): Promise<number> {
  const old = new Date(now - 24 * 60 * 60 * 1000);
  return session.execute(
    `delete from auth.attempts where key in (
       select key from auth.attempts where last_attempt_at < $1 for update skip locked)`,
    [old],
  );
}

/** Epoch milliseconds until which this try is refused; 0 when it was counted. */
async function count(session: Session, context: AuthContext, attempt: Attempt, now: number): Promise<number> {
  const policy = attempt.policy ?? LOCKOUT[attempt.kind];
  const { pair, account, address } = keys(attempt);
  const free = new Map([
    [pair, policy.pair],
    [account, policy.account],
  ]);
  if (context.settings.production || !isLoopback(attempt.ip)) free.set(address, policy.address);
  await session.execute(
    `insert into auth.attempts (key, failures, last_attempt_at)
     select key, 0, $2::timestamptz from unnest($1::text[]) as wanted (key) order by key on conflict do nothing`,
    [[...free.keys()], new Date(now)],
  );
  const rows = await lock(session, [...free.keys()]);
  const lockedUntil = Math.max(...rows.map((row) => row.locked_until?.getTime() ?? 0));
  if (lockedUntil > now) return lockedUntil;
  for (const row of rows) {
    const forgotten = row.last_attempt_at.getTime() < now - policy.memorySeconds * 1000;
    const failures = (forgotten ? 0 : row.failures) + 1;
    const seconds = lockSeconds(policy, free.get(row.key)!, failures);
    await session.execute(
      'update auth.attempts set failures = $2, last_attempt_at = $3, locked_until = $4 where key = $1',
      [row.key, failures, new Date(now), seconds > 0 ? new Date(now + seconds * 1000) : null],
    );
  }
  return 0;
}

/** In one order for everybody, so that no two wait for each other. */
function lock(session: Session, wanted: readonly string[]): Promise<CounterRow[]> {
  return session.query<CounterRow>(
    'select key, failures, last_attempt_at, locked_until from auth.attempts where key = any($1::text[]) order by key for update',
    [wanted],
  );
}

/** Hashes: the table tells nobody who tried what. */
function keys({ kind, account, ip }: Attempt) {
  const key = (...parts: string[]) =>
    createHash('sha256')
      .update([kind, ...parts].join('\0'))
      .digest('base64url');
  return { pair: key('pair', account, ip), account: key('account', account), address: key('address', ip) };
}
