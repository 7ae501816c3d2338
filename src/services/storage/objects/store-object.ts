import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { lockBlob } from '../blobs/collect.ts';
import type { Received } from '../blobs/incoming.ts';
import { type Caller, ownerOf, type Scope } from '../parts.ts';
import { asService, queryAsCaller } from '../sessions.ts';
import type { ObjectAddress, ObjectMetadata } from './object-row.ts';
import type { UploadHeaders } from './upload-source.ts';

export interface StoreOptions {
  /** Whether an object of this name is replaced; else KeyAlreadyExists. */
  readonly overwrite: boolean;
  /** Whom the object will belong to; the caller where nothing is said. */
  readonly owner?: string;
}

export interface StoredObject {
  readonly id: string;
  /** With its quotes. */
  readonly eTag: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Asks the caller's policies, before a byte is read: the row is written as he would write it and taken back. Throws AccessDenied,
 * KeyAlreadyExists.
 */
export async function requireWritable(
  scope: Scope,
  at: ObjectAddress,
  headers: UploadHeaders,
  expected: number | undefined,
  { overwrite, owner = ownerOf(scope.caller) }: StoreOptions,
): Promise<void> {
  const metadata = { mimetype: headers.mimeType, contentLength: expected, size: expected };
  await queryAsCaller(scope, 'select storage.try_object($1, $2, $3, $4, $5, $6)', [
    at.bucket,
    at.name,
    owner ?? null,
    metadata,
    headers.userMetadata ?? {},
    overwrite,
  ]).catch((error: unknown) => {
    if (!(error instanceof PostgresError && error.code === 'PT200')) throw error;
  });
}

/**
 * Puts received bytes in their place and writes the row, in this order and in one transaction: a row never stands without its bytes,
 * and bytes whose row was not committed are the collector's. Throws KeyAlreadyExists.
 */
export async function storeObject(
  scope: Scope,
  at: ObjectAddress,
  headers: UploadHeaders,
  received: Received,
  options: StoreOptions,
): Promise<StoredObject> {
  const { blobs, garbage } = scope.parts;
  const eTag = `"${received.md5 ?? received.name}"`;
  const metadata = metadataOf(headers, received.size, eTag);
  try {
    await blobs.prepare(received.name, received.size, received.file);
    const { id, replaced } = await asService(scope, async (session) => {
      await lockBlob(session, received.name);
      await blobs.adopt(received.name, received.size, received.file);
      const { overwrite, owner } = options;
      return writeRow(session, scope.caller, { at, version: received.name, metadata, headers, overwrite, owner });
    });
    if (replaced !== received.name) garbage.collect([replaced]);
    return { id, eTag };
  } catch (error) {
    garbage.collect([received.name]);
    throw error;
  } finally {
    await received.discard();
  }
}

export function metadataOf(headers: UploadHeaders, size: number, eTag: string): ObjectMetadata {
  return {
    eTag,
    size,
    mimetype: headers.mimeType,
    cacheControl: headers.cacheControl,
    ...(headers.contentEncoding && { contentEncoding: headers.contentEncoding }),
    lastModified: new Date().toISOString(),
    contentLength: size,
    httpStatusCode: 200,
  };
}

export interface NewRow {
  readonly at: ObjectAddress;
  readonly version: string | null;
  readonly metadata: ObjectMetadata | null;
  readonly headers: Pick<UploadHeaders, 'userMetadata'>;
  readonly overwrite: boolean;
  readonly owner?: string;
}

/**
 * `replaced` is the version that stood there before. Writers of one name wait for each other, or two that both find nothing would not
 * know whose bytes they replaced. The blob must be locked already.
 */
export async function writeRow(
  session: Session,
  caller: Caller,
  { at, version, metadata, headers, overwrite, owner = ownerOf(caller) }: NewRow,
): Promise<{ id: string; replaced: string | null }> {
  const before = overwrite ? await lockedVersion(session, at) : null;
  const conflict = overwrite
    ? `on conflict (bucket_id, name) do update set
         version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata,
         owner = excluded.owner, owner_id = excluded.owner_id`
    : '';
  const { id } = await session.one<{ id: string }>(
    `insert into storage.objects (bucket_id, name, version, metadata, user_metadata, owner, owner_id)
     values ($1, $2, $3, $4, $5, $6, $7) ${conflict} returning id`,
    [
      at.bucket,
      at.name,
      version,
      metadata,
      headers.userMetadata ?? {},
      owner && UUID.test(owner) ? owner : null,
      owner ?? null,
    ],
  );
  return { id, replaced: before };
}

async function lockedVersion(session: Session, at: ObjectAddress): Promise<string | null> {
  await session.query('select pg_catalog.pg_advisory_xact_lock(hashtextextended($1, 0))', [`${at.bucket}/${at.name}`]);
  const row = await session.maybeOne<{ version: string | null }>(
    'select version from storage.objects where bucket_id = $1 and name = $2 for update',
    [at.bucket, at.name],
  );
  return row?.version ?? null;
}
