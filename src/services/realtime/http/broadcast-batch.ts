import type { Surroundings } from '../surroundings.ts';
import type { Answer, Request } from './listener.ts';
import { mayWrite, publish } from './publish.ts';

interface Message {
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
  readonly isPrivate: boolean;
}

/**
 * POST /api/broadcast: `{messages: [{topic, event, payload, private}]}`. 202 when they are understood; those to topics where the
 * caller may not write are passed over in silence, as the hosted service does.
 */
export async function broadcastBatch({ body, claims }: Request, around: Surroundings): Promise<Answer> {
  const messages = readMessages(body);
  if (!Array.isArray(messages)) return messages;
  const allowed = new Map<string, Promise<boolean>>();
  for (const { topic, isPrivate } of messages) {
    const key = `${isPrivate} ${topic}`;
    if (!allowed.has(key)) allowed.set(key, mayWrite(topic, isPrivate, claims, around));
  }
  for (const { topic, event, payload, isPrivate } of messages) {
    if (!(await allowed.get(`${isPrivate} ${topic}`))) continue;
    const text = Buffer.from(JSON.stringify(payload ?? {}));
    publish(topic, isPrivate, { kind: 'event', event, json: true, body: text }, around);
  }
  return { status: 202 };
}

function readMessages(body: Buffer): Message[] | Answer {
  const given = parsed(body);
  const list = (given as { messages?: unknown } | null | undefined)?.messages;
  if (given === undefined) return { status: 400, body: { error: 'The body is not JSON' } };
  if (!Array.isArray(list) || list.length === 0)
    return { status: 422, body: { errors: { messages: ["can't be blank"] } } };
  const faults = list.map(faultsOf);
  if (faults.some((each) => Object.keys(each).length > 0))
    return { status: 422, body: { errors: { messages: faults } } };
  return (list as Record<string, unknown>[]).map((each) => ({
    topic: each['topic'] as string,
    event: each['event'] as string,
    payload: each['payload'],
    isPrivate: each['private'] === true,
  }));
}

function faultsOf(message: unknown): Record<string, string[]> {
  if (typeof message !== 'object' || message === null) return { topic: ["can't be blank"], event: ["can't be blank"] };
  const faults: Record<string, string[]> = {};
  for (const name of ['topic', 'event', 'payload']) {
    const value = (message as Record<string, unknown>)[name];
    if (value === undefined || value === null || value === '') faults[name] = ["can't be blank"];
    else if (name !== 'payload' && typeof value !== 'string') faults[name] = ['is invalid'];
  }
  return faults;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
