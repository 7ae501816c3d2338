import type { Broadcast } from '../channels/broadcast.ts';
import { storeMessage } from '../channels/stored-messages.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Answer, Request } from './listener.ts';
import { mayWrite, publish } from './publish.ts';

/** POST /api/broadcast/TOPIC/events/EVENT?private=true: the body is the payload, JSON or bytes. 202, or 403 where the caller may not write. */
export async function broadcastOne(
  topic: string,
  event: string,
  { url, claims, contentType, body }: Request,
  around: Surroundings,
): Promise<Answer> {
  const isPrivate = url.searchParams.get('private') === 'true';
  const persist = url.searchParams.has('persist') || url.searchParams.has('persist[ttl]');
  const json = !/^application\/octet-stream\b/i.test(contentType);
  if (json && !isJson(body)) return { status: 422, body: { error: 'The body is not JSON' } };
  if (persist && !isPrivate) return { status: 422, body: { error: 'Only private topics keep messages' } };
  if (!(await mayWrite(topic, isPrivate, claims, around)))
    return {
      status: 403,
      body: { error: `Unauthorized: You do not have permissions to write to this Channel topic: ${topic}` },
    };
  const unsent: Broadcast | undefined = persist
    ? await storeMessage(around, { topic, event, json, payload: body })
    : { kind: 'event', event, json, body };
  if (unsent) publish(topic, isPrivate, unsent, around);
  return { status: 202 };
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
