import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { revokeSessionsOf } from '../sessions/revoke.ts';
import type { FactorRow } from '../store/factors.ts';

/** Asks the project's hook what to make of an answer. It may refuse it and end the user's sessions (403 mfa_verification_rejected). */
export async function askVerificationHook(
  context: AuthContext,
  factor: Pick<FactorRow, 'id' | 'user_id' | 'factor_type'>,
  valid: boolean,
): Promise<void> {
  if (!context.hooks.has('mfa_verification_attempt')) return;
  const answer = await context.hooks.call('mfa_verification_attempt', {
    user_id: factor.user_id,
    factor_id: factor.id,
    factor_type: factor.factor_type,
    valid,
  });
  if (answer['decision'] !== 'reject') return;
  await context.transaction((tx) => revokeSessionsOf(tx, factor.user_id));
  const message = answer['message'];
  throw new AuthError(
    403,
    'mfa_verification_rejected',
    typeof message === 'string' && message !== '' ? message : 'Further MFA verification attempts will be rejected.',
  );
}
