import Type, { type Static } from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import { requireBucketName } from '../objects/names.ts';
import { ownerOf, type Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import { BUCKET_CHANGES, readRules } from './bucket-changes.ts';

const BODY = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.String({ minLength: 1 }),
  ...BUCKET_CHANGES,
});

export async function createBucketRoute(exchange: Exchange): Promise<{ name: string }> {
  const body = await readJson(exchange.request, BODY);
  await createBucket(await exchange.scope(), body);
  return { name: body.id || body.name };
}

/** Throws BucketAlreadyExists, AccessDenied, InvalidBucketName. */
export async function createBucket(scope: Scope, body: Static<typeof BODY>): Promise<void> {
  const id = requireBucketName(body.id || body.name);
  const { fileSizeLimit = null, allowedMimeTypes = null } = readRules(scope.parts.settings, body);
  const owner = ownerOf(scope.caller);
  const uuid = owner && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(owner) ? owner : null;
  await asCaller(scope, (session) =>
    session.execute(
      `insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, requireBucketName(body.name), uuid, owner ?? null, body.public ?? false, fileSizeLimit, allowedMimeTypes],
    ),
  ).catch((cause: unknown) => {
    throw (cause as { code?: string }).code === '23505' ? REFUSED.bucketExists({ cause }) : cause;
  });
}
