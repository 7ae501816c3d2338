import { randomBytes } from 'node:crypto';
import { bucketRules } from '../buckets/bucket.ts';
import { REFUSED } from '../errors.ts';
import { requireActualType, requireDeclaredType } from '../objects/media-types.ts';
import { requireName } from '../objects/names.ts';
import type { ObjectAddress } from '../objects/object-row.ts';
import { requireWritable, storeObject } from '../objects/store-object.ts';
import { headerText, mediaType, metadataOf, type UploadHeaders } from '../objects/upload-source.ts';
import { ownerOf, type Scope } from '../parts.ts';
import type { UploadFiles, UploadRecord } from './upload-files.ts';

/** What Upload-Metadata of the tus protocol says, decoded. */
export type TusMetadata = Readonly<Record<string, string | null>>;

export interface Announcement {
  readonly metadata: TusMetadata;
  readonly overwrite: boolean;
  /** The object that a signed address allows; then the metadata must name the same one. */
  readonly signed?: ObjectAddress & { readonly owner?: string };
}

/** Asks bucket and policies about an upload before its first byte. Throws as an upload does. */
export async function announce(scope: Scope, { metadata, overwrite, signed }: Announcement): Promise<UploadRecord> {
  const at = { bucket: metadata['bucketName'] ?? '', name: requireName(metadata['objectName'] ?? '') };
  if (signed && (signed.bucket !== at.bucket || signed.name !== at.name)) throw REFUSED.invalidSignature();
  const headers = headersOf(metadata);
  const { file_size_limit: own, allowed_mime_types: allowed } = await bucketRules(scope.parts, at.bucket);
  requireDeclaredType(allowed, headers.mimeType);
  const owner = signed ? signed.owner : ownerOf(scope.caller);
  await requireWritable(scope, at, headers, undefined, { overwrite, owner });
  const { fileSizeLimit } = scope.parts.settings;
  return {
    id: randomBytes(16).toString('hex'),
    created: new Date().toISOString(),
    metadata: { ...metadata },
    ...at,
    overwrite,
    limit: Math.min(own ?? fileSizeLimit, fileSizeLimit),
    role: scope.caller.identity.role,
    ...(owner !== undefined && { owner }),
    signed: signed !== undefined,
  };
}

/** Makes an object of an upload that has all its bytes. The policies are asked again: a day may have passed. */
export async function finish(scope: Scope, files: UploadFiles, id: string): Promise<void> {
  const record = await files.record(id);
  if (record.done) return;
  const { bucket, name, overwrite, owner } = record;
  const headers = headersOf(record.metadata ?? {});
  const { allowed_mime_types: allowed } = await bucketRules(scope.parts, bucket);
  await requireWritable(scope, { bucket, name }, headers, record.size, { overwrite, owner });
  const received = await files.received(id, record.limit);
  await requireActualType(allowed, headers.mimeType, received.head);
  await storeObject(scope, { bucket, name }, headers, received, { overwrite, owner });
  await files.finished(record);
}

function headersOf(metadata: TusMetadata): UploadHeaders {
  const seconds = metadata['cacheControl'];
  return {
    mimeType: mediaType(metadata['contentType'] ?? undefined),
    cacheControl: (seconds && headerText(`max-age=${seconds}`)) || 'no-cache',
    contentEncoding: headerText(metadata['contentEncoding'] ?? undefined),
    userMetadata: metadataOf(metadata['metadata'] ?? undefined, 'utf8'),
  };
}
