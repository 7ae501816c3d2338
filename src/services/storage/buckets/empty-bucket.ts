import type { Exchange } from '../http/exchange.ts';
import { asCaller } from '../sessions.ts';
import { getBucket } from './get-bucket.ts';

/** Removes every object that the caller may remove. The rows are gone when the answer comes; the bytes follow. */
export async function emptyBucketRoute({ params, scope: scopeOf }: Exchange): Promise<{ message: string }> {
  const scope = await scopeOf();
  const bucket = params['bucket']!;
  await getBucket(scope, bucket);
  const gone = await asCaller(scope, (session) =>
    session.query<{ version: string | null }>('delete from storage.objects where bucket_id = $1 returning version', [
      bucket,
    ]),
  );
  scope.parts.garbage.collect(gone.map(({ version }) => version));
  return { message: 'Empty bucket has been queued. Completion may take up to an hour.' };
}
