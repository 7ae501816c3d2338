import { ApiError } from './api-error.ts';
import { accessToken } from './session.ts';

export { ApiError };

/** The `/api/v1` envelope, as the server words it. */
type Envelope<T> =
  | { success: true; data: T; meta?: PageMeta; timestamp: string; requestId: string }
  | { success: false; error: { code: string; message: string }; requestId?: string };

export interface PageMeta {
  readonly total: number;
  readonly page: number;
  readonly limit: number;
  readonly hasMore: boolean;
}

const TIMEOUT_MS = 30_000;

/** GET `/api/v1/<path>`. Throws ApiError, or the signal's reason when the caller aborted. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<{ data: T; meta?: PageMeta }> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const token = await accessToken().catch(() => undefined);
  const response = await fetch(`/api/v1/${path}`, {
    headers: { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError('UNREACHABLE', 'The server does not answer.');
  });
  const body = (await response.json().catch(() => null)) as Envelope<T> | null;
  if (response.ok && body?.success) return body;
  const error =
    body && !body.success ? body.error : { code: `HTTP_${response.status}`, message: 'The answer could not be read.' };
  throw new ApiError(error.code, error.message, {
    requestId: body?.requestId ?? response.headers.get('x-request-id') ?? undefined,
    retryAfter: Number(response.headers.get('retry-after')) || undefined,
  });
}
