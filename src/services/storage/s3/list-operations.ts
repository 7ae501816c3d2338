import { bucketRules } from '../buckets/bucket.ts';
import { type ListEntry, listPage, type Page } from '../objects/list-page.ts';
import { encodeAws } from './canonical.ts';
import { S3_REFUSED } from './s3-errors.ts';
import { type S3Operation, type S3Request, sendXml } from './s3-request.ts';
import type { XmlNode } from './xml.ts';

const MAX_KEYS = 1000;

/** ListObjectsV2: pages go on by an opaque token. */
export const listObjectsV2: S3Operation = async (request) => {
  const { query } = request;
  const token = query.get('continuation-token');
  const after = token !== null ? decodeToken(token) : (query.get('start-after') ?? '');
  const page = await listed(request, after);
  const name = nameEncoder(query);
  sendXml(request, 'ListBucketResult', {
    ...common(request, page, name),
    StartAfter: query.get('start-after') === null ? undefined : name(query.get('start-after')!),
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url'),
    KeyCount: page.entries.length,
  });
};

/** ListObjects: pages go on behind a name. */
export const listObjects: S3Operation = async (request) => {
  const { query } = request;
  const marker = query.get('marker') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  // A folder as the marker means everything in it.
  const after = delimiter !== '' && marker.endsWith(delimiter) ? `${marker}\u{10ffff}` : marker;
  const page = await listed(request, after);
  const name = nameEncoder(query);
  const last = page.entries.at(-1)?.name;
  sendXml(request, 'ListBucketResult', {
    ...common(request, page, name),
    Marker: name(marker),
    NextMarker: page.next !== undefined && last !== undefined ? name(last) : undefined,
  });
};

async function listed({ query, scope, bucket }: S3Request, after: string): Promise<Page> {
  await bucketRules(scope.parts, bucket);
  const limit = keysAtMost(query);
  if (limit === 0) return { entries: [], next: undefined };
  return listPage(scope, bucket, {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after,
    limit,
  });
}

function common({ query, bucket }: S3Request, { entries, next }: Page, name: (text: string) => string): XmlNode {
  const objects = entries.filter(({ id }) => id !== null);
  const folders = entries.filter(({ id }) => id === null);
  return {
    Name: bucket,
    Prefix: name(query.get('prefix') ?? ''),
    Delimiter: query.get('delimiter') === null ? undefined : name(query.get('delimiter')!),
    EncodingType: query.get('encoding-type'),
    MaxKeys: keysAtMost(query),
    IsTruncated: next !== undefined,
    Contents: objects.map((entry) => contents(entry, name)),
    CommonPrefixes: folders.map((entry) => ({ Prefix: name(entry.name) })),
  };
}

function contents({ name: key, metadata, updated_at }: ListEntry, name: (text: string) => string): XmlNode {
  return {
    Key: name(key),
    LastModified: new Date(metadata?.lastModified ?? updated_at ?? 0),
    ETag: metadata?.eTag,
    Size: metadata?.size ?? 0,
    StorageClass: 'STANDARD',
  };
}

/** XML cannot hold every name: clients ask for them encoded. */
function nameEncoder(query: URLSearchParams): (text: string) => string {
  return query.get('encoding-type') === 'url' ? (text) => text.split('/').map(encodeAws).join('/') : (text) => text;
}

export function keysAtMost(query: URLSearchParams, name = 'max-keys'): number {
  const text = query.get(name);
  if (text === null) return MAX_KEYS;
  if (!/^\d{1,9}$/.test(text)) throw S3_REFUSED.invalidArgument();
  return Math.min(Number(text), MAX_KEYS);
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text === '' || Buffer.from(text).toString('base64url') !== token) throw S3_REFUSED.invalidArgument();
  return text;
}
