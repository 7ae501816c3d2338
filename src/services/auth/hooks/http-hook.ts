import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { AuthError } from '../errors.ts';

/** For all tries together. */
const TIMEOUT_MS = 5000;
const TRIES = 3;
const BACKOFF_MS = 2000;
/** Bytes of an answer. */
const SIZE_LIMIT = 200 * 1024;

/**
 * POSTs the payload, signed as standardwebhooks.com has it, and returns the answer's JSON; an empty answer is `{}`. Tries again
 * when the endpoint says 429 or 503 with Retry-After, or cannot be reached. Errors as GoTrue words them.
 */
export async function callHttpHook(
  uri: string,
  secrets: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const body = JSON.stringify(payload);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (let left = TRIES - 1; ; left--) {
    const response = await send(uri, secrets, body, signal).catch((cause): undefined => {
      if (signal.aborted) throw timedOut(cause);
      if (left === 0)
        throw new AuthError(422, 'hook_timeout_after_retry', 'Failed to reach hook after maximum retries', { cause });
    });
    if (response && !mayRetry(response)) return answerOf(response, signal);
    if (left === 0) throw new AuthError(422, 'hook_timeout_after_retry', 'Service currently unavailable due to hook');
    await response?.body?.cancel();
    await pause(backoff(response), undefined, { signal }).catch((cause) => {
      throw timedOut(cause);
    });
  }
}

const timedOut = (cause: unknown) =>
  new AuthError(
    422,
    'hook_timeout',
    `Failed to reach hook within maximum time of ${(TIMEOUT_MS / 1000).toFixed(6)} seconds`,
    {
      cause,
    },
  );

const mayRetry = (response: Response) =>
  (response.status === 429 || response.status === 503) && response.headers.has('retry-after');

/** What the endpoint asks for, if that is less than what we would wait. */
function backoff(response: Response | undefined): number {
  const seconds = Number.parseInt(response?.headers.get('retry-after') ?? '', 10);
  return seconds >= 0 ? Math.min(seconds * 1000, BACKOFF_MS) : BACKOFF_MS;
}

function send(uri: string, secrets: string, body: string, signal: AbortSignal): Promise<Response> {
  const id = randomUUID();
  const at = new Date();
  return fetch(uri, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signatures(secrets, id, at, body),
    },
    body,
    redirect: 'manual',
    signal,
  });
}

/** One signature per symmetric secret (`v1,whsec_...`), divided by spaces, so that a secret can be changed while both are valid. */
function signatures(secrets: string, id: string, at: Date, body: string): string {
  return secrets
    .split('|')
    .filter((secret) => secret.startsWith('v1,'))
    .map((secret) => new Webhook(secret.slice('v1,'.length)).sign(id, at, body))
    .join(' ');
}

async function answerOf(response: Response, signal: AbortSignal): Promise<unknown> {
  switch (response.status) {
    case 200:
    case 202:
    case 204:
      break;
    case 400:
      throw new AuthError(500, 'unexpected_failure', 'Invalid payload sent to hook');
    case 401:
      throw new AuthError(500, 'unexpected_failure', 'Hook requires authorization token');
    default:
      throw new AuthError(500, 'unexpected_failure', `Unexpected status code returned from hook: ${response.status}`);
  }
  const text = await limitedText(response).catch((cause) => {
    throw signal.aborted ? timedOut(cause) : cause;
  });
  if (text === '') return {};
  const mediaType = response.headers.get('content-type') ?? '';
  if (mediaType.split(';')[0]!.trim().toLowerCase() !== 'application/json')
    throw new AuthError(
      400,
      'hook_payload_invalid_content_type',
      `Invalid JSON response. Received content-type: ${mediaType}`,
    );
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthError(500, 'unexpected_failure', 'Error unmarshaling JSON output.', { cause });
  }
}

async function limitedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > SIZE_LIMIT)
      throw new AuthError(
        422,
        'hook_payload_over_size_limit',
        `Payload size exceeded size limit of ${SIZE_LIMIT} bytes`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
