import { ProviderError } from './provider.ts';

const TIMEOUT_MS = 10_000;
/** Bytes of an answer. */
const SIZE_LIMIT = 1024 * 1024;

/**
 * Asks a provider and reads JSON (or, as some token endpoints answer, a form). Redirects are not followed: what we send holds
 * secrets. Throws ProviderError with a message that holds nothing of the answer but OAuth's `error`.
 */
export async function askProvider(
  stage: ProviderError['stage'],
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | URLSearchParams } = {},
): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', 'user-agent': 'freehold', ...init.headers },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause) => {
    throw new ProviderError(stage, 'the provider cannot be reached', cause);
  });
  const text = await limitedText(stage, response);
  const body = parsed(text, response.headers.get('content-type') ?? '');
  if (response.ok && body !== undefined) return body;
  const error = (body as { error?: unknown } | undefined)?.error;
  const reason = typeof error === 'string' ? error.slice(0, 100) : `status ${response.status}`;
  throw new ProviderError(stage, reason, new Error(`${new URL(url).host} answered ${response.status}`));
}

async function limitedText(stage: ProviderError['stage'], response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      size += part.byteLength;
      if (size > SIZE_LIMIT) throw new Error(`more than ${SIZE_LIMIT} bytes`);
      parts.push(part);
    }
  } catch (cause) {
    throw new ProviderError(stage, 'the answer of the provider cannot be read', cause);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string, mediaType: string): unknown {
  if (mediaType.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
