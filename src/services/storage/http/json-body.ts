import type { IncomingMessage } from 'node:http';
import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { REFUSED } from '../errors.ts';

/** Two thousand names of the longest kind, with room. */
const LIMIT_BYTES = 4 * 1024 * 1024;

/** The body as the schema says; an empty one counts as `{}`. Throws InvalidRequest in the words of Supabase's storage API. */
export async function readJson<S extends TSchema>(request: IncomingMessage, schema: S): Promise<Static<S>> {
  const value = parse(await readText(request, LIMIT_BYTES));
  if (Check(schema, value)) return value as Static<S>;
  const [first] = Errors(schema, value);
  const path = first?.instancePath ? `body${first.instancePath}` : 'body';
  throw REFUSED.invalidRequest({ message: `${path} ${first?.message ?? 'is not valid'}` });
}

/** Throws EntityTooLarge past the limit, in bytes. */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw REFUSED.tooLarge({ message: 'The body is too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

function parse(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw REFUSED.invalidRequest({ message: 'Body is not valid JSON', cause });
  }
}
