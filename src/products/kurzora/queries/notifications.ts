import type { Session } from '#kernel/postgres/database.ts';
import type { Notification } from '../notification-contract.ts';
import type { Plan } from '../rules/plan.ts';

const COLUMNS = `id, type, title, body, data, to_char(read_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "readAt",
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;

export interface NotificationFilter {
  readonly unreadOnly?: boolean | undefined;
  readonly type?: string | undefined;
  readonly page: number;
  readonly limit: number;
}

/** The caller's, newest first. */
export async function listNotifications(
  session: Session,
  { unreadOnly = false, type, page, limit }: NotificationFilter,
): Promise<{ notifications: Notification[]; total: number; unread: number }> {
  const where = '($1::text is null or type = $1) and (not $2::boolean or read_at is null)';
  const notifications = await session.query<Notification>(
    `select ${COLUMNS} from public.notifications where ${where} order by created_at desc, id limit $3 offset $4`,
    [type, unreadOnly, limit, (page - 1) * limit],
  );
  const counts = await session.one<{ total: number; unread: number }>(
    `select count(*) filter (where ${where})::int as total, count(*) filter (where read_at is null)::int as unread
     from public.notifications`,
    [type, unreadOnly],
  );
  return { notifications, ...counts };
}

export function findNotification(session: Session, id: string): Promise<Notification> {
  return session.one<Notification>(`select ${COLUMNS} from public.notifications where id = $1`, [id]);
}

/** Throws NOT_FOUND for one that is not the caller's. */
export function markNotification(session: Session, id: string, read: boolean): Promise<Notification> {
  return session.one<Notification>(
    `update public.notifications set read_at = case when $2 then coalesce(read_at, now()) end where id = $1 returning ${COLUMNS}`,
    [id, read],
  );
}

export function markAllRead(session: Session): Promise<number> {
  return session.execute('update public.notifications set read_at = now() where read_at is null');
}

/** One, or all of the caller's. Returns how many there were. */
export function deleteNotifications(session: Session, id?: string): Promise<number> {
  return session.execute('delete from public.notifications where $1::uuid is null or id = $1', [id]);
}

export interface StoredSettings {
  readonly id: string;
  readonly notification_settings: Record<string, unknown>;
  readonly timezone: string;
  readonly plan: Plan;
  readonly telegram: boolean;
}

const SETTINGS = `id, notification_settings, timezone,
  kurzora.plan_of(subscription_tier, subscription_status, subscription_ends_at) as plan,
  telegram_chat_id is not null and telegram_verified_at is not null as telegram`;

export function readAlertSettings(session: Session, userId: string): Promise<StoredSettings> {
  return session.one<StoredSettings>(`select ${SETTINGS} from public.users where id = $1`, [userId]);
}

/** Changes these keys and leaves the others. */
export function changeAlertSettings(
  session: Session,
  userId: string,
  change: Readonly<Record<string, unknown>>,
): Promise<StoredSettings> {
  return session.one<StoredSettings>(
    `update public.users set notification_settings = notification_settings || $2::jsonb where id = $1 returning ${SETTINGS}`,
    [userId, JSON.stringify(change)],
  );
}

/** A browser belongs to who signed in there last. */
export async function addDevice(
  session: Session,
  device: { userId: string; endpoint: string; p256dh: string; auth: string; userAgent: string },
): Promise<string> {
  const { id } = await session.one<{ id: string }>(
    `insert into public.push_subscriptions (user_id, endpoint, p256dh, auth, user_agent) values ($1, $2, $3, $4, $5)
     on conflict (endpoint) do update set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
       user_agent = excluded.user_agent, is_active = true
     returning id`,
    [device.userId, device.endpoint, device.p256dh, device.auth, device.userAgent],
  );
  return id;
}

/** By id or by endpoint; the caller's own. */
export function removeDevice(session: Session, token: string): Promise<number> {
  return session.execute('delete from public.push_subscriptions where id::text = $1 or endpoint = $1', [token]);
}

/** No more mails about signals and trades. False when the account is gone. */
export async function endMails(session: Session, userId: string): Promise<boolean> {
  const changed = await session.execute(
    `update public.users set notification_settings = notification_settings || '{"email_alerts_enabled": false}'::jsonb
     where id = $1 and deleted_at is null`,
    [userId],
  );
  return changed === 1;
}
