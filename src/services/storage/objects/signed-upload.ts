import { bucketRules } from '../buckets/bucket.ts';
import type { Exchange } from '../http/exchange.ts';
import { type Caller, ownerOf } from '../parts.ts';
import { addressOf } from './read-object.ts';
import { asPath, signedAddress } from './signed-address.ts';
import { requireWritable } from './store-object.ts';
import { uploadObject } from './upload-object.ts';
import { uploadSource } from './upload-source.ts';

/** As upstream: two hours. */
const SECONDS = 7200;

/** Whoever may upload lets somebody else do it in his name. */
export async function signUploadRoute(exchange: Exchange): Promise<{ url: string; token: string }> {
  const at = addressOf(exchange);
  const scope = await exchange.scope();
  const upsert = exchange.header('x-upsert') === 'true';
  await bucketRules(scope.parts, at.bucket);
  const headers = { mimeType: 'application/octet-stream', cacheControl: 'no-cache' };
  await requireWritable(scope, at, headers, undefined, { overwrite: upsert });
  const url = `${at.bucket}/${at.name}`;
  const token = await scope.parts.tokens.sign({ url, upsert, owner: ownerOf(scope.caller) }, SECONDS);
  return { url: `/object/upload/sign/${asPath(url)}?token=${token}`, token };
}

/** The signature is the permission; the object belongs to who signed. */
export async function uploadSignedRoute(exchange: Exchange): Promise<{ Key: string; Id: string }> {
  const { at, claims } = await signedAddress(exchange, 'write');
  const scope = await exchange.scope(signer(claims.owner));
  const source = await uploadSource(exchange.request);
  const { id } = await uploadObject(scope, at, source, { overwrite: claims.upsert, owner: claims.owner });
  return { Key: `${at.bucket}/${at.name}`, Id: id };
}

function signer(owner: string | undefined): Caller {
  const claims = { role: 'service_role', ...(owner && { sub: owner }) };
  return { identity: { role: 'service_role', claims }, authenticated: true };
}
