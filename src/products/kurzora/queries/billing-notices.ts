import type { Session } from '#kernel/postgres/database.ts';
import { noticeMail } from '../billing/notice-texts.ts';

/** Puts what people must be told about payments into the outbox of mails, each once. Returns how many. */
export async function queueNotices(session: Session): Promise<number> {
  const due = await session.query<{
    id: string;
    userId: string;
    kind: Parameters<typeof noticeMail>[0];
    key: string;
    email: string;
    language: string;
  }>(
    `select n.id, n.user_id as "userId", n.kind, n.key, u.email, u.language
     from public.billing_notices n join public.users u on u.id = n.user_id
     where n.sent_at is null and u.deleted_at is null order by n.created_at limit 500 for update of n skip locked`,
  );
  for (const { id, userId, kind, key, email, language } of due) {
    const { subject, content, text } = noticeMail(kind, language);
    await session.execute(
      `insert into public.notification_queue (idempotency_key, user_id, type, channel, recipient, subject, content, metadata)
       values ($1, $2, 'account_notification', 'email', $3, $4, $5, $6::jsonb) on conflict (idempotency_key) do nothing`,
      [`billing:${key}`, userId, email, subject, content, JSON.stringify({ text })],
    );
    await session.execute('update public.billing_notices set sent_at = now() where id = $1', [id]);
  }
  return due.length;
}
