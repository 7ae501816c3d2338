import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { SignedIn } from '../http/endpoint.ts';
import { audit } from '../store/audit.ts';
import { deleteUnfinishedFactors, type FactorRow, type FactorType, factorsOf, insertFactor } from '../store/factors.ts';
import type { SessionRow } from '../store/sessions.ts';

/** Enrolments that nobody finished are forgotten after so long. */
const UNFINISHED_SECONDS = 300;
/** GoTrue's MaxVerifiedFactors. */
const MOST_VERIFIED = 10;

/** The caller's session; without one there is nothing that a factor could raise. */
export function sessionOf({ session }: SignedIn): SessionRow {
  if (session) return session;
  throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
}

export interface Enrolment {
  readonly type: FactorType;
  readonly friendlyName: string;
  readonly secret?: string;
  readonly phone?: string;
}

/** A new unverified factor, audited, if the user's other factors and the level of the session allow it. */
export function enrol(
  context: AuthContext,
  caller: SignedIn,
  ip: string,
  { type, friendlyName, secret, phone }: Enrolment,
): Promise<FactorRow> {
  const session = sessionOf(caller);
  const userId = caller.user.id;
  return context.transaction(async (tx) => {
    await tx.query('select from auth.users where id = $1 for update', [userId]);
    if (phone) await replaceUnverified(tx, userId, phone);
    await assertMayEnrol(context, tx, session, friendlyName);
    try {
      const factor = await insertFactor(tx, {
        userId,
        type,
        friendlyName,
        secret,
        phone,
        at: new Date(context.now()),
      });
      await audit(tx, caller.user, 'factor_in_progress', { ip, traits: { factor_id: factor.id, factor_type: type } });
      return factor;
    } catch (error) {
      throw error instanceof PostgresError && error.code === '23505' ? nameConflict(friendlyName) : error;
    }
  });
}

/** A number stands for one factor: an unfinished one makes way, a verified one stays. */
async function replaceUnverified(tx: Session, userId: string, phone: string): Promise<void> {
  const same = (await factorsOf(tx, userId)).filter((factor) => factor.phone === phone);
  if (same.some((factor) => factor.status === 'verified'))
    throw new AuthError(
      422,
      'mfa_verified_factor_exists',
      'A verified phone factor already exists, unenroll the existing factor to continue',
    );
  for (const { id } of same) await tx.execute('delete from auth.mfa_factors where id = $1', [id]);
}

async function assertMayEnrol(
  context: AuthContext,
  tx: Session,
  session: SessionRow,
  friendlyName: string,
): Promise<void> {
  await deleteUnfinishedFactors(tx, session.user_id, { before: new Date(context.now() - UNFINISHED_SECONDS * 1000) });
  const factors = await factorsOf(tx, session.user_id);
  if (factors.some((factor) => (factor.friendly_name ?? '') === friendlyName)) throw nameConflict(friendlyName);
  const verified = factors.filter((factor) => factor.status === 'verified').length;
  if (factors.length >= context.settings.mfa.maxEnrolledFactors || verified >= MOST_VERIFIED)
    throw new AuthError(
      422,
      'too_many_enrolled_mfa_factors',
      'Maximum number of verified factors reached, unenroll to continue',
    );
  if (verified > 0 && session.aal !== 'aal2' && session.aal !== 'aal3')
    throw new AuthError(403, 'insufficient_aal', 'AAL2 required to enroll a new factor');
}

const nameConflict = (name: string) =>
  new AuthError(
    422,
    'mfa_factor_name_conflict',
    `A factor with the friendly name ${JSON.stringify(name)} for this user already exists`,
  );
