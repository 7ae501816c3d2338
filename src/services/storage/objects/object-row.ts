import { REFUSED } from '../errors.ts';
import type { Scope } from '../parts.ts';
import { queryAsCaller, queryAsOwner } from '../sessions.ts';

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
export async function findObject(scope: Scope, at: ObjectAddress): Promise<ObjectRow> {
  return found(await queryAsCaller<ObjectRow>(scope, FIND, [at.bucket, at.name]));
}

/** Whoever asks: in public buckets, and where a signature allows it. Throws NoSuchKey. */
export async function findObjectAsOwner(scope: Pick<Scope, 'parts'>, at: ObjectAddress): Promise<ObjectRow> {
  return found(await queryAsOwner<ObjectRow>(scope.parts, FIND, [at.bucket, at.name]));
}

/**
 * In a public bucket anyone finds everything; in others the caller's policies decide, and who brought no token is not told that they exist.
 * Throws NoSuchBucket, NoSuchKey.
 */
export async function findReadable(scope: Scope, at: ObjectAddress, publicOnly: boolean): Promise<ObjectRow> {
  const [seen] = publicOnly ? [] : await queryAsCaller<ObjectRow>(scope, FIND, [at.bucket, at.name]);
  if (seen) return seen;
  const [bucket] = await queryAsOwner<{ public: boolean }>(
    scope.parts,
    'select coalesce(public, false) as public from storage.buckets where id = $1',
    [at.bucket],
  );
  const isHidden = !bucket?.public && (publicOnly || !scope.caller.authenticated);
  if (!bucket || isHidden) throw REFUSED.noSuchBucket();
  if (!bucket.public) throw REFUSED.noSuchKey();
  return findObjectAsOwner(scope, at);
}

function found([row]: readonly ObjectRow[]): ObjectRow {
  if (!row) throw REFUSED.noSuchKey();
  return row;
}
