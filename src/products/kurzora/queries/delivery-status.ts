import type { Session } from '#kernel/postgres/database.ts';

export interface DeliveryReport {
  readonly channel: string;
  readonly messageId: string;
  readonly success: boolean;
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
 * changed. Returns how many rows changed; a failure that is reported late does not undo a delivery.
 */
export function recordDelivery(
  session: Session,
  { channel, messageId, success, error }: DeliveryReport,
): Promise<number> {
  return session.execute(
    `update public.alert_delivery_log set
       delivery_status = case when $3 then 'delivered' else 'failed' end::public.delivery_status,
       delivered_at = case when $3 then now() else delivered_at end,
       error_message = case when $3 then null else coalesce($4, 'not delivered') end
     where external_message_id = $2 and delivery_status <> 'delivered'
       and (select count(*) from public.alert_delivery_log
            where external_message_id = $2 and delivery_channel::text in ($1, 'webhook')) <= 1`,
    [channel, messageId, success, error],
  );
}
