import { createHash } from 'node:crypto';
import type { Database } from '#kernel/postgres/database.ts';
import { asOwner } from '../sessions.ts';
import type { Drift } from '../types.ts';
import { type BlobName, type BlobStore, isBlobName } from './blob-store.ts';
import type { GarbageCollector } from './collect.ts';
import type { Incoming } from './incoming.ts';

export interface Reconciled {
  readonly services: Database;
  readonly blobs: BlobStore;
  readonly incoming: Incoming;
  readonly garbage: GarbageCollector;
}

interface NamedBlob {
  readonly id: string;
  readonly label: string;
  readonly version: BlobName;
  readonly size: number | null;
}

const PAGE = 1000;
const NAMED_AT_MOST = 100;

/**
 * Compares rows with bytes. Bytes without a row are removed under their lock; rows without bytes, or with another number of them, are
 * reported and left: a disk that is not mounted must not empty the tables. With `verify`, every byte is read and must have the hash
 * that its name says.
 */
export async function reconcile(parts: Reconciled, verify = false): Promise<Drift> {
  await parts.incoming.sweep();
  await parts.garbage.idle();
  const rows = await checkRows(parts, verify);
  const blobs = await checkBlobs(parts);
  return { ...rows, ...blobs, neverUploaded: await countWithoutBytes(parts) };
}

async function checkRows({ services, blobs }: Reconciled, verify: boolean) {
  const missing: string[] = [];
  let objects = 0;
  let missingCount = 0;
  for await (const row of namedBlobs(services)) {
    objects++;
    const found = await blobs.stat(row.version);
    const whole =
      found !== undefined &&
      (row.size === null || row.size === found.size) &&
      (!verify || (await isIntact(blobs, row.version)));
    if (whole) continue;
    missingCount++;
    if (missing.length < NAMED_AT_MOST) missing.push(row.label);
  }
  return { objects, missing, missingCount };
}

async function checkBlobs({ services, blobs, garbage }: Reconciled) {
  let [count, removed, freedBytes] = [0, 0, 0];
  const check = async (page: readonly { name: BlobName; size: number }[]) => {
    const unnamed = new Set(
      await withoutRow(
        services,
        page.map(({ name }) => name),
      ),
    );
    for (const { name, size } of page) {
      count++;
      if (!unnamed.has(name) || !(await garbage.removeUnnamed(name))) continue;
      removed++;
      freedBytes += size;
    }
  };
  let page: { name: BlobName; size: number }[] = [];
  for await (const blob of blobs.list()) {
    page.push(blob);
    if (page.length < PAGE) continue;
    await check(page);
    page = [];
  }
  await check(page);
  return { blobs: count - removed, removed, freedBytes };
}

/** Every row that names a blob, by pages of their ids. */
export async function* namedBlobs(services: Database): AsyncIterable<NamedBlob> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await asOwner({ services }, (session) =>
      session.query<NamedBlob & { version: string }>(
        `select id, bucket_id || '/' || name as label, version, (metadata ->> 'size')::bigint as size
         from storage.objects where id > $1::uuid order by id limit ${PAGE}`,
        [after],
      ),
    );
    for (const row of rows) if (isBlobName(row.version)) yield row;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

async function withoutRow(services: Database, names: readonly BlobName[]): Promise<BlobName[]> {
  const rows = await asOwner({ services }, (session) =>
    session.query<{ name: string }>(
      `select name from unnest($1::text[]) as name
       where not exists (select from storage.objects as o where o.version = name)`,
      [names],
    ),
  );
  return rows.map(({ name }) => name);
}

async function countWithoutBytes({ services }: Reconciled): Promise<number> {
  const row = await asOwner({ services }, (session) =>
    session.one<{ count: number }>(
      `select count(*) as count from storage.objects where version is null or version !~ '^[0-9a-f]{64}$'`,
    ),
  );
  return Number(row.count);
}

async function isIntact(blobs: BlobStore, name: BlobName): Promise<boolean> {
  const bytes = await blobs.open(name);
  if (!bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest('hex') === name;
}
