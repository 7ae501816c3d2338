import { bucketRules } from '../buckets/bucket.ts';
import { REFUSED } from '../errors.ts';
import { asStorageError } from '../http/answer.ts';
import { matchesTag } from '../objects/conditions.ts';
import { copyObject } from '../objects/copy-object.ts';
import { requireName } from '../objects/names.ts';
import { findObject, findObjectAsOwner, type ObjectAddress, type ObjectRow } from '../objects/object-row.ts';
import { removeObjects } from '../objects/remove-objects.ts';
import { modifiedAt, sendObject } from '../objects/send-object.ts';
import { uploadObject } from '../objects/upload-object.ts';
import { headerText, mediaType, type UploadHeaders } from '../objects/upload-source.ts';
import type { Scope } from '../parts.ts';
import { Checksums } from './checksums.ts';
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

/** GET and HEAD. */
export const readObject: S3Operation = async (request) => {
  const { scope, response, query } = request;
  const row = await findInBucket(scope, addressOf(request));
  requireConditions(request, row);
  for (const [name, value] of Object.entries(row.user_metadata ?? {})) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (/^[\w-]+$/.test(name))
      response.setHeader(
        `x-amz-meta-${name.toLowerCase()}`,
        Buffer.from(text)
          .toString('latin1')
          .replace(/[\r\n]/g, ' '),
      );
  }
  await sendObject(
    { parts: scope.parts, request: request.request, response, query: new URLSearchParams() },
    row,
    overridesOf(query),
  );
};

/** A signed address may say what the answer's headers are. */
function overridesOf(query: URLSearchParams): Record<string, string> {
  const names = [
    'content-type',
    'content-language',
    'expires',
    'cache-control',
    'content-disposition',
    'content-encoding',
  ];
  const found = names.map((name) => [name, headerText(query.get(`response-${name}`) ?? undefined)] as const);
  return Object.fromEntries(found.filter((each): each is [string, string] => each[1] !== undefined));
}

/** A name that is not there, in a bucket that is not there, is the bucket's fault. */
export async function findInBucket(scope: Scope, at: ObjectAddress): Promise<ObjectRow> {
  try {
    return await findObject(scope, at);
  } catch (error) {
    await bucketRules(scope.parts, at.bucket);
    throw error;
  }
}

function requireConditions({ request }: S3Request, row: ObjectRow): void {
  const match = header(request, 'if-match');
  const since = header(request, 'if-unmodified-since');
  const changed =
    since !== undefined && Math.floor(modifiedAt(row).getTime() / 1000) > Math.floor(Date.parse(since) / 1000);
  if (match !== undefined ? !matchesTag(match, row.metadata?.eTag) : changed) throw S3_REFUSED.preconditionFailed();
}

/** PutObject replaces what is there; `If-None-Match: *` forbids that. */
export const putObject: S3Operation = async (request) => {
  const at = { bucket: request.bucket, name: requireName(request.key) };
  const body = bodyOf(request);
  const checksums = new Checksums(request.request.headers);
  const headers = headersOf(request);
  const overwrite = header(request.request, 'if-none-match') !== '*';
  const source = {
    headers,
    bytes: checksums.through(iterated(body.bytes)),
    ...(body.expected !== undefined && { expected: body.expected }),
    finish: async (received: Parameters<Checksums['verify']>[2]) => {
      checksums.verify(request, body, received);
      return headers;
    },
  };
  const { eTag } = await uploadObject(request.scope, at, source, { overwrite, md5: true }).catch((error: unknown) => {
    throw asStorageError(error).code === 'KeyAlreadyExists' ? S3_REFUSED.preconditionFailed() : error;
  });
  sendEmpty(request, 200, { etag: eTag });
};

/** A request's own iterator would close its connection when it is left early. */
export function iterated(bytes: ReturnType<typeof bodyOf>['bytes']): AsyncIterable<Buffer> {
  return 'iterator' in bytes ? bytes.iterator({ destroyOnReturn: false }) : bytes;
}

/** What PutObject, CreateMultipartUpload and a replacing copy say of the object. */
export function headersOf({ request }: Pick<S3Request, 'request'>): UploadHeaders {
  const { headers } = request;
  const encoding = header(request, 'content-encoding')
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked')
    .join(', ');
  const meta = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const userMetadata = meta.map(([name, value]) => [
    name.slice('x-amz-meta-'.length),
    Buffer.from(String(value), 'latin1').toString('utf8'),
  ]);
  return {
    mimeType: mediaType(header(request, 'content-type')),
    cacheControl: headerText(headers['cache-control']) ?? 'no-cache',
    contentEncoding: headerText(encoding),
    ...(meta.length > 0 && { userMetadata: Object.fromEntries(userMetadata) }),
  };
}

export const copyOver: S3Operation = async (request) => {
  const from = sourceOf(request);
  const to = { bucket: request.bucket, name: requireName(request.key) };
  const replaces = header(request.request, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const { mimeType: mimetype, cacheControl, contentEncoding, userMetadata } = headersOf(request);
  const changes = replaces && {
    metadata: { mimetype, cacheControl, contentEncoding: contentEncoding ?? '' },
    userMetadata: userMetadata ?? null,
  };
  const copied = await copyObject(request.scope, from, to, { overwrite: true, ...changes });
  sendXml(request, 'CopyObjectResult', {
    ETag: copied.metadata?.eTag,
    LastModified: new Date(copied.metadata?.lastModified ?? Date.now()),
  });
};

/** Header `x-amz-copy-source`: `/bucket/name`, encoded. */
export function sourceOf({ request }: S3Request): ObjectAddress {
  const [path = ''] = (header(request, 'x-amz-copy-source') ?? '').replace(/^\//, '').split('?');
  const slash = path.indexOf('/');
  try {
    if (slash > 0)
      return {
        bucket: decodeURIComponent(path.slice(0, slash)),
        name: requireName(decodeURIComponent(path.slice(slash + 1))),
      };
  } catch {
    // Told below.
  }
  throw S3_REFUSED.invalidArgument();
}

/** What is not there counts as deleted. */
export const deleteObject: S3Operation = async (request) => {
  const { scope, bucket, key } = request;
  await bucketRules(scope.parts, bucket);
  const gone = await removeObjects(scope, bucket, [key]);
  if (gone.length === 0 && (await isThere(scope, { bucket, name: key })))
    throw REFUSED.accessDenied({ message: 'Access Denied' });
  sendEmpty(request, 204);
};

export const deleteObjects: S3Operation = async (request) => {
  const { scope, bucket } = request;
  const xml = await signedText(request);
  const keys = elementsOf(xml, 'Object').map((each) => textOf(each, 'Key'));
  if (keys.length === 0 || keys.length > 1000 || keys.some((key) => key === undefined)) throw S3_REFUSED.malformedXml();
  await bucketRules(scope.parts, bucket);
  const names = keys as string[];
  const gone = new Set((await removeObjects(scope, bucket, names)).map(({ name }) => name));
  const kept = new Set<string>();
  for (const name of names) if (!gone.has(name) && (await isThere(scope, { bucket, name }))) kept.add(name);
  const isQuiet = textOf(xml, 'Quiet')?.trim() === 'true';
  sendXml(request, 'DeleteResult', {
    Deleted: isQuiet ? [] : names.filter((name) => !kept.has(name)).map((Key) => ({ Key })),
    Error: [...kept].map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' })),
  });
};

async function isThere(scope: Scope, at: ObjectAddress): Promise<boolean> {
  return findObjectAsOwner(scope, at).then(
    () => true,
    () => false,
  );
}

/** Tools ask for tags before they copy; there are none. */
export const objectTags: S3Operation = async (request) => {
  await findInBucket(request.scope, addressOf(request));
  sendXml(request, 'Tagging', { TagSet: {} });
};
