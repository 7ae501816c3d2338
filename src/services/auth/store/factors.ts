import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import { isUuid } from './users.ts';

export type FactorType = 'totp' | 'phone' | 'webauthn';

/** A row of auth.mfa_factors. */
export interface FactorRow {
  readonly id: string;
  readonly user_id: string;
  readonly friendly_name: string | null;
  readonly factor_type: FactorType;
  readonly status: 'unverified' | 'verified';
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Base32; only of totp. Never leaves but in the answer to its enrolment. */
  readonly secret: string | null;
  /** E.164 without plus. */
  readonly phone: string | null;
  readonly last_challenged_at: Date | null;
  readonly web_authn_credential: Readonly<Record<string, unknown>> | null;
}

/** A row of auth.mfa_challenges. */
export interface ChallengeRow {
  readonly id: string;
  readonly factor_id: string;
  readonly created_at: Date;
  readonly verified_at: Date | null;
  readonly ip_address: string;
  /** Hash of the code that was sent, or of the TOTP code that answered it. */
  readonly otp_code: string | null;
  readonly web_authn_session_data: Readonly<Record<string, unknown>> | null;
}

const FACTOR =
  'id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret, phone, last_challenged_at, web_authn_credential';
const CHALLENGE =
  'id, factor_id, created_at, verified_at, host(ip_address) as ip_address, otp_code, web_authn_session_data';

/** Oldest first. */
export function factorsOf(tx: Session, userId: string): Promise<FactorRow[]> {
  return tx.query(`select ${FACTOR} from auth.mfa_factors where user_id = $1 order by created_at, id`, [userId]);
}

/** A factor of this user; `lock`: verifications of one factor follow each other. */
export async function findFactor(
  tx: Session,
  userId: string,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<FactorRow | undefined> {
  if (!isUuid(id)) return undefined;
  const lock = options.lock ? ' for update' : '';
  return tx.maybeOne(`select ${FACTOR} from auth.mfa_factors where user_id = $1 and id = $2${lock}`, [userId, id]);
}

/** Throws PostgresError 23505 when the name or the number is taken by another factor of the user. */
export function insertFactor(
  tx: Session,
  given: {
    readonly userId: string;
    readonly type: FactorType;
    readonly friendlyName: string;
    readonly secret?: string;
    readonly phone?: string;
    readonly at: Date;
  },
): Promise<FactorRow> {
  return tx.one(
    `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret, phone)
     values ($1, $2, $3, $4, 'unverified', $7, $7, $5, $6) returning ${FACTOR}`,
    [randomUUID(), given.userId, given.friendlyName, given.type, given.secret, given.phone, given.at],
  );
}

export function updateFactor(
  tx: Session,
  id: string,
  changes: { readonly friendlyName?: string; readonly phone?: string },
): Promise<FactorRow> {
  return tx.one(
    `update auth.mfa_factors set friendly_name = coalesce($2, friendly_name), phone = coalesce($3, phone), updated_at = now()
     where id = $1 returning ${FACTOR}`,
    [id, changes.friendlyName, changes.phone],
  );
}

/** The factor is proven; `credential` is what its key signs with. */
export async function verifyFactor(
  tx: Session,
  id: string,
  credential?: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.execute(
    `update auth.mfa_factors set status = 'verified', updated_at = now(),
       web_authn_credential = coalesce($2::jsonb, web_authn_credential) where id = $1`,
    [id, credential],
  );
}

/** Removes the factor and takes sessions that it had raised back to aal1: without it they are worth no more than a password. */
export async function deleteFactor(tx: Session, factor: Pick<FactorRow, 'id' | 'user_id'>): Promise<void> {
  await tx.execute('delete from auth.mfa_factors where id = $1', [factor.id]);
  await tx.execute(
    `with lowered as (
       update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now()
       where user_id = $1 and factor_id = $2 returning id
     )
     delete from auth.mfa_amr_claims using lowered
     where session_id = lowered.id and authentication_method in ('totp', 'mfa/phone', 'mfa/webauthn')`,
    [factor.user_id, factor.id],
  );
}

/** Enrolments that nobody finished. */
export async function deleteUnfinishedFactors(
  tx: Session,
  userId: string,
  which: { readonly type?: FactorType; readonly before?: Date },
): Promise<void> {
  await tx.execute(
    `delete from auth.mfa_factors where user_id = $1 and status = 'unverified'
       and ($2::auth.factor_type is null or factor_type = $2::auth.factor_type)
       and ($3::timestamptz is null or created_at < $3)`,
    [userId, which.type, which.before],
  );
}

/** Also notes when the factor was challenged; chance in the microseconds, because the column wants no two alike. */
export async function insertChallenge(
  tx: Session,
  factor: Pick<FactorRow, 'id'>,
  given: {
    readonly id?: string;
    readonly ip: string;
    readonly at: Date;
    readonly codeHash?: string;
    readonly webAuthn?: Readonly<Record<string, unknown>>;
  },
): Promise<ChallengeRow> {
  await tx.execute(
    `update auth.mfa_factors set last_challenged_at = $2::timestamptz + random() * interval '1 ms' where id = $1`,
    [factor.id, given.at],
  );
  return tx.one(
    `insert into auth.mfa_challenges (id, factor_id, created_at, ip_address, otp_code, web_authn_session_data)
     values ($1, $2, $6, $3, $4, $5) returning ${CHALLENGE}`,
    [given.id ?? randomUUID(), factor.id, given.ip, given.codeHash, given.webAuthn, given.at],
  );
}

export async function findChallenge(
  tx: Session,
  factorId: string,
  id: string,
  options: { readonly lock?: boolean } = {},
): Promise<ChallengeRow | undefined> {
  if (!isUuid(id)) return undefined;
  const lock = options.lock ? ' for update' : '';
  return tx.maybeOne(`select ${CHALLENGE} from auth.mfa_challenges where factor_id = $1 and id = $2${lock}`, [
    factorId,
    id,
  ]);
}

/** `codeHash` stays, so that the code is good only once. */
export async function answerChallenge(tx: Session, id: string, codeHash?: string): Promise<void> {
  await tx.execute(
    'update auth.mfa_challenges set verified_at = now(), otp_code = coalesce($2, otp_code) where id = $1',
    [id, codeHash],
  );
}

export async function deleteChallenge(tx: Session, id: string): Promise<void> {
  await tx.execute('delete from auth.mfa_challenges where id = $1', [id]);
}

/** Whether a challenge of this factor was answered with this code since then. */
export async function wasAnsweredWith(tx: Session, factorId: string, codeHash: string, since: Date): Promise<boolean> {
  const found = await tx.maybeOne(
    `select from auth.mfa_challenges
     where factor_id = $1 and otp_code = $2 and verified_at is not null and created_at > $3 limit 1`,
    [factorId, codeHash, since],
  );
  return found !== undefined;
}
