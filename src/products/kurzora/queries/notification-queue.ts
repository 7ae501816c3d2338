import type { Session } from '#kernel/postgres/database.ts';
import type { Outcome, QueuedMessage } from '#services/notifications/api.ts';

/** Seconds before the second and the third try; a receiver that names a time is waited for instead. */
const BACKOFF_SECONDS = [30, 120, 600];

/** The statements of the outbox; `deliverDue` of the notifications service says why each is a transaction of its own. */
export async function lockWorker(session: Session, worker: string): Promise<void> {
  await session.query('select pg_advisory_xact_lock($1::bigint)', [worker]);
}

/** A lock that can be had is held by nobody: its worker is gone. What it had contacted may have been sent, and is counted. */
export async function reclaimMessages(session: Session): Promise<number> {
  const { doubts } = await session.one<{ doubts: number }>(
    `with workers as materialized (
       select distinct claimed_by from public.notification_queue where status = 'sending'
     ), gone as materialized (
       select claimed_by from workers where pg_try_advisory_xact_lock(claimed_by)
     ), left_over as materialized (
       select q.id, (q.contacted_at is not null)::int as doubt
       from public.notification_queue q join gone using (claimed_by) where q.status = 'sending' for update of q
     ), back as (
       update public.notification_queue q set
         status = 'pending', claimed_by = null, contacted_at = null, doubts = q.doubts + l.doubt,
         attempts = least(q.attempts, q.max_attempts - 1),
         error_message = case when l.doubt = 1 then 'its process ended between sending and recording' else q.error_message end
       from left_over l where q.id = l.id
     )
     select coalesce(sum(doubt), 0)::int as doubts from left_over`,
  );
  return doubts;
}

export function claimMessages(
  session: Session,
  worker: string,
  { limit, now, signalId }: { limit: number; now: number; signalId?: string },
): Promise<QueuedMessage[]> {
  return session.query<QueuedMessage>(
    `with due as (
       select id from public.notification_queue
       where status = 'pending' and next_attempt <= $3 and ($4::uuid is null or signal_id = $4)
       order by next_attempt, seq limit $2 for update skip locked
     )
     update public.notification_queue q set status = 'sending', claimed_by = $1::bigint, contacted_at = null
     from due where q.id = due.id
     returning q.id, q.idempotency_key as "idempotencyKey", q.channel::text, q.recipient, q.subject, q.content, q.metadata,
               q.attempts, q.max_attempts as "maxAttempts"`,
    [worker, limit, new Date(now), signalId],
  );
}

export async function contactMessage(session: Session, id: string, worker: string): Promise<boolean> {
  const changed = await session.execute(
    `update public.notification_queue set contacted_at = clock_timestamp(), attempts = attempts + 1
     where id = $1 and status = 'sending' and claimed_by = $2::bigint`,
    [id, worker],
  );
  return changed === 1;
}

export async function releaseMessages(session: Session, worker: string): Promise<void> {
  await session.execute(
    `update public.notification_queue set status = 'pending', claimed_by = null
     where status = 'sending' and claimed_by = $1::bigint and contacted_at is null`,
    [worker],
  );
}

/** What became of one try: the queue, the delivery log, the alert it belongs to and, when nothing was sent, the day's count. */
export async function recordOutcome(
  session: Session,
  message: QueuedMessage,
  worker: string,
  outcome: Outcome,
  now: number,
): Promise<void> {
  if (outcome.kind === 'sent') return recordSent(session, message, worker, outcome.externalId);
  const attempts = message.attempts + 1;
  const final = attempts >= message.maxAttempts || (outcome.kind === 'refused' && !outcome.again);
  const named = outcome.kind === 'refused' ? outcome.retryAfterSeconds : undefined;
  const wait = named ?? BACKOFF_SECONDS[Math.min(attempts, BACKOFF_SECONDS.length) - 1]!;
  const doubt = outcome.kind === 'unclear' ? 1 : 0;
  const changed = await session.execute(
    `update public.notification_queue set
       status = case when $3 then 'failed' else 'pending' end, failed_at = case when $3 then now() end,
       next_attempt = $4, error_message = $5, doubts = doubts + $6, claimed_by = null, contacted_at = null
     where id = $1 and claimed_by = $2::bigint and status = 'sending'`,
    [message.id, worker, final, new Date(now + wait * 1000), outcome.reason, doubt],
  );
  if (outcome.kind === 'refused' && outcome.gone)
    await session.execute('update public.push_subscriptions set is_active = false where endpoint = $1', [
      message.recipient,
    ]);
  if (changed === 1 && final) await recordFailure(session, message.id, outcome.reason, now);
}

async function recordSent(session: Session, { id }: QueuedMessage, worker: string, externalId: string): Promise<void> {
  await session.execute(
    `with done as (
       update public.notification_queue set status = 'sent', sent_at = now(), error_message = null, claimed_by = null
       where id = $1 and claimed_by = $2::bigint and status = 'sending'
       returning id, user_id, signal_id
     ), logged as (
       update public.alert_delivery_log l set delivery_status = 'sent', sent_at = now(), external_message_id = $3, error_message = null
       from done where l.queue_id = done.id and l.delivery_status in ('pending', 'failed')
     )
     update public.signal_alerts a set status = 'sent' from done
     where a.user_id = done.user_id and a.signal_id = done.signal_id and a.status in ('reserved', 'failed')`,
    [id, worker, externalId],
  );
}

/**
 * For good. When no other way reached the person and nothing is in doubt, the place in the day's count is given back, and the
 * oldest alert that found the day full takes its turn.
 */
async function recordFailure(session: Session, id: string, reason: string, now: number): Promise<void> {
  await session.execute(
    `update public.alert_delivery_log set delivery_status = 'failed', error_message = $2 where queue_id = $1`,
    [id, reason],
  );
  const alert = await session.maybeOne<{ user_id: string; day: string }>(
    `update public.signal_alerts a set status = 'failed', reason = $2
     from public.notification_queue q
     where q.id = $1 and a.user_id = q.user_id and a.signal_id = q.signal_id and a.status = 'reserved' and not a.gathered and not exists (
       select from public.notification_queue other
       where other.user_id = q.user_id and other.signal_id = q.signal_id
         and (other.status in ('pending', 'sending', 'sent') or other.doubts > 0))
     returning a.user_id, a.day::text`,
    [id, reason],
  );
  if (!alert) return;
  await session.query('select * from public.rollback_daily_alerts($1, $2::date)', [alert.user_id, alert.day]);
  await session.execute(
    `update public.signal_alerts set status = 'waiting', due_at = $3, reason = null
     where (user_id, signal_id) = (
       select user_id, signal_id from public.signal_alerts
       where user_id = $1 and status = 'held' and day = $2::date order by seq limit 1)`,
    [alert.user_id, alert.day, new Date(now)],
  );
}
