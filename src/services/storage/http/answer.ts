import type { ServerResponse } from 'node:http';
import { Refusal } from '#kernel/errors.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { REFUSED, StorageError } from '../errors.ts';

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  response.end(body);
}

/** What a failure tells the caller. A 5xx tells nothing but that. */
export function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (error instanceof PostgresError) return fromPostgres(error);
  if (error instanceof Refusal && error.code === 'UNAVAILABLE') return REFUSED.slowDown({ cause: error });
  if (isAbort(error)) return REFUSED.aborted({ cause: error });
  return REFUSED.internal({ cause: error });
}

function fromPostgres(error: PostgresError): StorageError {
  const cause = error;
  switch (error.code) {
    case '42501':
      return REFUSED.accessDenied({ cause });
    case '23505':
      return error.table === 'buckets' ? REFUSED.bucketExists({ cause }) : REFUSED.keyExists({ cause });
    case '23503':
      return REFUSED.relatedNotFound({ cause });
    case '57014':
      return REFUSED.timeout({ cause });
    // A trigger or a policy's function of the app speaks to the app's user.
    case 'P0001':
      return new StorageError({ code: 'DatabaseError', status: 400, message: error.message, cause });
    // Claims that a policy's cast does not take: `auth.uid()` of a `sub` that is no uuid.
    case '22P02':
    case '22023':
      return new StorageError({ code: 'DatabaseInvalidObjectDefinition', status: 400, message: error.message, cause });
    default:
      return REFUSED.internal({ cause });
  }
}

export function isAbort(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET';
}
