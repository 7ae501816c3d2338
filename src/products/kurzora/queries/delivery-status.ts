import type { Session } from '#kernel/postgres/database.ts';

export interface DeliveryReport {
  readonly channel: string;
  readonly messageId: string;
  readonly status: 'delivered' | 'failed' | 'bounced';
  readonly error?: string | undefined;
}

/** False when a call with this signature was taken before. */
export async function firstReceipt(session: Session, id: string): Promise<boolean> {
  await session.execute(`delete from public.webhook_receipts where received_at < now() - interval '30 days'`);
  return (
    (await session.execute('insert into public.webhook_receipts (id) values ($1) on conflict do nothing', [id])) === 1
  );
}

/**
 * What the carrier says became of a message. Chats number their messages each for themselves: where a number fits several, none is
 * changed. Returns how many rows changed. Reports come in any order: a failure does not undo a delivery, and a bounce, which a mail
 * server may send long after it took the mail, is undone by neither.
 */
export function recordDelivery(
  session: Session,
  { channel, messageId, status, error }: DeliveryReport,
): Promise<number> {
  return session.execute(
    `update public.alert_delivery_log set
       delivery_status = $3::public.delivery_status,
       delivered_at = case $3 when 'delivered' then now() when 'bounced' then null else delivered_at end,
       error_message = case when $3 <> 'delivered' then coalesce($4, case $3 when 'bounced' then 'bounced' else 'not delivered' end) end
     where external_message_id = $2 and delivery_status <> 'bounced' and (delivery_status <> 'delivered' or $3 = 'bounced')
       and (select count(*) from public.alert_delivery_log
            where external_message_id = $2 and delivery_channel::text in ($1, 'webhook')) <= 1`,
    [channel, messageId, status, error],
  );
}
