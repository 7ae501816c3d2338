import type { Outcome, OutgoingMessage, Sender } from '../sender.ts';

export interface QueuedMessage extends OutgoingMessage {
  readonly id: string;
  readonly channel: string;
  /** Tries that were begun before this one. */
  readonly attempts: number;
  readonly maxAttempts: number;
}

/** Where messages wait; every method is one transaction, committed when it resolves. */
export interface OutboxStore {
  /** Runs the work while a lock named `worker` is held that the database frees when this process or its connection is gone. */
  asWorker<T>(work: (worker: string) => Promise<T>): Promise<T>;
  /** Gives back what workers hold that are gone. Returns how many of these may have been sent: the window between sending and recording. */
  reclaim(): Promise<number>;
  /** Due messages, taken by this worker and by no other. */
  claim(worker: string, limit: number): Promise<QueuedMessage[]>;
  /** Notes, before a byte leaves, that it is about to; false when the message is not this worker's any more. */
  contact(message: QueuedMessage, worker: string): Promise<boolean>;
  record(message: QueuedMessage, worker: string, outcome: Outcome): Promise<void>;
  /** Gives back what was claimed and never contacted. */
  release(worker: string): Promise<void>;
}

export interface Delivered {
  sent: number;
  /** Tries that were refused or stayed unclear; some of these messages go out again later. */
  failed: number;
  /** Messages sent again although the receiver may have had them. */
  doubts: number;
}

const BATCH = 32;
const PARALLEL = 4;
/** One try, vendors included; a receiver that takes longer leaves it unclear. */
const TRY_MS = 45_000;

/**
 * Sends what is due: claim, note the contact, send, record. A message is in one worker's hands at a time, because a claim lasts as
 * long as its worker's lock and no clock decides. It is lost by no crash: an open claim goes back to the queue. It goes out twice
 * only if a crash or silence falls between the noted contact and the record; then it keeps its idempotency key and is counted.
 */
export async function deliverDue(
  store: OutboxStore,
  senders: Readonly<Record<string, Sender>>,
  signal: AbortSignal,
): Promise<Delivered> {
  const total: Delivered = { sent: 0, failed: 0, doubts: await store.reclaim() };
  await store.asWorker(async (worker) => {
    for (;;) {
      const batch = signal.aborted ? [] : await store.claim(worker, BATCH);
      if (batch.length === 0) return;
      const rest = batch.values();
      const lane = async () => {
        for (const message of rest) if (!signal.aborted) await deliverOne(store, senders, worker, message, total);
      };
      try {
        await Promise.all(Array.from({ length: PARALLEL }, lane));
      } finally {
        await store.release(worker);
      }
    }
  });
  return total;
}

async function deliverOne(
  store: OutboxStore,
  senders: Readonly<Record<string, Sender>>,
  worker: string,
  message: QueuedMessage,
  total: Delivered,
): Promise<void> {
  if (!(await store.contact(message, worker))) return;
  const sender = senders[message.channel];
  const outcome: Outcome = sender
    ? await sender.send(message, AbortSignal.timeout(TRY_MS)).catch((error: unknown) => unclear(error))
    : { kind: 'refused', reason: `no sender for ${message.channel}`, again: false };
  await store.record(message, worker, outcome);
  if (outcome.kind === 'sent') total.sent += 1;
  else total.failed += 1;
}

const unclear = (error: unknown): Outcome => ({ kind: 'unclear', reason: String(error) });
