import type { IncomingMessage } from 'node:http';
import { AuthError, badJson } from '../errors.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * The fields of a JSON object or of a form; empty when there is no body. Throws bad_json (400), validation_failed (413) for what is
 * larger than 1 MiB, and undefined when the client went away.
 */
export async function readBody(message: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (message.headers['content-length'] === undefined && message.headers['transfer-encoding'] === undefined) return {};
  if (Number(message.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const bytes = await collected(message);
  if (!bytes) return undefined;
  const text = decoded(bytes);
  if (text.trim() === '') return {};
  const mediaType = (message.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  return mediaType === 'application/x-www-form-urlencoded'
    ? Object.fromEntries(new URLSearchParams(text))
    : jsonObject(text);
}

const tooLarge = () => new AuthError(413, 'validation_failed', `The body is larger than ${MOST_BYTES} bytes`);
const notJson = (reason: string) => badJson(`Could not parse request body as JSON: ${reason}`);

async function collected(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop must not close the socket: the refusal goes out by it.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (size > MOST_BYTES) throw tooLarge();
  return Buffer.concat(chunks, size);
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('invalid UTF-8');
  }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson('invalid JSON');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw notJson('an object is expected');
  // Postgres' texts cannot hold it, and nobody types it.
  if (text.includes('\\u0000')) throw notJson('the character U+0000 is not allowed');
  return value as Readonly<Record<string, unknown>>;
}
