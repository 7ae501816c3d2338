import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';

export async function deleteBucketRoute({ params, scope }: Exchange): Promise<{ message: string }> {
  await deleteBucket(await scope(), params['bucket']!);
  return { message: 'Successfully deleted' };
}

/** Throws NoSuchBucket, BucketNotEmpty. The foreign key counts objects that the caller cannot see. */
export async function deleteBucket(scope: Scope, id: string): Promise<void> {
  const deleted = await asCaller(scope, (session) =>
    session.execute('delete from storage.buckets where id = $1', [id]),
  ).catch((cause: unknown) => {
    throw (cause as { code?: string }).code === '23503' ? REFUSED.bucketNotEmpty({ cause }) : cause;
  });
  if (deleted === 0) throw REFUSED.noSuchBucket();
}
