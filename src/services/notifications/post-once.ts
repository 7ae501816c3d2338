import type { Outcome } from './sender.ts';

/** Codes under which no byte of the request has left. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  /** At most the first 64 KB are of interest to anyone; vendors answer far less. */
  readonly text: string;
}

/** One POST without redirects. Answers what came back, or what not hearing back means. */
export async function postOnce(
  url: string,
  init: { readonly headers: Record<string, string>; readonly body: string | Uint8Array },
  signal: AbortSignal,
): Promise<Posted | Extract<Outcome, { kind: 'refused' | 'unclear' }>> {
  try {
    const body = typeof init.body === 'string' ? init.body : new Uint8Array(init.body);
    const response = await fetch(url, { method: 'POST', headers: init.headers, body, signal, redirect: 'manual' });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const reason = cause?.message || cause?.code || String(error);
    return NOT_REACHED.has(cause?.code ?? '') ? { kind: 'refused', reason, again: true } : { kind: 'unclear', reason };
  }
}

/** What a plain HTTP status means for a message: 2xx is null, 408, 425, 429 and 5xx pass by themselves, the rest is for good. */
export function refusalOf({ status, headers, text }: Posted): Extract<Outcome, { kind: 'refused' }> | null {
  if (status >= 200 && status < 300) return null;
  const again = status >= 500 || [408, 425, 429].includes(status);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    kind: 'refused',
    reason: `${status} ${text.slice(0, 200)}`.trim(),
    again,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: Math.min(seconds, 3600) } : {}),
  };
}
