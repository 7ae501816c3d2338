import Type, { type Static } from 'typebox';
import { type BucketRules, bucketRules } from '../buckets/bucket.ts';
import { REFUSED } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { requireDeclaredType } from './media-types.ts';
import { requireName } from './names.ts';
import type { ObjectAddress, ObjectRow } from './object-row.ts';
import { sizeOf } from './send-object.ts';

/** What move and copy are told. */
export const TRANSFER = {
  bucketId: Type.String({ minLength: 1 }),
  sourceKey: Type.String({ minLength: 1 }),
  destinationKey: Type.String({ minLength: 1 }),
  destinationBucket: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  sourceVersionId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};

const BODY = Type.Object(TRANSFER);

/** Source and destination, both with names that may be. */
export function addressesOf(body: Static<typeof BODY>): { from: ObjectAddress; to: ObjectAddress } {
  return {
    from: { bucket: body.bucketId, name: requireName(body.sourceKey) },
    to: { bucket: body.destinationBucket || body.bucketId, name: requireName(body.destinationKey) },
  };
}

/** What is brought into another bucket meets its limits as an upload would. Throws NoSuchBucket, EntityTooLarge, InvalidMimeType. */
export async function requireWelcome(
  parts: Parts,
  row: Pick<ObjectRow, 'metadata' | 'bucket_id'>,
  to: ObjectAddress,
): Promise<void> {
  const rules: BucketRules = await bucketRules(parts, to.bucket);
  if (row.bucket_id === to.bucket) return;
  if (rules.file_size_limit !== null && sizeOf(row) > rules.file_size_limit) throw REFUSED.tooLarge();
  requireDeclaredType(rules.allowed_mime_types, row.metadata?.mimetype ?? 'application/octet-stream');
}
