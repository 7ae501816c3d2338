import { binaryFrame, textFrame } from '../socket/frames.ts';
import { messageText, userBroadcastHead, type Version } from '../socket/serialiser.ts';

/** A broadcast under way: an event with a body of its own, or the payload object of a text message as it came. */
export type Broadcast =
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly json: boolean;
      readonly body: Buffer;
      /** JSON object, e.g. `{"id":"..."}`. */
      readonly meta?: string;
    }
  | { readonly kind: 'payload'; readonly payload: string };

/** The frame for sockets of a version; undefined when that version cannot carry it (bytes in version 1). */
export function broadcastFrame(version: Version, topic: string, broadcast: Broadcast): Buffer | undefined {
  const envelope = { topic, event: 'broadcast' };
  if (broadcast.kind === 'payload') return textFrame(messageText(version, envelope, broadcast.payload));
  const { event, json, body, meta } = broadcast;
  const head = version === 2 ? userBroadcastHead(topic, event, json, meta) : undefined;
  if (head) return binaryFrame(head, body);
  if (!json) return undefined;
  const text = body.toString('utf8');
  // Bytes that are not the JSON they claim to be would change the shape of the message around them.
  if (!isJson(text)) return undefined;
  const tail = meta === undefined ? '' : `,"meta":${meta}`;
  const payload = `{"type":"broadcast","event":${JSON.stringify(event)},"payload":${text}${tail}}`;
  return textFrame(messageText(version, envelope, payload));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
