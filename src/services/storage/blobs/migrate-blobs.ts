import type { Readable } from 'node:stream';
import type { Database } from '#kernel/postgres/database.ts';
import type { MigrationReport } from '../types.ts';
import type { BlobStore } from './blob-store.ts';
import { Incoming } from './incoming.ts';
import { namedBlobs } from './reconcile.ts';

const NAMED_AT_MOST = 100;

/** Copies what rows name, hash checked on the way. A blob that is there with the right length is not copied again. */
export async function migrateBlobs(
  services: Database,
  from: BlobStore,
  to: BlobStore,
  folder: string,
): Promise<MigrationReport> {
  const passing = new Incoming(folder, 0);
  const missing: string[] = [];
  let [copied, bytes, skipped] = [0, 0, 0];
  for await (const { version, label } of namedBlobs(services)) {
    const there = await to.stat(version);
    const source = await from.stat(version);
    if (there && (!source || there.size === source.size)) {
      skipped++;
      continue;
    }
    const stream: Readable | undefined = source && (await from.open(version));
    const received = stream && (await passing.receive(stream, { limit: Number.POSITIVE_INFINITY }));
    if (received?.name === version) {
      await to.adopt(version, received.size, received.file);
      copied++;
      bytes += received.size;
    } else if (missing.length < NAMED_AT_MOST) missing.push(label);
    await received?.discard();
  }
  return { copied, bytes, skipped, missing };
}
