import type { Session } from '#kernel/postgres/database.ts';

/** A message that development keeps instead of sending it. */
export interface InboxMessage {
  readonly id: number;
  readonly channel: 'email' | 'sms';
  /** MailKind, or `sms`. */
  readonly kind: string;
  /** Mail address, or phone with plus. */
  readonly recipient: string;
  readonly subject: string;
  /** HTML of a mail, text of an SMS. */
  readonly body: string;
  readonly created_at: Date;
}

const COLUMNS = 'id, channel, kind, recipient, subject, body, created_at';
/** The rest is dropped when the next message comes. */
const MOST_KEPT = 1000;

/** Latest first; at most 200. */
export function inboxMessages(tx: Session, recipient?: string): Promise<InboxMessage[]> {
  return tx.query<InboxMessage>(
    `select ${COLUMNS} from auth.inbox_messages where $1::text is null or recipient = $1 order by id desc limit 200`,
    [recipient],
  );
}

export function inboxMessage(tx: Session, id: number): Promise<InboxMessage | undefined> {
  return tx.maybeOne<InboxMessage>(`select ${COLUMNS} from auth.inbox_messages where id = $1`, [id]);
}

/** Keeps it. Returns its id. */
export async function keepMessage(tx: Session, given: Omit<InboxMessage, 'id' | 'created_at'>): Promise<number> {
  const { id } = await tx.one<{ id: number }>(
    'insert into auth.inbox_messages (channel, kind, recipient, subject, body) values ($1, $2, $3, $4, $5) returning id',
    [given.channel, given.kind, given.recipient, given.subject, given.body],
  );
  await tx.execute('delete from auth.inbox_messages where id <= $1', [id - MOST_KEPT]);
  return id;
}

export async function clearInbox(tx: Session): Promise<void> {
  await tx.execute('delete from auth.inbox_messages');
}
