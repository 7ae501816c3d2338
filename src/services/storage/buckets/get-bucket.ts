import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import { BUCKET_COLUMNS, type Bucket } from './bucket.ts';

export async function getBucketRoute({ params, scope }: Exchange): Promise<Bucket> {
  return getBucket(await scope(), params['bucket']!);
}

/** Throws NoSuchBucket where there is none that the caller may see. */
export async function getBucket(scope: Scope, id: string): Promise<Bucket> {
  const found = await asCaller(scope, (session) =>
    session.maybeOne<Bucket>(`select ${BUCKET_COLUMNS} from storage.buckets where id = $1`, [id]),
  );
  if (!found) throw REFUSED.noSuchBucket();
  return found;
}
