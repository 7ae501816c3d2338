import { REFUSED } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { queryAsOwner } from '../sessions.ts';

/** A row of storage.buckets, as clients see it. */
export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly public: boolean;
  readonly type: string;
  /** Bytes. */
  readonly file_size_limit: number | null;
  readonly allowed_mime_types: readonly string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Text instead of uuid, which is how JSON shows it. */
export const BUCKET_COLUMNS =
  "id, name, coalesce(owner::text, '') as owner, public, type::text, file_size_limit, allowed_mime_types, created_at, updated_at";

export type BucketRules = Pick<Bucket, 'id' | 'public' | 'file_size_limit' | 'allowed_mime_types'>;

/** What holds for uploads to a bucket, whoever asks. Throws NoSuchBucket. */
export async function bucketRules(parts: Pick<Parts, 'services'>, id: string): Promise<BucketRules> {
  const [found] = await queryAsOwner<BucketRules>(
    parts,
    'select id, coalesce(public, false) as public, file_size_limit, allowed_mime_types from storage.buckets where id = $1',
    [id],
  );
  if (!found) throw REFUSED.noSuchBucket();
  return found;
}
