/**
 * The two ways a message looks on the wire. Version 1: `{topic, event, payload, ref, join_ref}`. Version 2:
 * `[join_ref, ref, topic, event, payload]`, and broadcasts as binary: kind 3 from the client, kind 4 from the server.
 * Source: realtime-js 2.x, lib/serializer.ts.
 */

export type Version = 1 | 2;

/** What a client sent. A broadcast in a binary frame has its payload as bytes, `json` saying whether they are JSON text. */
export type Incoming =
  | {
      readonly kind: 'message';
      readonly topic: string;
      readonly event: string;
      readonly payload: unknown;
      readonly ref: string | null;
      readonly joinRef: string | null;
    }
  | {
      readonly kind: 'binary broadcast';
      readonly topic: string;
      readonly event: string;
      readonly json: boolean;
      readonly meta: Readonly<Record<string, unknown>>;
      readonly payload: Buffer;
      readonly ref: string | null;
      readonly joinRef: string | null;
    };

export interface Envelope {
  readonly topic: string;
  readonly event: string;
  readonly ref?: string | null;
  readonly joinRef?: string | null;
}

const USER_BROADCAST_PUSH = 3;
const USER_BROADCAST = 4;

/** The text of a message whose payload is JSON already. */
export function messageText(version: Version, envelope: Envelope, payload: string): string {
  const { topic, event, ref = null, joinRef = null } = envelope;
  if (version === 2)
    return `[${quoted(joinRef)},${quoted(ref)},${JSON.stringify(topic)},${JSON.stringify(event)},${payload}]`;
  return `{"topic":${JSON.stringify(topic)},"event":${JSON.stringify(event)},"payload":${payload},"ref":${quoted(ref)},"join_ref":${quoted(joinRef)}}`;
}

const quoted = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text));

/** Undefined when it is no message of this version. */
export function readText(version: Version, text: string): Incoming | undefined {
  const value = parsed(text);
  if (version === 2) {
    if (!Array.isArray(value) || value.length < 5) return undefined;
    const [joinRef, ref, topic, event, payload] = value as unknown[];
    return message(topic, event, payload, ref, joinRef);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { topic, event, payload, ref, join_ref } = value as Record<string, unknown>;
  return message(topic, event, payload, ref, join_ref);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function message(topic: unknown, event: unknown, payload: unknown, ref: unknown, joinRef: unknown) {
  if (typeof topic !== 'string' || typeof event !== 'string') return undefined;
  return { kind: 'message' as const, topic, event, payload, ref: asRef(ref), joinRef: asRef(joinRef) };
}

/** Some clients count in numbers. */
function asRef(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

/** Reads a frame of kind 3; undefined for anything else. */
export function readBinary(bytes: Buffer): Incoming | undefined {
  if (bytes.length < 7 || bytes[0] !== USER_BROADCAST_PUSH) return undefined;
  const lengths = [bytes[1]!, bytes[2]!, bytes[3]!, bytes[4]!, bytes[5]!];
  const end = 7 + lengths.reduce((sum, length) => sum + length, 0);
  if (end > bytes.length || bytes[6]! > 1) return undefined;
  let at = 7;
  const [joinRef, ref, topic, event, meta] = lengths.map((length) => {
    at += length;
    return bytes.toString('utf8', at - length, at);
  }) as [string, string, string, string, string];
  const facts = meta === '' ? {} : parsed(meta);
  if (typeof facts !== 'object' || facts === null) return undefined;
  return {
    kind: 'binary broadcast',
    topic,
    event,
    json: bytes[6] === 1,
    meta: facts as Record<string, unknown>,
    payload: bytes.subarray(end),
    ref: ref || null,
    joinRef: joinRef || null,
  };
}

/** The head of a frame of kind 4; the payload follows it. Undefined when a name is too long for its length byte. */
export function userBroadcastHead(topic: string, event: string, json: boolean, meta = ''): Buffer | undefined {
  const parts = [topic, event, meta].map((text) => Buffer.from(text));
  if (parts.some((part) => part.length > 255)) return undefined;
  const [topicBytes, eventBytes, metaBytes] = parts as [Buffer, Buffer, Buffer];
  const sizes = [USER_BROADCAST, topicBytes.length, eventBytes.length, metaBytes.length, json ? 1 : 0];
  return Buffer.concat([Buffer.from(sizes), ...parts]);
}
