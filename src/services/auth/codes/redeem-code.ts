import type { AuthContext } from '../context.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
import type { LockoutPolicy } from '../limits/lockout-policy.ts';
import { type CodeType, countTries, findTokenByHash, type OneTimeTokenRow } from '../store/one-time-tokens.ts';
import { sameText } from '../tokens/random.ts';
import { PKCE_PREFIX, sealedToken, tokenOfCode } from './sealed-token.ts';

/** Tries that a code is worth, right or wrong, when the caller does not say. */
const MOST_TRIES = 5;

export interface TypedCode {
  /** Mail address or phone that the code was sent to, normalised. */
  readonly address: string;
  readonly code: string;
  readonly types: readonly CodeType[];
  /** Address of the client. */
  readonly ip: string;
  readonly mostTries?: number;
  /** Instead of the lockout for codes. */
  readonly lockout?: LockoutPolicy;
  /** Only this user's, where the caller is signed in. */
  readonly userId?: string;
}

export type RedeemedToken = Pick<OneTimeTokenRow, 'id' | 'user_id' | 'token_type' | 'relates_to'>;

export type CodeTry =
  | { readonly kind: 'right'; readonly token: RedeemedToken }
  /** `triesLeft`: what the latest code that was sent there is still worth. */
  | { readonly kind: 'wrong'; readonly triesLeft: number };

/**
 * Tries a code: wrong, too old, tried too often or sent to nobody are one answer. The try is counted and committed before anything
 * is compared, and costs the same for addresses that nobody has. The token is not used up yet: that is for the transaction that
 * acts on it (`deleteToken`). Throws over_request_rate_limit (429) under lockout.
 */
export async function tryCode(context: AuthContext, given: TypedCode): Promise<CodeTry> {
  const mostTries = given.mostTries ?? MOST_TRIES;
  const attempt = { kind: 'code', account: given.address, ip: given.ip, policy: given.lockout } as const;
  await countAttempt(context, attempt);
  const tried = await context.transaction((tx) => countTries(tx, given.address, given.types));
  const candidates = tried.filter(
    (row) =>
      row.attempts <= mostTries &&
      !tokenExpired(context, row) &&
      (given.userId === undefined || row.user_id === given.userId),
  );
  const right = candidates.filter((row) => isCodeOf(context, row, given.code));
  if (right.length !== 1)
    return { kind: 'wrong', triesLeft: Math.max(0, ...candidates.map((row) => mostTries - row.attempts)) };
  await clearAttempts(context, attempt);
  return { kind: 'right', token: right[0]! };
}

/** The token whose code this is; undefined where `tryCode` says wrong. */
export async function redeemCode(context: AuthContext, given: TypedCode): Promise<RedeemedToken | undefined> {
  const tried = await tryCode(context, given);
  return tried.kind === 'right' ? tried.token : undefined;
}

/** The token that a link carried, or undefined. It has enough chance in it to need no counting. */
export async function redeemTokenHash(
  context: AuthContext,
  tokenHash: string,
  types: readonly CodeType[],
): Promise<RedeemedToken | undefined> {
  const row = await context.transaction((tx) => findTokenByHash(tx, sealedToken(context, tokenHash), types), {
    readOnly: true,
  });
  return row && !tokenExpired(context, row) ? row : undefined;
}

function isCodeOf(context: AuthContext, row: OneTimeTokenRow, code: string): boolean {
  const prefix = row.token_hash.startsWith(PKCE_PREFIX) ? PKCE_PREFIX : '';
  return sameText(sealedToken(context, prefix + tokenOfCode(context, row.id, code)), row.token_hash);
}

function tokenExpired(context: AuthContext, row: OneTimeTokenRow): boolean {
  const { email, sms } = context.settings;
  const seconds = row.relates_to.includes('@') ? email.otpExpiry : sms.otpExpiry;
  return row.created_at.getTime() + seconds * 1000 <= context.now();
}
