import Type from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import { asCaller } from '../sessions.ts';
import { BUCKET_CHANGES, readRules } from './bucket-changes.ts';

const BODY = Type.Object(BUCKET_CHANGES);

/** What is not said stays as it is. */
export async function updateBucketRoute(exchange: Exchange): Promise<{ message: string }> {
  const body = await readJson(exchange.request, BODY);
  const scope = await exchange.scope();
  const { fileSizeLimit, allowedMimeTypes } = readRules(scope.parts.settings, body);
  const changed = await asCaller(scope, (session) =>
    session.execute(
      `update storage.buckets set
         public = coalesce($2::boolean, public),
         file_size_limit = case when $3 then $4::bigint else file_size_limit end,
         allowed_mime_types = case when $5 then $6::text[] else allowed_mime_types end,
         updated_at = now()
       where id = $1`,
      [
        exchange.params['bucket'],
        body.public ?? null,
        fileSizeLimit !== undefined,
        fileSizeLimit ?? null,
        allowedMimeTypes !== undefined,
        allowedMimeTypes ?? null,
      ],
    ),
  );
  if (changed === 0) throw REFUSED.noSuchBucket();
  return { message: 'Successfully updated' };
}
