import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { UserRow } from './users.ts';

/** GoTrue's names; `log_type` follows from them. */
const LOG_TYPE = {
  login: 'account',
  logout: 'account',
  invite_accepted: 'account',
  user_signedup: 'team',
  user_invited: 'team',
  user_deleted: 'team',
  user_modified: 'user',
  user_recovery_requested: 'user',
  user_reauthenticate_requested: 'user',
  user_confirmation_requested: 'user',
  user_repeated_signup: 'user',
  user_updated_password: 'user',
  token_revoked: 'token',
  token_refreshed: 'token',
  generate_recovery_codes: 'user',
  factor_in_progress: 'factor',
  factor_unenrolled: 'factor',
  challenge_created: 'factor',
  verification_attempted: 'factor',
  factor_deleted: 'factor',
  recovery_codes_deleted: 'recovery_codes',
  factor_updated: 'factor',
  mfa_code_login: 'factor',
  identity_unlinked: 'user',
  passkey_created: 'user',
  passkey_updated: 'user',
  passkey_deleted: 'user',
} as const;

export type AuditAction = keyof typeof LOG_TYPE;

/** Who did it: a user, or the service on behalf of nobody. */
export type Actor = UserRow | { readonly role: string };

/** One entry of the audit log, in the caller's transaction. `traits` never hold a secret. */
export async function audit(
  tx: Session,
  actor: Actor,
  action: AuditAction,
  options: { readonly ip?: string; readonly traits?: Readonly<Record<string, unknown>> } = {},
): Promise<void> {
  const { ip = '', traits } = options;
  const payload = { ...who(actor), action, log_type: LOG_TYPE[action], ...(traits ? { traits } : {}) };
  await tx.execute(
    `insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, now(), $3)`,
    [randomUUID(), payload, ip],
  );
}

function who(actor: Actor): Record<string, unknown> {
  if (!('id' in actor)) return { actor_id: '00000000-0000-0000-0000-000000000000', actor_username: actor.role };
  const name = actor.raw_user_meta_data?.['full_name'];
  return {
    actor_id: actor.id,
    actor_via_sso: actor.is_sso_user,
    actor_username: actor.email || actor.phone || '',
    ...(typeof name === 'string' ? { actor_name: name } : {}),
  };
}
