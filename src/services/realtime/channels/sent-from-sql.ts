import type { RowChange } from '../changes/row-change.ts';
import type { Rooms } from './room.ts';
import { roomKey } from './room.ts';
import { senderOf } from './stored-messages.ts';

/** A row that SQL inserted into realtime.messages, sent to its topic. Every process sees the row, so nothing is passed on. */
export function sendFromSql(change: RowChange, rooms: Rooms): void {
  const { relation, row } = change;
  if (change.type !== 'INSERT' || !row) return;
  const value = (name: string) => row[relation.columns.findIndex((column) => column.name === name)] ?? null;
  const [topic, event, id, payload, bytes] = ['topic', 'event', 'id', 'payload', 'binary_payload'].map(value);
  if (value('extension') !== 'broadcast' || topic == null || event == null || id == null) return;
  const body = bytes == null ? Buffer.from(payload ?? '{}') : Buffer.from(bytes.slice(2), 'hex');
  const meta = JSON.stringify({ id });
  const room = rooms.find(roomKey(topic, value('private') === 't'));
  room?.send({ kind: 'event', event, json: bytes == null, body, meta }, senderOf(id));
}
