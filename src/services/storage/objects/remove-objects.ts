import Type from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import type { Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import { addressOf } from './read-object.ts';

const MAX_NAMES = 1000;
const VERSIONED = Type.Object({ path: Type.String(), versionId: Type.String() });
const BODY = Type.Object({
  prefixes: Type.Array(Type.Union([Type.String(), VERSIONED]), { minItems: 1, maxItems: MAX_NAMES }),
});

const RETURNED =
  'id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at, updated_at, last_accessed_at';

/** Many at once; answers the rows that are gone. What the caller may not delete, or is not there, is passed over. */
export async function removeObjectsRoute(exchange: Exchange): Promise<readonly Record<string, unknown>[]> {
  const { prefixes } = await readJson(exchange.request, BODY);
  const names = prefixes.map((each) => (typeof each === 'string' ? each : each.path));
  return removeObjects(await exchange.scope(), exchange.params['bucket']!, names);
}

export async function removeObjectRoute(exchange: Exchange): Promise<{ message: string }> {
  const { bucket, name } = addressOf(exchange);
  const gone = await removeObjects(await exchange.scope(), bucket, [name]);
  if (gone.length === 0) throw REFUSED.noSuchKey();
  return { message: 'Successfully deleted' };
}

/** Rows first, bytes after the commit: what is answered cannot come back. */
export async function removeObjects(
  scope: Scope,
  bucket: string,
  names: readonly string[],
): Promise<readonly ({ name: string; version: string | null } & Record<string, unknown>)[]> {
  // NUL is in no name, and Postgres takes it in no text.
  const possible = names.filter((name) => !name.includes('\0'));
  const gone = await asCaller(scope, (session) =>
    session.query<{ name: string; version: string | null }>(
      `delete from storage.objects where bucket_id = $1 and name = any ($2::text[]) returning ${RETURNED}`,
      [bucket, possible],
    ),
  );
  scope.parts.garbage.collect(gone.map(({ version }) => version));
  return gone;
}
