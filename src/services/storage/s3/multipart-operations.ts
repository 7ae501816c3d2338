import { createHash } from 'node:crypto';
import { isBlobName } from '../blobs/blob-store.ts';
import { type BucketRules, bucketRules } from '../buckets/bucket.ts';
import { REFUSED } from '../errors.ts';
import { rangeOf } from '../objects/conditions.ts';
import { requireActualType, requireDeclaredType } from '../objects/media-types.ts';
import { requireName } from '../objects/names.ts';
import { sizeOf } from '../objects/send-object.ts';
import { requireWritable, storeObject } from '../objects/store-object.ts';
import type { Scope } from '../parts.ts';
import { Checksums } from './checksums.ts';
import { keysAtMost } from './list-operations.ts';
import type { MultipartStore, StoredPart } from './multipart-store.ts';
import { findInBucket, headersOf, iterated, sourceOf } from './object-operations.ts';
import { S3_REFUSED } from './s3-errors.ts';
import {
  addressOf,
  bodyOf,
  header,
  type S3Operation,
  type S3Request,
  sendEmpty,
  sendXml,
  signedText,
} from './s3-request.ts';
import { elementsOf, textOf } from './xml.ts';

const MAX_PARTS = 10_000;
/** As S3 has it; the last part may be smaller. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Uploads in numbered parts, each an operation of S3's. */
export function multipartOperations(
  store: MultipartStore,
): Record<'begin' | 'uploadPart' | 'copyPart' | 'complete' | 'abort' | 'listParts' | 'listUploads', S3Operation> {
  const found = (request: S3Request) =>
    store.find(request.scope, addressOf(request), request.query.get('uploadId') ?? '');
  return {
    begin: async (request) => {
      const at = { bucket: request.bucket, name: requireName(request.key) };
      const headers = headersOf(request);
      requireDeclaredType((await bucketRules(request.scope.parts, at.bucket)).allowed_mime_types, headers.mimeType);
      await requireWritable(request.scope, at, headers, undefined, { overwrite: true });
      const UploadId = await store.begin(request.scope, at, headers);
      sendXml(request, 'InitiateMultipartUploadResult', { Bucket: at.bucket, Key: at.name, UploadId });
    },

    uploadPart: async (request) => {
      const upload = await found(request);
      const number = partNumber(request);
      const limit = limitOf(request.scope, await bucketRules(request.scope.parts, request.bucket));
      const body = bodyOf(request);
      if (body.expected !== undefined && body.expected > limit) throw REFUSED.tooLarge();
      const checksums = new Checksums(request.request.headers);
      const bytes = checksums.through(iterated(body.bytes));
      const received = await request.scope.parts.incoming.receive(bytes, { limit, expected: body.expected, md5: true });
      try {
        checksums.verify(request, body, received);
        await store.addPart(upload, number, received, limit);
      } finally {
        await received.discard();
      }
      sendEmpty(request, 200, { etag: `"${received.md5}"` });
    },

    copyPart: async (request) => {
      const upload = await found(request);
      const number = partNumber(request);
      const limit = limitOf(request.scope, await bucketRules(request.scope.parts, request.bucket));
      const row = await findInBucket(request.scope, sourceOf(request));
      const wanted = header(request.request, 'x-amz-copy-source-range');
      const range = wanted === undefined ? undefined : rangeOf({ range: wanted }, sizeOf(row), row);
      if (range === 'unsatisfiable' || (wanted !== undefined && !range)) throw S3_REFUSED.invalidArgument();
      const bytes = isBlobName(row.version) ? await request.scope.parts.blobs.open(row.version, range) : undefined;
      if (!bytes) throw REFUSED.noSuchKey();
      const received = await request.scope.parts.incoming.receive(bytes, { limit, md5: true });
      await store.addPart(upload, number, received, limit).finally(() => received.discard());
      sendXml(request, 'CopyPartResult', { ETag: `"${received.md5}"`, LastModified: new Date() });
    },

    complete: async (request) => {
      const upload = await found(request);
      const { scope } = request;
      const parts = chosen(elementsOf(await signedText(request), 'Part'), await store.listParts(upload.id));
      const rules = await bucketRules(scope.parts, request.bucket);
      await requireWritable(scope, upload.at, upload.headers, sum(parts), { overwrite: true });
      const inspect = (head: Buffer) => requireActualType(rules.allowed_mime_types, upload.headers.mimeType, head);
      const received = await scope.parts.incoming.receive(store.bytes(upload.id, parts), {
        limit: limitOf(scope, rules),
        inspect,
      });
      const whole = { ...received, md5: `${hashOfHashes(parts)}-${parts.length}` };
      const { eTag } = await storeObject(scope, upload.at, upload.headers, whole, { overwrite: true });
      await store.end(upload.id);
      const Location = `/${upload.at.bucket}/${upload.at.name}`;
      sendXml(request, 'CompleteMultipartUploadResult', {
        Location,
        Bucket: upload.at.bucket,
        Key: upload.at.name,
        ETag: eTag,
      });
    },

    abort: async (request) => {
      await store.end((await found(request)).id);
      sendEmpty(request, 204);
    },

    listParts: async (request) => {
      const upload = await found(request);
      const limit = keysAtMost(request.query, 'max-parts');
      const after = Number(request.query.get('part-number-marker') ?? 0) || 0;
      const parts = await store.listParts(upload.id, after, limit + 1);
      const shown = parts.slice(0, limit);
      sendXml(request, 'ListPartsResult', {
        Bucket: request.bucket,
        Key: request.key,
        UploadId: upload.id,
        PartNumberMarker: after,
        NextPartNumberMarker: shown.at(-1)?.number ?? after,
        MaxParts: limit,
        IsTruncated: parts.length > limit,
        Part: shown.map((part) => ({
          PartNumber: part.number,
          LastModified: part.created,
          ETag: `"${part.etag}"`,
          Size: part.size,
        })),
        StorageClass: 'STANDARD',
      });
    },

    listUploads: async (request) => {
      const { query, bucket, scope } = request;
      await bucketRules(scope.parts, bucket);
      const limit = keysAtMost(query, 'max-uploads');
      const uploads = await store.listUploads(scope, bucket, query.get('prefix') ?? '', limit + 1);
      sendXml(request, 'ListMultipartUploadsResult', {
        Bucket: bucket,
        Prefix: query.get('prefix') ?? '',
        MaxUploads: limit,
        IsTruncated: uploads.length > limit,
        Upload: uploads
          .slice(0, limit)
          .map(({ id, at, created }) => ({ Key: at.name, UploadId: id, Initiated: created, StorageClass: 'STANDARD' })),
      });
    },
  };
}

function partNumber({ query }: S3Request): number {
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) throw S3_REFUSED.invalidArgument();
  return number;
}

function limitOf({ parts }: Scope, rules: BucketRules): number {
  const { fileSizeLimit } = parts.settings;
  return Math.min(rules.file_size_limit ?? fileSizeLimit, fileSizeLimit);
}

/** The parts that the caller names, in his order, which must be that of their numbers. */
function chosen(named: readonly string[], stored: readonly StoredPart[]): StoredPart[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  let last = 0;
  const parts = named.map((xml) => {
    const number = Number(textOf(xml, 'PartNumber'));
    const part = byNumber.get(number);
    if (!part || textOf(xml, 'ETag')?.replaceAll('"', '').trim() !== part.etag) throw S3_REFUSED.invalidPart();
    if (number <= last) throw S3_REFUSED.invalidPartOrder();
    last = number;
    return part;
  });
  if (parts.length === 0) throw S3_REFUSED.malformedXml();
  if (parts.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES)) throw S3_REFUSED.entityTooSmall();
  return parts;
}

const sum = (parts: readonly StoredPart[]) => parts.reduce((total, { size }) => total + size, 0);

/** S3's entity tag of an object in parts: the MD5 of their MD5s. */
function hashOfHashes(parts: readonly StoredPart[]): string {
  return createHash('md5')
    .update(Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex'))))
    .digest('hex');
}
