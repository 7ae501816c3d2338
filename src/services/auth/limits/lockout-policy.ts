/** When failures lock. Past its free tries each failure doubles the lock, from the first to the longest. */
export interface LockoutPolicy {
  /** Free tries of one account from one address, of one account from anywhere, of one address with any account. */
  readonly pair: number;
  readonly account: number;
  readonly address: number;
  readonly firstLockSeconds: number;
  readonly longestLockSeconds: number;
  /** Failures are forgotten when the last is so old. */
  readonly memorySeconds: number;
}

const BACKOFF = { firstLockSeconds: 2, longestLockSeconds: 15 * 60, memorySeconds: 60 * 60 };

/**
 * A code of six digits falls to luck sooner than a password does, so it has fewer tries. The account may be tried from elsewhere
 * after one address has used its share: otherwise whoever knows a mail address could lock its owner out.
 */
export const LOCKOUT: Readonly<Record<AttemptKind, LockoutPolicy>> = {
  password: { pair: 10, account: 50, address: 200, ...BACKOFF },
  code: { pair: 5, account: 15, address: 100, ...BACKOFF },
  factor: { pair: 5, account: 15, address: 100, ...BACKOFF },
  // A client's secret is 256 bits of chance: guesses are no danger, but locking an application out of its tokens from afar is one.
  client_secret: { pair: 10, account: Number.POSITIVE_INFINITY, address: 200, ...BACKOFF },
};

/** What is tried: counters of different kinds do not mix. */
export type AttemptKind = 'password' | 'code' | 'factor' | 'client_secret';

/** Seconds that the n-th failure (1 is the first) locks for, 0 while tries are free. */
export function lockSeconds(policy: LockoutPolicy, freeTries: number, failures: number): number {
  const over = failures - freeTries;
  return over < 0 ? 0 : Math.min(policy.firstLockSeconds * 2 ** over, policy.longestLockSeconds);
}
