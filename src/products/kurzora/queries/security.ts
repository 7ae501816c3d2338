import type { Session } from '#kernel/postgres/database.ts';

const ISO = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** What a person has set about the safety of the account. */
export interface Security {
  readonly sessionTimeoutMinutes: number | null;
  readonly keyRotationDays: number | null;
  /** Requests a minute of a key that has no rate of its own. */
  readonly apiRateLimit: number;
}

const UNSET: Security = { sessionTimeoutMinutes: null, keyRotationDays: null, apiRateLimit: 60 };

export async function findSecurity(session: Session, userId: string): Promise<Security> {
  const found = await session.maybeOne<Security>(
    `select session_timeout_minutes as "sessionTimeoutMinutes", key_rotation_days as "keyRotationDays",
       api_rate_limit as "apiRateLimit" from public.user_security where user_id = $1`,
    [userId],
  );
  return found ?? UNSET;
}

/** Writes it whole; a timeout holds for the sessions that are open, too. */
export async function saveSecurity(session: Session, userId: string, security: Security): Promise<void> {
  const { sessionTimeoutMinutes, keyRotationDays, apiRateLimit } = security;
  await session.execute(
    `insert into public.user_security (user_id, session_timeout_minutes, key_rotation_days, api_rate_limit) values ($1, $2, $3, $4)
     on conflict (user_id) do update set session_timeout_minutes = excluded.session_timeout_minutes,
       key_rotation_days = excluded.key_rotation_days, api_rate_limit = excluded.api_rate_limit`,
    [userId, sessionTimeoutMinutes, keyRotationDays, apiRateLimit],
  );
  await session.query('select kurzora.apply_session_timeout($1)', [userId]);
}

export type SecurityEventType =
  | 'login'
  | 'account_locked'
  | 'password_changed'
  | 'password_reset'
  | 'two_factor_enabled'
  | 'two_factor_disabled'
  | 'recovery_code_used'
  | 'sessions_ended'
  | 'api_key_created'
  | 'api_key_deleted'
  | 'security_changed'
  | 'data_exported'
  | 'account_closed';

const SEVERITY: Readonly<Partial<Record<SecurityEventType, string>>> = {
  account_locked: 'medium',
  password_reset: 'medium',
  two_factor_disabled: 'medium',
  recovery_code_used: 'high',
};

export async function addSecurityEvent(
  session: Session,
  event: {
    readonly userId: string;
    readonly type: SecurityEventType;
    readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    readonly ip: string | null;
    readonly userAgent: string | null;
  },
): Promise<void> {
  await session.execute(
    `insert into public.security_events (user_id, event_type, severity, ip_address, user_agent, metadata)
     values ($1, $2, $3, $4, $5, $6::jsonb)`,
    [
      ...[event.userId, event.type, SEVERITY[event.type] ?? 'low', event.ip, event.userAgent],
      JSON.stringify(event.metadata ?? {}),
    ],
  );
}

export interface SecurityEvent {
  readonly id: string;
  readonly type: string;
  readonly severity: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: string;
}

/** Latest first. */
export function listSecurityEvents(session: Session, userId: string, limit: number): Promise<SecurityEvent[]> {
  return session.query<SecurityEvent>(
    `select id, event_type as type, severity, host(ip_address) as ip, user_agent as "userAgent", ${ISO('created_at')} as "createdAt"
     from public.security_events where user_id = $1 order by created_at desc, id limit $2`,
    [userId, limit],
  );
}

export async function endSession(session: Session, userId: string, sessionId: string): Promise<boolean> {
  const { gone } = await session.one<{ gone: boolean }>('select kurzora.end_session($1, $2) as gone', [
    userId,
    sessionId,
  ]);
  return gone;
}

export async function setRecoveryCodes(session: Session, userId: string, hashes: readonly string[]): Promise<void> {
  await session.query('select kurzora.set_recovery_codes($1, $2)', [userId, hashes]);
}

/** Whether this was one of the codes; it is used up. */
export async function useRecoveryCode(session: Session, userId: string, hash: string): Promise<boolean> {
  const { used } = await session.one<{ used: boolean }>('select kurzora.use_recovery_code($1, $2) as used', [
    userId,
    hash,
  ]);
  return used;
}

export async function recoveryCodesLeft(session: Session, userId: string): Promise<number> {
  const { left } = await session.one<{ left: number }>('select kurzora.recovery_codes_left($1) as left', [userId]);
  return left;
}
