import { ApiError } from './api-error.ts';
import { accessToken } from './session.ts';

export { ApiError };

/** The `/api/v1` envelope, as the server words it. */
type Envelope<T> =
  | { success: true; data: T; meta?: PageMeta; timestamp: string; requestId: string }
  | { success: false; error: { code: string; message: string; details?: unknown }; requestId?: string };

export interface PageMeta {
  readonly total: number;
  readonly page: number;
  readonly limit: number;
  readonly hasMore: boolean;
  /** Of the inbox: how many are unread, whatever was asked for. */
  readonly unread?: number;
  /** Signals beyond the reader's plan: how many, not which. */
  readonly hiddenCount?: number;
}

const TIMEOUT_MS = 30_000;

/** GET `/api/v1/<path>`. Throws ApiError, or the signal's reason when the caller aborted. */
export function get<T>(path: string, signal?: AbortSignal): Promise<{ data: T; meta?: PageMeta }> {
  return ask<T>('GET', path, undefined, signal);
}

/** What changes something at `/api/v1/<path>`; `body` leaves as JSON. Throws ApiError. */
export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return (await ask<T>(method, path, body)).data;
}

async function ask<T>(method: string, path: string, content: unknown, signal?: AbortSignal) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const token = await accessToken().catch(() => undefined);
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(content !== undefined && { 'content-type': 'application/json' }),
    },
    body: content === undefined ? undefined : JSON.stringify(content),
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError('UNREACHABLE', 'The server does not answer.');
  });
  const body = (await response.json().catch(() => null)) as Envelope<T> | null;
  if (response.ok && body?.success) return body;
  const unread = { code: `HTTP_${response.status}`, message: 'The answer could not be read.', details: undefined };
  const error = body && !body.success ? body.error : unread;
  throw new ApiError(error.code, error.message, {
    details: error.details,
    requestId: body?.requestId ?? response.headers.get('x-request-id') ?? undefined,
    retryAfter: Number(response.headers.get('retry-after')) || undefined,
  });
}
