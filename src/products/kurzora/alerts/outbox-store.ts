import { randomBytes } from 'node:crypto';
import type { Database } from '#kernel/postgres/database.ts';
import type { OutboxStore } from '#services/notifications/api.ts';
import {
  claimMessages,
  contactMessage,
  lockWorker,
  reclaimMessages,
  recordOutcome,
  releaseMessages,
} from '../queries/notification-queue.ts';

/** notification_queue as the outbox. With `signalId` only that signal's messages are claimed. */
export function outboxStore(database: Database, now: () => number, signalId?: string): OutboxStore {
  return {
    // Claims travel on other connections; this one only lives as long as its worker, and its lock with it.
    asWorker: (work) =>
      database.asService(async (session) => {
        const worker = String(randomBytes(8).readBigUInt64BE() >> 2n);
        await lockWorker(session, worker);
        return await work(worker);
      }),
    reclaim: () => database.asService(reclaimMessages),
    claim: (worker, limit) =>
      database.asService((session) => claimMessages(session, worker, { limit, now: now(), signalId })),
    contact: ({ id }, worker) => database.asService((session) => contactMessage(session, id, worker)),
    record: (message, worker, outcome) =>
      database.asService((session) => recordOutcome(session, message, worker, outcome, now())),
    release: (worker) => database.asService((session) => releaseMessages(session, worker)),
  };
}
