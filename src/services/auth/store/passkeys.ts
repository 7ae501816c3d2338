import type { Session } from '#kernel/postgres/database.ts';
import { isUuid } from './users.ts';

/** A row of auth.webauthn_credentials. */
export interface PasskeyRow {
  readonly id: string;
  readonly user_id: string;
  readonly credential_id: Buffer;
  /** COSE. */
  readonly public_key: Buffer;
  readonly sign_count: number;
  readonly transports: readonly string[];
  readonly friendly_name: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

/** A row of auth.webauthn_challenges; `session_data` is what was asked. */
export interface PasskeyChallengeRow {
  readonly id: string;
  readonly user_id: string | null;
  readonly session_data: Readonly<Record<string, unknown>>;
  readonly expires_at: Date;
}

const COLUMNS =
  'id, user_id, credential_id, public_key, sign_count, transports, friendly_name, created_at, last_used_at';

/** Oldest first. */
export function passkeysOf(tx: Session, userId: string): Promise<PasskeyRow[]> {
  return tx.query(`select ${COLUMNS} from auth.webauthn_credentials where user_id = $1 order by created_at, id`, [
    userId,
  ]);
}

/** By what the authenticator calls it; locked, because its counter follows. */
export function findPasskey(tx: Session, credentialId: Buffer): Promise<PasskeyRow | undefined> {
  return tx.maybeOne(`select ${COLUMNS} from auth.webauthn_credentials where credential_id = $1 for update`, [
    credentialId,
  ]);
}

/** Throws PostgresError 23505 when the authenticator has been registered already. */
export function insertPasskey(
  tx: Session,
  given: {
    readonly userId: string;
    readonly credentialId: Buffer;
    readonly publicKey: Uint8Array;
    readonly attestation: string;
    readonly aaguid: string;
    readonly counter: number;
    readonly transports: readonly string[];
    readonly backupEligible: boolean;
    readonly backedUp: boolean;
    readonly friendlyName: string;
  },
): Promise<PasskeyRow> {
  return tx.one(
    `insert into auth.webauthn_credentials (user_id, credential_id, public_key, attestation_type, aaguid, sign_count,
       transports, backup_eligible, backed_up, friendly_name)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10) returning ${COLUMNS}`,
    [
      given.userId,
      given.credentialId,
      given.publicKey,
      given.attestation,
      given.aaguid,
      given.counter,
      JSON.stringify(given.transports),
      given.backupEligible,
      given.backedUp,
      given.friendlyName,
    ],
  );
}

export async function notePasskeyUse(
  tx: Session,
  id: string,
  used: { readonly counter: number; readonly backedUp: boolean; readonly at: Date },
): Promise<void> {
  await tx.execute(
    'update auth.webauthn_credentials set sign_count = $2, backed_up = $3, last_used_at = $4, updated_at = $4 where id = $1',
    [id, used.counter, used.backedUp, used.at],
  );
}

/** Undefined when the user has no such passkey. */
export async function renamePasskey(
  tx: Session,
  userId: string,
  id: string,
  friendlyName: string,
): Promise<PasskeyRow | undefined> {
  if (!isUuid(id)) return undefined;
  return tx.maybeOne(
    `update auth.webauthn_credentials set friendly_name = $3, updated_at = now()
     where user_id = $1 and id = $2 returning ${COLUMNS}`,
    [userId, id, friendlyName],
  );
}

/** False when the user has no such passkey. */
export async function deletePasskey(tx: Session, userId: string, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  return (await tx.execute('delete from auth.webauthn_credentials where user_id = $1 and id = $2', [userId, id])) === 1;
}

/** Also forgets challenges that nobody answered in time. */
export async function insertPasskeyChallenge(
  tx: Session,
  given: {
    readonly userId?: string;
    readonly type: 'registration' | 'authentication';
    readonly sessionData: Readonly<Record<string, unknown>>;
    readonly at: Date;
    readonly expires: Date;
  },
): Promise<PasskeyChallengeRow> {
  await tx.execute("delete from auth.webauthn_challenges where expires_at < $1::timestamptz - interval '1 hour'", [
    given.at,
  ]);
  return tx.one(
    `insert into auth.webauthn_challenges (user_id, challenge_type, session_data, created_at, expires_at)
     values ($1, $2, $3, $4, $5) returning id, user_id, session_data, expires_at`,
    [given.userId, given.type, given.sessionData, given.at, given.expires],
  );
}

/** Takes the challenge away: it is good for one answer, right or wrong. */
export async function takePasskeyChallenge(
  tx: Session,
  id: string,
  type: 'registration' | 'authentication',
): Promise<PasskeyChallengeRow | undefined> {
  if (!isUuid(id)) return undefined;
  return tx.maybeOne(
    `delete from auth.webauthn_challenges where id = $1 and challenge_type = $2
     returning id, user_id, session_data, expires_at`,
    [id, type],
  );
}
