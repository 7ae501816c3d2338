/** Messages in realtime.messages: what is kept for replay. */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '#kernel/postgres/database.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Broadcast } from './broadcast.ts';
import type { Member } from './room.ts';

interface NewMessage {
  readonly topic: string;
  readonly event: string;
  readonly json: boolean;
  readonly payload: Buffer;
}

/** Who stored which message and does not want it back. */
const SENDERS = new LRUCache<string, Member>({ max: 10_000 });

/** The member that sent a message which was stored by this process, once. */
export function senderOf(id: string): Member | undefined {
  const sender = SENDERS.get(id);
  SENDERS.delete(id);
  return sender;
}

/**
 * Stores a message, which the right to write has allowed before. The stream of changes brings it to everyone; where there is none,
 * the message comes back to be sent by hand.
 */
export async function storeMessage(
  { services, hub }: Surroundings,
  message: NewMessage,
  sender?: Member,
): Promise<Broadcast | undefined> {
  const id = randomUUID();
  const { topic, event, json, payload } = message;
  if (sender) SENDERS.set(id, sender);
  try {
    await services.as({ role: 'supabase_realtime_admin', claims: {} }, (session) =>
      session.execute(
        `insert into realtime.messages (id, topic, extension, event, private, payload, binary_payload)
         values ($1, $2, 'broadcast', $3, true, $4::text::jsonb, $5)`,
        [id, topic, event, json ? payload.toString('utf8') : null, json ? null : payload],
      ),
    );
  } catch (error) {
    SENDERS.delete(id);
    throw error;
  }
  if (hub.state.kind !== 'off') return undefined;
  return { kind: 'event', event, json, body: payload, meta: JSON.stringify({ id }) };
}

interface StoredRow {
  readonly id: string;
  readonly event: string;
  readonly payload: string | null;
  readonly bytes: Buffer | null;
}

const REPLAY = `
  select id::text, event, payload::text as payload, binary_payload as bytes
  from (
    select * from realtime.messages
    where topic = $1 and extension = 'broadcast' and private and event is not null
      and inserted_at > greatest(to_timestamp($2::float8 / 1000) at time zone 'UTC', (now() - interval '3 days') at time zone 'UTC')
    order by inserted_at desc limit $3
  ) as latest order by inserted_at`;

/** The latest messages of a private topic since a moment (epoch milliseconds), oldest first. */
export async function replay(
  services: Database,
  topic: string,
  { since, limit }: { since: number; limit: number },
): Promise<Broadcast[]> {
  const rows = await services.as({ role: 'supabase_realtime_admin', claims: {} }, (session) =>
    session.query<StoredRow>(REPLAY, [topic, since, limit]),
  );
  return rows.map(({ id, event, payload, bytes }) => ({
    kind: 'event',
    event,
    json: bytes === null,
    body: bytes ?? Buffer.from(payload ?? '{}'),
    meta: JSON.stringify({ replayed: true, id }),
  }));
}
