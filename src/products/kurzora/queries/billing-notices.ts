import type { Session } from '#kernel/postgres/database.ts';
import { noticeMail } from '../billing/notice-texts.ts';
import { envelopePayload } from '../rules/alerts/make-payloads.ts';
import { type MessageToQueue, queueMessages } from './signal-alerts.ts';

interface DueNotice {
  readonly id: string;
  readonly userId: string;
  readonly kind: Parameters<typeof noticeMail>[0];
  readonly key: string;
  readonly email: string;
  readonly language: string;
}

/**
 * Puts what people must be told about payments into the outbox, each once: a mail, and the envelope where that has a webhook. `now` in
 * epoch milliseconds. Returns how many notices there were.
 */
export async function queueNotices(session: Session, systemUrl?: string, now: number = Date.now()): Promise<number> {
  const due = await session.query<DueNotice>(
    `select n.id, n.user_id as "userId", n.kind, n.key, u.email, u.language
     from public.billing_notices n join public.users u on u.id = n.user_id
     where n.sent_at is null and u.deleted_at is null order by n.created_at limit 500 for update of n skip locked`,
  );
  await queueMessages(
    session,
    due.flatMap((notice) => messagesOf(notice, systemUrl, now)),
    now,
  );
  await session.execute('update public.billing_notices set sent_at = now() where id = any ($1::uuid[])', [
    due.map(({ id }) => id),
  ]);
  return due.length;
}

function messagesOf({ userId, kind, key, email, language }: DueNotice, systemUrl: string | undefined, now: number) {
  const { subject, content, text } = noticeMail(kind, language);
  const base = { user_id: userId, signal_id: null, type: 'account_notification' as const };
  const mail: MessageToQueue = {
    ...{ ...base, channel: 'email', idempotency_key: `billing:${key}`, recipient: email },
    ...{ subject, content, metadata: { text } },
  };
  if (!systemUrl) return [mail];
  const facts = { message: text, priority: 'high' as const, channels: ['email'], metadata: { kind } };
  const envelope: MessageToQueue = {
    ...{ ...base, channel: 'webhook', idempotency_key: `billing:${key}:envelope`, recipient: systemUrl },
    ...envelopePayload({ type: 'system_notification', userId, ...facts }, now),
  };
  return [mail, envelope];
}
