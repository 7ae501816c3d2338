import { bucketRules } from '../buckets/bucket.ts';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Scope } from '../parts.ts';
import { requireActualType, requireDeclaredType } from './media-types.ts';
import { requireName } from './names.ts';
import type { ObjectAddress } from './object-row.ts';
import { requireWritable, type StoredObject, type StoreOptions, storeObject } from './store-object.ts';
import { type UploadSource, uploadSource } from './upload-source.ts';

interface Uploaded {
  readonly Id: string;
  readonly Key: string;
}

/** POST: a new object, or with `x-upsert: true` one that may be there. */
export async function uploadObjectRoute(exchange: Exchange): Promise<Uploaded> {
  return uploadFor(exchange, await exchange.scope(), { overwrite: exchange.header('x-upsert') === 'true' });
}

/** PUT: always replaces. */
export async function updateObjectRoute(exchange: Exchange): Promise<Uploaded> {
  return uploadFor(exchange, await exchange.scope(), { overwrite: true });
}

/** Takes the body of this request as the object that its address names. */
export async function uploadFor(exchange: Exchange, scope: Scope, options: StoreOptions): Promise<Uploaded> {
  const at = { bucket: exchange.params['bucket']!, name: requireName(exchange.params['name']!) };
  const { id } = await uploadObject(scope, at, await uploadSource(exchange.request), options);
  return { Id: id, Key: `${at.bucket}/${at.name}` };
}

/** Policy first, then the bytes, then the row. Throws NoSuchBucket, AccessDenied, KeyAlreadyExists, EntityTooLarge, InvalidMimeType. */
export async function uploadObject(
  scope: Scope,
  at: ObjectAddress,
  source: UploadSource,
  options: StoreOptions & { readonly md5?: boolean },
): Promise<StoredObject> {
  const { settings, incoming } = scope.parts;
  const { headers, expected } = source;
  const { file_size_limit: own, allowed_mime_types: allowed } = await bucketRules(scope.parts, at.bucket);
  const limit = Math.min(own ?? settings.fileSizeLimit, settings.fileSizeLimit);
  requireDeclaredType(allowed, headers.mimeType);
  await requireWritable(scope, at, headers, expected, options);
  if (expected !== undefined && expected > limit) throw REFUSED.tooLarge();
  const inspect = (head: Buffer) => requireActualType(allowed, headers.mimeType, head);
  const received = await incoming.receive(source.bytes, { limit, expected, inspect, md5: options.md5 });
  try {
    const final = await source.finish(received);
    requireDeclaredType(allowed, final.mimeType);
    return await storeObject(scope, at, final, received, options);
  } finally {
    await received.discard();
  }
}
