import type { AuthContext } from '../context.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
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
  /** Only this user's, where the caller is signed in. */
  readonly userId?: string;
}

export type RedeemedToken = Pick<OneTimeTokenRow, 'id' | 'user_id' | 'token_type' | 'relates_to'>;

/**
 * The token whose code this is, or undefined: wrong, too old, tried too often, sent to nobody. The try is counted and committed
 * before anything is compared, and costs the same for addresses that nobody has. It is not used up yet: that is for the
 * transaction that acts on it (`deleteToken`). Throws over_request_rate_limit (429) under lockout.
 */
export async function redeemCode(context: AuthContext, given: TypedCode): Promise<RedeemedToken | undefined> {
  const attempt = { kind: 'code', account: given.address, ip: given.ip } as const;
  await countAttempt(context, attempt);
  const tried = await context.transaction((tx) => countTries(tx, given.address, given.types));
  const candidates = tried.filter(
    (row) =>
      row.attempts <= (given.mostTries ?? MOST_TRIES) &&
      !tokenExpired(context, row) &&
      (given.userId === undefined || row.user_id === given.userId),
  );
  const right = candidates.filter((row) => isCodeOf(context, row, given.code));
  if (right.length !== 1) return undefined;
  await clearAttempts(context, attempt);
  return right[0];
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
