import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { type ChallengeRow, deleteChallenge, type FactorRow, findChallenge, findFactor } from '../store/factors.ts';
import { isUuid } from '../store/users.ts';

/** Seconds in which a challenge must be answered. */
export const CHALLENGE_LIFETIME = 300;

/** Epoch seconds. */
export const challengeExpires = (challenge: Pick<ChallengeRow, 'created_at'>): number =>
  Math.floor(challenge.created_at.getTime() / 1000) + CHALLENGE_LIFETIME;

/** The user's own factor. Throws 404 as GoTrue words it. */
export async function ownFactor(
  tx: Session,
  userId: string,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<FactorRow> {
  if (!isUuid(id)) throw new AuthError(404, 'validation_failed', 'factor_id must be an UUID');
  const factor = await findFactor(tx, userId, id, options);
  if (factor) return factor;
  throw new AuthError(404, 'mfa_factor_not_found', 'Factor not found');
}

export type OpenChallenge =
  | { readonly kind: 'open'; readonly challenge: ChallengeRow }
  /** Thrown by the caller once the transaction, which removed an expired one, has committed. */
  | { readonly kind: 'refused'; readonly error: AuthError };

/** A challenge of this factor that is still to be answered, from the address that asked for it; locked until the transaction ends. */
export async function openChallenge(
  context: AuthContext,
  tx: Session,
  factor: Pick<FactorRow, 'id'>,
  given: { readonly challengeId: string; readonly ip: string },
): Promise<OpenChallenge> {
  const challenge = await findChallenge(tx, factor.id, given.challengeId, { lock: true });
  if (!challenge) return refused('mfa_factor_not_found', 'MFA factor with the provided challenge ID not found');
  if (challenge.verified_at || challenge.ip_address !== given.ip)
    return refused('mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch.');
  if (challenge.created_at.getTime() + CHALLENGE_LIFETIME * 1000 > context.now()) return { kind: 'open', challenge };
  await deleteChallenge(tx, challenge.id);
  return refused(
    'mfa_challenge_expired',
    `MFA challenge ${challenge.id} has expired, verify against another challenge or create a new challenge.`,
  );
}

const refused = (code: string, message: string): OpenChallenge => ({
  kind: 'refused',
  error: new AuthError(422, code, message),
});
