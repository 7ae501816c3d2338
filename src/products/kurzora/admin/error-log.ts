import { Refusal } from '#kernel/errors.ts';
import type { Events, KernelEvents } from '#kernel/events.ts';
import { TokenBuckets } from '#kernel/http/rate-limit.ts';
import type { Project } from '#kernel/product.ts';
import { type ErrorEntry, insertError } from '../queries/operations.ts';
import { redacted } from '../rules/redact.ts';

/** More a minute are counted, not written: a fault that hits every request must not fill the disk as well. */
const RATE = { tokens: 60, seconds: 60 };
const MESSAGE_LENGTH = 2_000;
const STACK_LENGTH = 8_000;

/** Writes a row of `error_logs` for every answer of 500 or more and every failed job. What cannot be written is left out. */
export interface ErrorLog {
  listen(events: Events): void;
  /** Resolves when what was begun is written. */
  settled(): Promise<void>;
}

export function openErrorLog({ database, log, now }: Pick<Project, 'database' | 'log' | 'now'>): ErrorLog {
  const buckets = new TokenBuckets(RATE);
  const writing = new Set<Promise<void>>();
  let left = 0;
  const write = (entry: ErrorEntry) => {
    if (!buckets.take('errors', now()).allowed) {
      left += 1;
      return;
    }
    const more = left > 0 ? ` (${left} errors before it were not written)` : '';
    left = 0;
    const work = database
      .asService((session) => insertError(session, { ...entry, message: `${entry.message}${more}` }))
      .catch((error: unknown) => log.debug({ err: error }, 'an error could not be written down'))
      .finally(() => writing.delete(work));
    writing.add(work);
  };
  return {
    listen(events) {
      events.on('http:failed', (failure) => {
        const entry = ofRequest(failure);
        if (entry) write(entry);
      });
      events.on('job:failed', (failure) => write(ofJob(failure)));
    },
    settled: async () => {
      await Promise.all(writing);
    },
  };
}

/** Null for what staff switched off themselves. */
function ofRequest({ method, path, status, requestId, error, caller }: KernelEvents['http:failed'][0]) {
  if (error instanceof Refusal && (error.details as { platformStatus?: string } | undefined)?.platformStatus)
    return null;
  return {
    ...described(error, `answered ${status}`),
    ...{ url: redacted(path, 500), method, requestId, ip: caller.ip },
    userId: /^[0-9a-f-]{36}$/.test(caller.userId ?? '') ? caller.userId : null,
    userAgent: redacted(caller.userAgent, 500),
  };
}

function ofJob({ job, error, final }: KernelEvents['job:failed'][0]): ErrorEntry {
  const { message, ...rest } = described(error, 'failed');
  return {
    ...rest,
    message: final ? message : `${message} (it will be tried again)`,
    ...{ url: `job:${job}`, method: null, userId: null, userAgent: null, ip: null, requestId: null },
  };
}

function described(error: unknown, otherwise: string): Pick<ErrorEntry, 'message' | 'stack' | 'type'> {
  if (error === undefined) return { message: otherwise, stack: null, type: 'Answer' };
  const cause = error instanceof Refusal && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error))
    return { message: redacted(String(cause), MESSAGE_LENGTH), stack: null, type: typeof cause };
  return {
    message: redacted(cause.message, MESSAGE_LENGTH),
    stack: cause.stack ? redacted(cause.stack, STACK_LENGTH) : null,
    type: cause.name.slice(0, 100),
  };
}
