import type { Logger } from '#kernel/log.ts';
import type { Database, Session } from '#kernel/postgres/database.ts';
import { asOwner } from '../sessions.ts';
import { type BlobName, type BlobStore, isBlobName } from './blob-store.ts';

/** The key of a blob's lock: the first 64 bits of its name. */
export const lockKey = (name: BlobName): bigint => BigInt.asIntN(64, BigInt(`0x${name.slice(0, 16)}`));

/**
 * Held by whoever writes a row that names the blob, from before the bytes are put in place until the row is committed. The collector
 * waits for it and then sees the row: bytes that a row names, or is about to, are never removed, however many processes there are.
 */
export async function lockBlob(session: Session, name: BlobName): Promise<void> {
  await session.query('select pg_catalog.pg_advisory_xact_lock_shared($1::bigint)', [lockKey(name)]);
}

export interface CollectorOptions {
  readonly services: Database;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** What was made from the bytes goes with them. */
  onRemoved(name: BlobName): Promise<void>;
}

/** Removes bytes when the last row that named them is gone. */
export class GarbageCollector {
  readonly #services: Database;
  readonly #blobs: BlobStore;
  readonly #log: Logger;
  readonly #onRemoved: CollectorOptions['onRemoved'];
  #last: Promise<unknown> = Promise.resolve();

  constructor({ services, blobs, log, onRemoved }: CollectorOptions) {
    this.#services = services;
    this.#blobs = blobs;
    this.#log = log;
    this.#onRemoved = onRemoved;
  }

  /** In the background, one after the other: whoever deleted has his answer. What a crash leaves behind, the reconciler finds. */
  collect(versions: readonly (string | null | undefined)[]): void {
    const names = [...new Set(versions.filter(isBlobName))];
    if (names.length === 0) return;
    this.#last = this.#last
      .then(async () => {
        for (const name of names) await this.removeUnnamed(name);
      })
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'bytes without a row stay until the next reconciliation'),
      );
  }

  /** True when no row names the blob and it was removed. */
  removeUnnamed(name: BlobName): Promise<boolean> {
    return asOwner({ services: this.#services }, async (session) => {
      await session.query('select pg_catalog.pg_advisory_xact_lock($1::bigint)', [lockKey(name)]);
      const named = await session.query('select from storage.objects where version = $1 limit 1', [name]);
      if (named.length > 0) return false;
      await this.#blobs.remove(name);
      await this.#onRemoved(name);
      return true;
    });
  }

  /** When all that was asked for has been done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
