import { REFUSED } from '../errors.ts';
import type { Scope } from '../parts.ts';
import { asCaller, asOwner } from '../sessions.ts';

/** What is kept beside an object's bytes, in the words of Supabase's storage API. */
export interface ObjectMetadata {
  /** With its quotes. */
  readonly eTag?: string;
  readonly size?: number;
  readonly contentLength?: number;
  readonly mimetype?: string;
  /** The whole header: `max-age=3600`. */
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly lastModified?: string;
  readonly httpStatusCode?: number;
  readonly [key: string]: unknown;
}

export interface ObjectRow {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  /** The blob's name; anything else for rows that were written by SQL. */
  readonly version: string | null;
  readonly metadata: ObjectMetadata | null;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
}

export interface ObjectAddress {
  readonly bucket: string;
  readonly name: string;
}

const COLUMNS = 'id, bucket_id, name, version, metadata, user_metadata, created_at, updated_at';
const FIND = `select ${COLUMNS} from storage.objects where bucket_id = $1 and name = $2`;

/** As the caller's policies show it. Throws NoSuchKey. */
export function findObject(scope: Scope, at: ObjectAddress): Promise<ObjectRow> {
  return asCaller(scope, (session) => session.maybeOne<ObjectRow>(FIND, [at.bucket, at.name])).then(found);
}

/** Whoever asks: in public buckets, and where a signature allows it. Throws NoSuchKey. */
export function findObjectAsOwner(scope: Pick<Scope, 'parts'>, at: ObjectAddress): Promise<ObjectRow> {
  return asOwner(scope.parts, (session) => session.maybeOne<ObjectRow>(FIND, [at.bucket, at.name])).then(found);
}

/**
 * In a public bucket anyone finds everything; in others the caller's policies decide, and who brought no token is not told that they exist.
 * Throws NoSuchBucket, NoSuchKey.
 */
export async function findReadable(scope: Scope, at: ObjectAddress, publicOnly: boolean): Promise<ObjectRow> {
  const rows = await asOwner(scope.parts, (session) =>
    session.query<ObjectRow & { public: boolean; id: string | null }>(
      `select coalesce(b.public, false) as public, o.id, o.bucket_id, o.name, o.version, o.metadata, o.user_metadata, o.created_at, o.updated_at
       from storage.buckets as b left join storage.objects as o on o.bucket_id = b.id and o.name = $2 where b.id = $1`,
      [at.bucket, at.name],
    ),
  );
  const row = rows[0];
  if (!row || (!row.public && publicOnly)) throw REFUSED.noSuchBucket();
  if (!row.public && !scope.caller.authenticated)
    return findObject(scope, at).catch((error: unknown) => {
      throw (error as { code?: string }).code === 'NoSuchKey' ? REFUSED.noSuchBucket() : error;
    });
  if (row.id === null) throw REFUSED.noSuchKey();
  return row.public ? row : findObject(scope, at);
}

function found(row: ObjectRow | undefined): ObjectRow {
  if (!row) throw REFUSED.noSuchKey();
  return row;
}
