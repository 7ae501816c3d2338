import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { AuthRequest, SignedIn } from '../http/endpoint.ts';
import { issueSession, type SessionBody } from '../sessions/issue-session.ts';
import { audit } from '../store/audit.ts';
import { deleteUnfinishedFactors, type FactorRow, type FactorType } from '../store/factors.ts';
import { sessionOf } from './enrolment.ts';

const METHOD = { totp: 'totp', phone: 'mfa/phone', webauthn: 'mfa/webauthn' } as const satisfies Record<
  FactorType,
  string
>;

/**
 * The caller has answered a challenge of this factor: the session goes on at aal2 under the same id with new tokens, sessions of the
 * user that stand lower end, and unfinished enrolments of this kind are forgotten.
 */
export async function upgradeSession(
  context: AuthContext,
  tx: Session,
  caller: SignedIn,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  factor: Pick<FactorRow, 'id' | 'factor_type'>,
): Promise<SessionBody> {
  const session = sessionOf(caller);
  const { user } = caller;
  await deleteUnfinishedFactors(tx, user.id, { type: factor.factor_type });
  await audit(tx, user, 'verification_attempted', {
    ip: request.ip,
    traits: { factor_id: factor.id, factor_type: factor.factor_type },
  });
  const body = await issueSession(context, tx, {
    user,
    method: METHOD[factor.factor_type],
    request,
    session,
    aal: 'aal2',
    factorId: factor.id,
  });
  await tx.execute(`delete from auth.sessions where user_id = $1 and id <> $2 and coalesce(aal, 'aal1') < 'aal2'`, [
    user.id,
    session.id,
  ]);
  return body;
}
