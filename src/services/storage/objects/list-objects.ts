import Type from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import { asCaller } from '../sessions.ts';

const BODY = Type.Object({
  prefix: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  search: Type.Optional(Type.String()),
  exactMatch: Type.Optional(Type.Boolean()),
  sortBy: Type.Optional(
    Type.Object({
      column: Type.Optional(
        Type.Union(['name', 'updated_at', 'created_at', 'last_accessed_at'].map((each) => Type.Literal(each))),
      ),
      order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
    }),
  ),
});

/** As upstream: more than this is answered in pages. */
const MAX_LIMIT = 1000;

/** One folder of a bucket, as the caller's policies show it: objects, and folders as rows without an id. */
export async function listObjectsRoute(exchange: Exchange): Promise<readonly Record<string, unknown>[]> {
  const body = await readJson(exchange.request, BODY);
  const { prefix = '', limit = 100, offset = 0, search = '', sortBy, exactMatch } = body;
  if (exactMatch) throw REFUSED.invalidRequest({ message: 'exactMatch is not supported' });
  const folder = prefix !== '' && !prefix.endsWith('/') ? `${prefix}/` : prefix;
  return asCaller(await exchange.scope(), (session) =>
    session.query('select * from storage.search($1, $2, $3, $4, $5, $6, $7, $8)', [
      folder,
      exchange.params['bucket'],
      Math.min(limit, MAX_LIMIT),
      folder.split('/').length,
      offset,
      search,
      sortBy?.column ?? 'name',
      sortBy?.order ?? 'asc',
    ]),
  );
}
