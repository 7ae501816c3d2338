import type { Session } from '#kernel/postgres/database.ts';

export interface ErrorEntry {
  readonly message: string;
  readonly stack: string | null;
  /** Of the error, e.g. `PostgresError`. */
  readonly type: string;
  /** Path without its query, or `job:<name>`. */
  readonly url: string;
  readonly method: string | null;
  readonly userId: string | null;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
}

export async function insertError(session: Session, entry: ErrorEntry): Promise<void> {
  await session.execute(
    `insert into public.error_logs (message, stack, type, url, method, user_id, user_agent, ip_address, request_id)
     values ($1, $2, $3, $4, $5, $6::text::uuid, $7, $8::text::inet, $9)`,
    [
      ...[entry.message, entry.stack, entry.type, entry.url, entry.method, entry.userId, entry.userAgent, entry.ip],
      entry.requestId,
    ],
  );
}

export interface UsageEntry {
  readonly user_id: string | null;
  readonly endpoint: string;
  readonly method: string;
  readonly status_code: number;
  readonly response_time_ms: number;
  /** Requests the row stands for. */
  readonly weight: number;
  readonly ip_address: string;
  readonly user_agent: string;
  readonly created_at: string;
}

export async function insertUsage(session: Session, entries: readonly UsageEntry[]): Promise<void> {
  await session.execute(
    `insert into public.api_usage_log (user_id, endpoint, method, status_code, response_time_ms, weight, ip_address, user_agent, created_at)
     select user_id, endpoint, method, status_code, response_time_ms, weight, ip_address, left(user_agent, 500), created_at
     from jsonb_to_recordset($1::jsonb) as u(user_id uuid, endpoint text, method text, status_code int, response_time_ms numeric,
       weight int, ip_address inet, user_agent text, created_at timestamptz)`,
    [JSON.stringify(entries)],
  );
}

/** Logs are kept for `days` days (section 2.6: 90). Returns how many rows went. */
export async function purgeLogs(session: Session, now: number, days: number): Promise<number> {
  const before = new Date(now - days * 86_400_000);
  let gone = 0;
  for (const table of ['error_logs', 'api_usage_log'])
    gone += await session.execute(`delete from public.${table} where created_at < $1`, [before]);
  return gone;
}

export interface LogFilter {
  readonly page: number;
  readonly limit: number;
  readonly search?: string | undefined;
  readonly type?: string | undefined;
  readonly userId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const LOGS = {
  errors: { table: 'error_logs', text: ['message', 'url', 'request_id'], type: 'type', person: 'user_id' },
  audit: {
    table: 'admin_activity_log',
    text: ['action_type', 'target_id', 'description'],
    type: 'action_type',
    person: 'admin_user_id',
  },
  security: { table: 'security_events', text: ['event_description'], type: 'event_type', person: 'user_id' },
} as const;
export type LogName = keyof typeof LOGS;

/** One page of a log, newest first, and how many entries match. `from`, `to`: ISO; the first belongs, the second does not. */
export async function readLog(
  session: Session,
  name: LogName,
  { page, limit, search, type, userId, from, to }: LogFilter,
): Promise<{ entries: Record<string, unknown>[]; total: number }> {
  const { table, text, type: kind, person } = LOGS[name];
  const matching = `from public.${table} l where ($1::text is null or concat_ws(' ', ${text.map((c) => `l.${c}`).join(', ')}) ilike $1)
    and ($2::text is null or l.${kind} = $2) and ($3::uuid is null or l.${person} = $3)
    and ($4::timestamptz is null or l.created_at >= $4) and ($5::timestamptz is null or l.created_at < $5)`;
  const like = search?.trim() ? `%${search.trim().replace(/[\\%_]/g, '\\$&')}%` : null;
  const values = [like, type ?? null, userId ?? null, from ?? null, to ?? null];
  const { total } = await session.one<{ total: number }>(`select count(*)::int as total ${matching}`, values);
  const rows = await session.query<{ entry: Record<string, unknown> }>(
    `select to_jsonb(l) || jsonb_build_object('person', (select jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
       from public.users u where u.id = l.${person})) as entry
     ${matching} order by l.created_at desc, l.id limit $6 offset $7`,
    [...values, limit, (page - 1) * limit],
  );
  return { entries: rows.map(({ entry }) => entry), total };
}
