import Type from 'typebox';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import { TRANSFORMATION, writeTransformation } from '../images/transformation.ts';
import { asCaller } from '../sessions.ts';
import { findObject } from './object-row.ts';
import { addressOf } from './read-object.ts';
import { asPath } from './signed-address.ts';

/** Seconds; a signed address is for a while. */
const EXPIRES = Type.Integer({ minimum: 1, maximum: 3_155_760_000 });
const ONE = Type.Object({ expiresIn: EXPIRES, transform: Type.Optional(TRANSFORMATION) });
const MANY = Type.Object({
  expiresIn: EXPIRES,
  paths: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }),
});

/** The address is relative to /storage/v1: the client puts its own in front. */
export async function signObjectRoute(exchange: Exchange): Promise<{ signedURL: string }> {
  const { expiresIn, transform } = await readJson(exchange.request, ONE);
  const at = addressOf(exchange);
  await findObject(await exchange.scope(), at);
  const url = `${at.bucket}/${at.name}`;
  const transformations = transform && writeTransformation(transform);
  const token = await exchange.parts.tokens.sign({ url, ...(transformations && { transformations }) }, expiresIn);
  const door = transformations ? 'render/image/sign' : 'object/sign';
  return { signedURL: `/${door}/${asPath(url)}?token=${token}` };
}

const UNSEEN = 'Either the object does not exist or you do not have access to it';

export interface SignedPath {
  readonly error: string | null;
  readonly path: string;
  readonly signedURL: string | null;
}

/** Many of one bucket, in one statement; what the caller does not see has an error in its place. */
export async function signObjectsRoute(exchange: Exchange): Promise<readonly SignedPath[]> {
  const { expiresIn, paths } = await readJson(exchange.request, MANY);
  const bucket = exchange.params['bucket']!;
  const rows = await asCaller(await exchange.scope(), (session) =>
    session.query<{ name: string }>(
      'select name from storage.objects where bucket_id = $1 and name = any ($2::text[])',
      [bucket, paths.filter((path) => !path.includes('\0'))],
    ),
  );
  const seen = new Set(rows.map(({ name }) => name));
  return Promise.all(
    paths.map(async (path) => {
      if (!seen.has(path)) return { error: UNSEEN, path, signedURL: null };
      const url = `${bucket}/${path}`;
      const token = await exchange.parts.tokens.sign({ url }, expiresIn);
      return { error: null, path, signedURL: `/object/sign/${asPath(url)}?token=${token}` };
    }),
  );
}
