import type { Events } from '#kernel/events.ts';
import type { Project } from '#kernel/product.ts';
import { insertUsage, type UsageEntry } from '../queries/operations.ts';

/** One request in so many is written down. */
const SAMPLE = 20;
const FLUSH_MS = 10_000;
const MOST_WAITING = 500;

/** Writes every twentieth answer to `api_usage_log`, by the pattern of its route; many in one statement, and never in a request's way. */
export interface UsageLog {
  listen(events: Events): void;
  /** Writes what waits and stops. */
  close(): Promise<void>;
}

export function openUsageLog({ database, log, now }: Pick<Project, 'database' | 'log' | 'now'>): UsageLog {
  let seen = 0;
  let waiting: UsageEntry[] = [];
  const flush = async () => {
    if (waiting.length === 0) return;
    const entries = waiting;
    waiting = [];
    await database
      .asService((session) => insertUsage(session, entries))
      .catch((error: unknown) => log.debug({ err: error }, 'usage could not be written down'));
  };
  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();
  return {
    listen(events) {
      events.on('http:answered', ({ method, route, status, seconds, caller }) => {
        seen += 1;
        if (seen % SAMPLE !== 0 || waiting.length >= MOST_WAITING) return;
        waiting.push({
          user_id: /^[0-9a-f-]{36}$/.test(caller.userId ?? '') ? caller.userId : null,
          ...{ endpoint: route, method, status_code: status, response_time_ms: Math.round(seconds * 10_000) / 10 },
          ...{ weight: SAMPLE, ip_address: caller.ip, user_agent: caller.userAgent },
          created_at: new Date(now()).toISOString(),
        });
      });
    },
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
