import type { Session } from '#kernel/postgres/database.ts';
import type { AlertChannel, AlertPerson } from '../rules/alerts/judge.ts';
import type { AlertSignal } from '../rules/alerts/messages.ts';

const NUMBERS = [
  'current_price',
  'price_change_percent',
  'entry_price',
  'stop_loss',
  'take_profit',
  'risk_reward_ratio',
];
export const SIGNAL_COLUMNS = [
  ...['id', 'ticker', 'company_name', 'signal_type', 'signal_strength', 'confidence_score', 'final_score', 'signals'],
  ...['status', 'source', 'created_at'],
]
  .map((column) => `s.${column}`)
  .concat(NUMBERS.map((column) => `s.${column}::float8`))
  .join(', ');

export interface Trigger extends AlertSignal {
  /** People who ask for at most this score were considered before. */
  readonly from_score: number;
  /** Raised more than an hour ago, by the database's clock. */
  readonly stale: boolean;
}

/** The oldest signal that nobody has been chosen for, or this one; locked until the transaction ends. Another worker's is passed over. */
export function nextTrigger(session: Session, signalId?: string): Promise<Trigger | undefined> {
  return session.maybeOne<Trigger>(
    `select ${SIGNAL_COLUMNS}, t.from_score, t.raised_at < now() - interval '1 hour' as stale
     from public.signal_alert_triggers t join public.trading_signals s on s.id = t.signal_id
     where t.handled_at is null and ($1::uuid is null or t.signal_id = $1)
     order by t.seq limit 1 for update of t skip locked`,
    [signalId],
  );
}

export async function closeTrigger(session: Session, signalId: string): Promise<void> {
  await session.execute('update public.signal_alert_triggers set handled_at = now() where signal_id = $1', [signalId]);
}

/** What a person wants, less what staff switched off, and staff's frequency where he chose none (section 12). */
const SWITCHED = `case when jsonb_typeof(u.notification_settings) = 'object' then u.notification_settings else '{}' end
    || case when kurzora.setting('email_notifications_enabled') = 'false' then '{"email_alerts_enabled": false}' else '{}' end::jsonb
    || case when kurzora.setting('telegram_notifications_enabled') = 'false' then '{"telegram_alerts_enabled": false}' else '{}' end::jsonb
    || case when not u.notification_settings ? 'digest' and kurzora.setting('notification_frequency') in ('"hourly"', '"daily"')
            then jsonb_build_object('digest', kurzora.setting('notification_frequency')) else '{}' end`;

/** Whether staff let Make.com be called. */
export async function makeEnabled(session: Session): Promise<boolean> {
  const { off } = await session.one<{ off: boolean }>(
    `select coalesce(kurzora.setting('make_enabled') = 'false', false) as off`,
  );
  return !off;
}

/** Everybody with an account, or these. */
export function alertPeople(session: Session, ids?: readonly string[]): Promise<AlertPerson[]> {
  return session.query<AlertPerson>(
    `select u.id, u.email, u.name, u.language, u.timezone, u.subscription_tier::text, u.subscription_status, u.is_active,
            kurzora.plan_of(u.subscription_tier, u.subscription_status, u.subscription_ends_at) as plan,
            ${SWITCHED} as notification_settings, case when u.telegram_verified_at is not null then u.telegram_chat_id end as telegram_chat_id,
            (select count(*)::int from public.push_subscriptions p where p.user_id = u.id and p.is_active) as devices
     from public.users u where u.deleted_at is null and ($1::uuid[] is null or u.id = any ($1)) order by u.id`,
    [ids],
  );
}

/** One alert for each of these people, unless they have it. Returns how many are new. */
export function addAlerts(
  session: Session,
  signalId: string,
  people: readonly { readonly user_id: string; readonly due_at: string }[],
): Promise<number> {
  return session.execute(
    `insert into public.signal_alerts (user_id, signal_id, status, due_at)
     select user_id, $1, 'waiting', due_at from jsonb_to_recordset($2::jsonb) as w(user_id uuid, due_at timestamptz) order by user_id
     on conflict (user_id, signal_id) do nothing`,
    [signalId, JSON.stringify(people)],
  );
}

/** People who wait for the signal that is due first; locked until the transaction ends. */
export async function dueAlerts(
  session: Session,
  now: number,
  signalId?: string,
): Promise<{ signal: AlertSignal; people: string[] } | undefined> {
  const waiting = await session.query<{ user_id: string; signal_id: string }>(
    `select a.user_id, a.signal_id from public.signal_alerts a
     where a.status = 'waiting' and a.due_at <= $1 and a.signal_id = (
       select b.signal_id from public.signal_alerts b
       where b.status = 'waiting' and b.due_at <= $1 and ($2::uuid is null or b.signal_id = $2) order by b.seq limit 1)
     order by a.user_id limit 1000 for update of a skip locked`,
    [new Date(now), signalId],
  );
  const [first] = waiting;
  if (!first) return undefined;
  const signal = await session.one<AlertSignal>(
    `select ${SIGNAL_COLUMNS} from public.trading_signals s where s.id = $1`,
    [first.signal_id],
  );
  return { signal, people: waiting.map(({ user_id }) => user_id) };
}

export async function postponeAlert(session: Session, userId: string, signalId: string, dueAt: number): Promise<void> {
  await session.execute('update public.signal_alerts set due_at = $3 where user_id = $1 and signal_id = $2', [
    userId,
    signalId,
    new Date(dueAt),
  ]);
}

export async function cancelAlert(session: Session, userId: string, signalId: string, reason: string): Promise<void> {
  await session.execute(
    `update public.signal_alerts set status = 'cancelled', reason = $3 where user_id = $1 and signal_id = $2`,
    [userId, signalId, reason],
  );
}

export interface Place {
  readonly user_id: string;
  readonly day: string;
  readonly limit: number | null;
}

/**
 * Takes a place in each person's day. Returns each one's number, null where the day is full: that alert is held until a place is
 * given back. People are locked in one order, so that workers wait for each other instead of deadlocking.
 */
export async function takePlaces(
  session: Session,
  signalId: string,
  places: readonly Place[],
): Promise<Map<string, number | null>> {
  await session.query('select id from public.users where id = any ($1::uuid[]) order by id for update', [
    places.map(({ user_id }) => user_id),
  ]);
  const rows = await session.query<{ user_id: string; number: number | null }>(
    `with wanted as (
       select * from jsonb_to_recordset($2::jsonb) as w(user_id uuid, day date, "limit" int)
     ), counted as materialized (
       select w.user_id, w.day, c.new_daily_count
       from wanted w left join lateral public.increment_daily_alerts(w.user_id, w.day, w."limit") c on true
     )
     update public.signal_alerts a set
       status = case when c.new_daily_count is null then 'held' else 'reserved' end, day = c.day, number = c.new_daily_count,
       reason = case when c.new_daily_count is null then 'daily_limit_reached' end
     from counted c where a.user_id = c.user_id and a.signal_id = $1
     returning a.user_id, a.number`,
    [signalId, JSON.stringify(places)],
  );
  return new Map(rows.map(({ user_id, number }) => [user_id, number]));
}

/** These wait for a digest. */
export async function gatherAlerts(session: Session, signalId: string, people: readonly string[]): Promise<void> {
  if (people.length === 0) return;
  await session.execute(
    'update public.signal_alerts set gathered = true where signal_id = $1 and user_id = any ($2::uuid[])',
    [signalId, people],
  );
}

export interface MessageToQueue {
  readonly idempotency_key: string;
  readonly user_id: string;
  readonly signal_id: string | null;
  readonly type: 'signal_alert' | 'portfolio_summary' | 'account_notification' | 'trade_update';
  readonly channel: AlertChannel;
  readonly recipient: string;
  readonly subject: string;
  readonly content: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Puts messages into the outbox and the delivery log; one whose key is known is left out. Returns how many are new. */
export function queueMessages(session: Session, messages: readonly MessageToQueue[], now: number): Promise<number> {
  return session.execute(
    `with queued as (
       insert into public.notification_queue
         (idempotency_key, user_id, signal_id, type, channel, recipient, subject, content, metadata, next_attempt)
       select idempotency_key, user_id, signal_id, type, channel, recipient, subject, content, metadata, $2
       from jsonb_to_recordset($1::jsonb) as m(idempotency_key text, user_id uuid, signal_id uuid, type public.alert_type,
         channel public.delivery_channel, recipient text, subject text, content text, metadata jsonb)
       on conflict do nothing
       returning id, user_id, signal_id, type, channel, subject, content
     )
     insert into public.alert_delivery_log (queue_id, user_id, signal_id, alert_type, delivery_channel, subject, message)
     select id, user_id, signal_id, type, channel, subject, content from queued`,
    [JSON.stringify(messages), new Date(now)],
  );
}

export async function addNotifications(
  session: Session,
  rows: readonly { user_id: string; type: 'signal' | 'trade' | 'system'; title: string; body: string; data: unknown }[],
): Promise<void> {
  await session.execute(
    `insert into public.notifications (user_id, type, title, body, data)
     select user_id, type, title, body, data
     from jsonb_to_recordset($1::jsonb) as n(user_id uuid, type text, title text, body text, data jsonb)`,
    [JSON.stringify(rows)],
  );
}

export interface PushDevice {
  readonly user_id: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Browsers of these people that take pushes. */
export function pushDevices(session: Session, people: readonly string[]): Promise<PushDevice[]> {
  return session.query<PushDevice>(
    'select user_id, endpoint, p256dh, auth from public.push_subscriptions where is_active and user_id = any ($1::uuid[])',
    [people],
  );
}

/** Asks for a signal to be told of, unless that was done; one that is not active or scores below the threshold is not. */
export async function raiseSignal(session: Session, signalId: string): Promise<'raised' | 'no alert' | 'unknown'> {
  const signal = await session.maybeOne<{ qualified: boolean }>(
    `select status = 'active' and final_score >= coalesce((kurzora.setting('confidence_threshold') #>> '{}')::numeric, 80) as qualified
     from public.trading_signals where id = $1`,
    [signalId],
  );
  if (!signal) return 'unknown';
  if (!signal.qualified) return 'no alert';
  await session.execute(
    'insert into public.signal_alert_triggers (signal_id, from_score) values ($1, 0) on conflict do nothing',
    [signalId],
  );
  return 'raised';
}
