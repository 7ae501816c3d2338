import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';

/** How a session was authenticated, as claim `amr` has it. */
export type AmrMethod =
  | 'password'
  | 'otp'
  | 'oauth'
  | 'totp'
  | 'recovery'
  | 'invite'
  | 'sso/saml'
  | 'magiclink'
  | 'email/signup'
  | 'email_change'
  | 'token_refresh'
  | 'anonymous'
  | 'mfa/phone'
  | 'mfa/webauthn'
  | 'web3'
  | 'passkey'
  | 'oauth_provider/authorization_code';

export interface AmrEntry {
  readonly method: string;
  /** Epoch seconds. */
  readonly timestamp: number;
}

/** Notes the method, or that it was used again now. */
export async function addAmr(tx: Session, sessionId: string, method: AmrMethod): Promise<void> {
  await tx.execute(
    `insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
     values ($1, $2, now(), now(), $3)
     on conflict on constraint mfa_amr_claims_session_id_authentication_method_pkey do update set updated_at = now()`,
    [randomUUID(), sessionId, method],
  );
}

/** Latest first, as the claim lists them. */
export async function amrOf(tx: Session, sessionId: string): Promise<AmrEntry[]> {
  return tx.query(
    `select authentication_method as method, extract(epoch from updated_at)::int8 as timestamp
     from auth.mfa_amr_claims where session_id = $1 order by updated_at desc, authentication_method`,
    [sessionId],
  );
}
