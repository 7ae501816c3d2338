import Type from 'typebox';
import { isBlobName } from '../blobs/blob-store.ts';
import { lockBlob } from '../blobs/collect.ts';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import type { Scope } from '../parts.ts';
import { asService } from '../sessions.ts';
import { findObject, type ObjectAddress, type ObjectMetadata, type ObjectRow } from './object-row.ts';
import { requireWritable, writeRow } from './store-object.ts';
import { addressesOf, requireWelcome, TRANSFER } from './transfer.ts';
import { headerText, mediaType } from './upload-source.ts';

const CHANGES = Type.Object({
  cacheControl: Type.Optional(Type.String()),
  contentEncoding: Type.Optional(Type.String()),
  mimetype: Type.Optional(Type.String()),
});
const BODY = Type.Object({
  ...TRANSFER,
  copyMetadata: Type.Optional(Type.Boolean()),
  metadata: Type.Optional(Type.Union([CHANGES, Type.Null()])),
});

export interface CopyOptions {
  readonly overwrite: boolean;
  /** Instead of what the source has. */
  readonly metadata?: Partial<Pick<ObjectMetadata, 'cacheControl' | 'contentEncoding' | 'mimetype'>>;
  /** Undefined: as the source has it. */
  readonly userMetadata?: Readonly<Record<string, unknown>> | null;
}

export async function copyObjectRoute(exchange: Exchange): Promise<Record<string, unknown>> {
  const body = await readJson(exchange.request, BODY);
  const { from, to } = addressesOf(body);
  const keeps = body.copyMetadata !== false;
  const options: CopyOptions = {
    overwrite: exchange.header('x-upsert') === 'true',
    ...(!keeps && { metadata: body.metadata ?? {}, userMetadata: null }),
  };
  const { id, ...copied } = await copyObject(await exchange.scope(), from, to, options);
  return { Id: id, Key: `${to.bucket}/${to.name}`, id, ...copied };
}

/** No byte is copied: a second row names the same blob. Throws NoSuchKey, NoSuchBucket, KeyAlreadyExists, AccessDenied. */
export async function copyObject(
  scope: Scope,
  from: ObjectAddress,
  to: ObjectAddress,
  options: CopyOptions,
): Promise<{ id: string; bucket_id: string; name: string; version: string | null; metadata: ObjectMetadata | null }> {
  const source = await findObject(scope, from);
  const metadata = changedMetadata(source, options.metadata);
  const userMetadata = options.userMetadata === undefined ? source.user_metadata : options.userMetadata;
  await requireWelcome(scope.parts, { bucket_id: source.bucket_id, metadata }, to);
  const { overwrite } = options;
  const headers = {
    mimeType: metadata?.mimetype ?? 'application/octet-stream',
    cacheControl: metadata?.cacheControl ?? 'no-cache',
    userMetadata: userMetadata ?? undefined,
  };
  await requireWritable(scope, to, headers, metadata?.size, { overwrite });
  const { version } = source;
  const { id, replaced } = await asService(scope, async (session) => {
    if (isBlobName(version)) await lockBlob(session, version);
    // Locked now: if the source still names the bytes they stay, and if it does not they may be gone.
    const still = await session.query(
      'select from storage.objects where bucket_id = $1 and name = $2 and version is not distinct from $3 for share',
      [from.bucket, from.name, version],
    );
    if (still.length === 0) throw REFUSED.noSuchKey();
    return writeRow(session, scope.caller, { at: to, version, metadata, headers, overwrite });
  });
  if (replaced !== version) scope.parts.garbage.collect([replaced]);
  return { id, bucket_id: to.bucket, name: to.name, version, metadata };
}

function changedMetadata({ metadata }: ObjectRow, changes: CopyOptions['metadata']): ObjectMetadata | null {
  if (!metadata) return null;
  const { contentEncoding, ...kept } = metadata;
  const encoding = changes?.contentEncoding ?? contentEncoding;
  return {
    ...kept,
    ...(changes?.cacheControl !== undefined && { cacheControl: headerText(changes.cacheControl) ?? 'no-cache' }),
    ...(changes?.mimetype !== undefined && { mimetype: mediaType(changes.mimetype) }),
    ...(encoding && headerText(encoding) && { contentEncoding: encoding }),
    lastModified: new Date().toISOString(),
  };
}
