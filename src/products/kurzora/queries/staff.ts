import type { Session } from '#kernel/postgres/database.ts';
import type { ManagedUser, StaffRole } from '../staff-contract.ts';

/** From the table, at every request: a role taken away is gone at once (T-32). `twoFactor`: whether staff must have shown one. */
export function staffStanding(
  session: Session,
  userId: string,
): Promise<{ role: StaffRole | null; twoFactor: boolean }> {
  return session.one(
    `select (select a.admin_role from public.admin_users a join public.users u on u.id = a.id
             where a.id = $1 and u.is_active and u.deleted_at is null) as role,
            coalesce(kurzora.setting('require_2fa_for_admin') = 'true', false) as "twoFactor"`,
    [userId],
  );
}

export async function signUpsAllowed(session: Session): Promise<boolean> {
  const row = await session.maybeOne<{ value: unknown }>(
    `select value from public.system_config where key = 'allow_new_signups'`,
  );
  return row?.value !== false;
}

export interface Deed {
  readonly adminId: string;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string | null;
  readonly metadata: Record<string, unknown>;
  readonly ip: string;
  readonly userAgent: string;
}

/** Written in the transaction of the deed itself: neither is without the other. */
export async function logDeed(session: Session, deed: Deed): Promise<void> {
  await session.execute(
    `insert into public.admin_activity_log (admin_user_id, action_type, target_type, target_id, metadata, ip_address, user_agent)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7)`,
    [
      ...[deed.adminId, deed.action, deed.targetType, deed.targetId],
      ...[JSON.stringify(deed.metadata), deed.ip, deed.userAgent],
    ],
  );
}

export async function auditUser(
  session: Session,
  entry: { adminId: string; userId: string; action: string; before: unknown; after: unknown; reason: string | null },
): Promise<void> {
  await session.execute(
    `insert into public.user_management_audit (admin_user_id, target_user_id, action, old_values, new_values, reason)
     values ($1, $2, $3, $4::jsonb, $5::jsonb, $6)`,
    [
      ...[entry.adminId, entry.userId, entry.action, JSON.stringify(entry.before), JSON.stringify(entry.after)],
      entry.reason,
    ],
  );
}

const ISO = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const USER = `u.id, u.email, u.name, u.role, u.subscription_tier as "subscriptionTier", u.subscription_status as "subscriptionStatus",
  ${ISO('u.subscription_ends_at')} as "subscriptionEndsAt", u.is_active as "isActive", u.email_verified as "emailVerified",
  ${ISO('u.created_at')} as "createdAt", ${ISO('u.last_login_at')} as "lastLoginAt",
  (select count(*)::int from public.paper_trades t where t.user_id = u.id) as trades,
  (select a.admin_role from public.admin_users a where a.id = u.id) as "staffRole"`;

export interface UserFilter {
  readonly search?: string | undefined;
  readonly role?: string | undefined;
  readonly status?: string | undefined;
  readonly subscription?: string | undefined;
  readonly sortBy: 'name' | 'email' | 'joinDate' | 'lastActive';
  readonly page: number;
  readonly limit: number;
}

const ORDER = {
  name: 'u.name, u.id',
  email: 'u.email, u.id',
  joinDate: 'u.created_at desc, u.id',
  lastActive: 'u.last_login_at desc nulls last, u.id',
};
const MATCHES = `u.deleted_at is null
  and ($1::text is null or position(lower($1) in lower(u.email)) > 0 or position(lower($1) in lower(u.name)) > 0)
  and ($2::text is null or u.role::text = $2)
  and ($3::text is null or case $3 when 'inactive' then not u.is_active else u.is_active and u.subscription_status = $3 end)
  and ($4::text is null or u.subscription_tier::text = $4)`;

/** A page of them, how many match, and how all that match spread over roles, states and plans. */
export async function listUsers(session: Session, filter: UserFilter) {
  const values = [filter.search ?? null, filter.role ?? null, filter.status ?? null, filter.subscription ?? null];
  const users = await session.query<ManagedUser>(
    `select ${USER} from public.users u where ${MATCHES} order by ${ORDER[filter.sortBy]} limit $5 offset $6`,
    [...values, filter.limit, (filter.page - 1) * filter.limit],
  );
  const counts = await session.one<{ total: number; aggregations: Record<string, Record<string, number>> }>(
    `with m as (select u.role::text as role, u.subscription_status::text as status, u.subscription_tier::text as plan
       from public.users u where ${MATCHES})
     select (select count(*)::int from m) as total, jsonb_build_object(
       'byRole', (select coalesce(jsonb_object_agg(role, n), '{}') from (select role, count(*) as n from m group by 1) r),
       'byStatus', (select coalesce(jsonb_object_agg(status, n), '{}') from (select status, count(*) as n from m group by 1) s),
       'byPlan', (select coalesce(jsonb_object_agg(plan, n), '{}') from (select plan, count(*) as n from m group by 1) p)) as aggregations`,
    values,
  );
  return { users, ...counts };
}

export function findUser(session: Session, id: string): Promise<ManagedUser | undefined> {
  return session.maybeOne<ManagedUser>(`select ${USER} from public.users u where u.id = $1 and u.deleted_at is null`, [
    id,
  ]);
}

export async function changeUser(
  session: Session,
  id: string,
  change: {
    name?: string | undefined;
    role?: string | undefined;
    isActive?: boolean | undefined;
    subscriptionTier?: string | undefined;
  },
): Promise<void> {
  await session.execute(
    `update public.users set name = coalesce($2, name), role = coalesce($3::public.user_role, role),
       is_active = coalesce($4::boolean, is_active), subscription_tier = coalesce($5::public.subscription_tier, subscription_tier)
     where id = $1`,
    [id, change.name ?? null, change.role ?? null, change.isActive ?? null, change.subscriptionTier ?? null],
  );
}

/** A subscription without a vendor: for trying out, `days` long. */
export async function grantTrial(session: Session, userId: string, slug: string, days: number): Promise<void> {
  await session.execute(
    `insert into public.user_subscriptions (user_id, plan_id, status, billing_cycle, trial_start, trial_end, current_period_start, current_period_end)
     select $1, id, 'trialing', 'monthly', now(), now() + make_interval(days => $3), now(), now() + make_interval(days => $3)
     from public.subscription_plans where slug = $2`,
    [userId, slug, days],
  );
  await session.query('select kurzora.project_subscription($1)', [userId]);
}

/** Figures of the dashboard. */
export async function systemStats(session: Session): Promise<Record<string, unknown>> {
  const { stats } = await session.one<{ stats: Record<string, unknown> }>(
    `select jsonb_build_object(
       'users', (select jsonb_build_object('total', count(*), 'active', count(*) filter (where is_active),
          'last24h', count(*) filter (where created_at >= now() - interval '24 hours')) from public.users where deleted_at is null),
       'trades', (select jsonb_build_object('total', count(*), 'open', count(*) filter (where is_open),
          'last24h', count(*) filter (where created_at >= now() - interval '24 hours')) from public.paper_trades),
       'signals', (select jsonb_build_object('total', count(*), 'active', count(*) filter (where status = 'active'),
          'last24h', count(*) filter (where created_at >= now() - interval '24 hours')) from public.trading_signals),
       'revenue', (select jsonb_build_object('monthly', coalesce(sum(case s.billing_cycle when 'yearly' then p.yearly_price / 12
            else p.monthly_price end), 0)::float8, 'subscriptions', count(*))
          from public.user_subscriptions s join public.subscription_plans p on p.id = s.plan_id
          where s.is_current and s.status in ('active', 'past_due') and s.stripe_subscription_id is not null)) as stats`,
  );
  return stats;
}

export function readConfig(session: Session) {
  return session.query<{
    key: string;
    value: unknown;
    category: string;
    description: string | null;
    updatedAt: Date;
    updatedBy: { id: string; name: string } | null;
  }>(
    `select c.key, c.value, c.category, c.description, c.updated_at as "updatedAt",
       (select jsonb_build_object('id', u.id, 'name', u.name) from public.users u where u.id = c.updated_by) as "updatedBy"
     from public.system_config c order by c.category, c.key`,
  );
}

/** Sets it, whether or not its row is there. The value before; undefined when there was no row. */
export async function writeConfig(session: Session, key: string, value: unknown, by: string) {
  const before = await session.maybeOne<{ value: unknown }>(
    'select value from public.system_config where key = $1 for update',
    [key],
  );
  await session.execute(
    `insert into public.system_config (key, value, updated_by) values ($1, $2::jsonb, $3)
     on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by`,
    [key, JSON.stringify(value), by],
  );
  return before;
}
