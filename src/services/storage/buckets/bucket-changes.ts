import Type, { type Static } from 'typebox';
import { featureNotEnabled, invalidMimeType, REFUSED } from '../errors.ts';
import type { StorageSettings } from '../settings.ts';
import { bytesOf } from './file-size.ts';

/** What a caller may say of a bucket, when he makes it and later. */
export const BUCKET_CHANGES = {
  public: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  file_size_limit: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String(), Type.Null()])),
  allowed_mime_types: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  versioning_status: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};

const CHANGES = Type.Object(BUCKET_CHANGES);
const MIME_TYPE = /^(\*|[\w!#$&^.+-]+)\/(\*|[\w!#$&^.+*-]+)$/;

/** Undefined where nothing was said, null where a limit is taken away. */
export interface Rules {
  readonly fileSizeLimit?: number | null;
  readonly allowedMimeTypes?: readonly string[] | null;
}

/** Throws for a size or a type that is none, a limit above the server's own, and kinds of buckets that are not served. */
export function readRules(settings: Pick<StorageSettings, 'fileSizeLimit'>, body: Static<typeof CHANGES>): Rules {
  if (body.type && body.type !== 'STANDARD') throw featureNotEnabled(`${body.type.toLowerCase()} buckets`);
  if (body.versioning_status === 'ENABLED') throw featureNotEnabled('versioning');
  const bad = body.allowed_mime_types?.find((type) => !MIME_TYPE.test(type));
  if (bad !== undefined) throw invalidMimeType(bad);
  return {
    ...(body.file_size_limit !== undefined && { fileSizeLimit: readLimit(settings, body.file_size_limit) }),
    ...(body.allowed_mime_types !== undefined && { allowedMimeTypes: body.allowed_mime_types }),
  };
}

function readLimit(settings: Pick<StorageSettings, 'fileSizeLimit'>, given: number | string | null): number | null {
  // The client's way of saying none, and the dashboard's.
  if (given === null || given === 0 || given === '') return null;
  const bytes = bytesOf(given, 1000);
  if (bytes === undefined) throw REFUSED.invalidFileSize();
  if (bytes > settings.fileSizeLimit) throw REFUSED.tooLarge();
  return bytes;
}
