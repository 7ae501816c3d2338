import type { Session } from '#kernel/postgres/database.ts';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly emailVerified: boolean;
  readonly profilePicture: string | null;
  readonly phone: string | null;
  readonly language: string;
  readonly timezone: string;
  readonly preferences: Record<string, unknown>;
  readonly subscription: Record<string, unknown>;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

const ISO = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** The user object of the API; undefined for who is deleted or not there. */
export function findAccount(session: Session, userId: string): Promise<Account | undefined> {
  return session.maybeOne<Account>(
    `select u.id, u.email, u.name, u.role, u.email_verified as "emailVerified", u.avatar_url as "profilePicture", u.phone, u.language,
       u.timezone, jsonb_build_object('notifications', p.notifications, 'trading', p.trading, 'ui', p.ui, 'alerts', p.alerts) as preferences,
       jsonb_build_object('tier', u.subscription_tier, 'status', u.subscription_status, 'endsAt', ${ISO('u.subscription_ends_at')})
         as subscription,
       ${ISO('u.created_at')} as "createdAt", ${ISO('u.last_login_at')} as "lastLoginAt"
     from public.users u left join public.user_preferences p on p.user_id = u.id
     where u.id = $1 and u.deleted_at is null and u.is_active`,
    [userId],
  );
}

/** Of an address in lower case. */
export async function findAccountId(session: Session, email: string): Promise<string | undefined> {
  return (await session.maybeOne<{ id: string }>('select id from public.users where email = $1', [email]))?.id;
}

/** Seconds the person is locked out for, 0 when a try may be made; the try is counted. */
export async function countTry(session: Session, action: string, who: string, now: number): Promise<number> {
  const { seconds } = await session.one<{ seconds: number }>('select kurzora.count_attempt($1, $2, $3) as seconds', [
    who,
    action,
    new Date(now),
  ]);
  return seconds;
}

export async function forgetTries(session: Session, action: string, who: string): Promise<void> {
  await session.execute('delete from public.rate_limits where identifier = $1 and action = $2', [who, action]);
}

export async function limitSession(session: Session, sessionId: string, days: number): Promise<void> {
  await session.query('select kurzora.limit_session($1, $2)', [sessionId, days]);
}

export interface ProfileChange {
  readonly name?: string | undefined;
  readonly phone?: string | null | undefined;
  readonly language?: string | undefined;
  readonly timezone?: string | undefined;
  readonly avatarUrl?: string | null | undefined;
}

/** What is absent stays; as the person himself. */
export async function changeProfile(session: Session, userId: string, change: ProfileChange): Promise<void> {
  const { name, phone, language, timezone, avatarUrl } = change;
  const columns = Object.entries({ name, phone, language, timezone, avatar_url: avatarUrl });
  const given = columns.filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  const sets = given.map(([column], index) => `${column} = $${index + 2}`).join(', ');
  await session.execute(`update public.users set ${sets} where id = $1`, [userId, ...given.map(([, value]) => value)]);
}

const PARTS = ['notifications', 'trading', 'ui', 'alerts'] as const;
export type Preferences = Partial<Record<(typeof PARTS)[number], Record<string, unknown>>>;

/** Keys that are given change, others stay. */
export async function changePreferences(session: Session, userId: string, change: Preferences): Promise<void> {
  await session.execute(
    `update public.user_preferences set ${PARTS.map((part, i) => `${part} = ${part} || $${i + 2}::jsonb`).join(', ')} where user_id = $1`,
    [userId, ...PARTS.map((part) => JSON.stringify(change[part] ?? {}))],
  );
}

export async function resetPreferences(session: Session, userId: string): Promise<void> {
  await session.execute(
    `update public.user_preferences set ${PARTS.map((part) => `${part} = default`).join(', ')} where user_id = $1`,
    [userId],
  );
}
