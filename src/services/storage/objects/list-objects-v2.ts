import Type, { type Static } from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import type { Scope } from '../parts.ts';
import { type ListEntry, listPage, listSorted } from './list-page.ts';

const COLUMN = Type.Union([Type.Literal('name'), Type.Literal('updated_at'), Type.Literal('created_at')]);
const ORDER = Type.Union([Type.Literal('asc'), Type.Literal('desc')]);
const BODY = Type.Object({
  prefix: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  cursor: Type.Optional(Type.String()),
  with_delimiter: Type.Optional(Type.Boolean()),
  exactMatch: Type.Optional(Type.Boolean()),
  sortBy: Type.Optional(Type.Object({ column: Type.Optional(COLUMN), order: Type.Optional(ORDER) })),
});

const MAX_LIMIT = 1000;

export interface ListedV2 {
  readonly hasNext: boolean;
  readonly nextCursor?: string;
  readonly folders: readonly { name: string; key?: string }[];
  readonly objects: readonly (ListEntry & { key?: string })[];
}

export async function listObjectsV2Route(exchange: Exchange): Promise<ListedV2> {
  const body = await readJson(exchange.request, BODY);
  if (body.exactMatch) throw REFUSED.invalidRequest({ message: 'exactMatch is not supported' });
  const { entries, next } = await page(await exchange.scope(), exchange.params['bucket']!, body);
  const delimited = body.with_delimiter === true;
  const named = entries.map((entry) => (delimited ? { ...entry, key: keyOf(entry.name) } : entry));
  return {
    hasNext: next !== undefined,
    ...(next !== undefined && { nextCursor: next }),
    folders: named
      .filter(({ id }) => id === null)
      .map((entry) => ({ name: entry.name, ...('key' in entry && { key: entry.key }) })),
    objects: named.filter(({ id }) => id !== null),
  };
}

/** Cursors say where to go on: behind a name, or after so many rows where names are not what is sorted by. */
async function page(scope: Scope, bucket: string, body: Static<typeof BODY>) {
  const { prefix = '', sortBy: { column = 'name', order = 'asc' } = {} } = body;
  const limit = Math.min(body.limit ?? MAX_LIMIT, MAX_LIMIT);
  const delimiter = body.with_delimiter ? '/' : '';
  const cursor = body.cursor ? Buffer.from(body.cursor, 'base64url').toString('utf8') : undefined;
  if (column === 'name' && order === 'asc') {
    if (cursor !== undefined && !cursor.startsWith('n:')) throw badCursor();
    const found = await listPage(scope, bucket, { prefix, delimiter, after: cursor?.slice(2) ?? '', limit });
    return { entries: found.entries, next: found.next === undefined ? undefined : encoded(`n:${found.next}`) };
  }
  if (cursor !== undefined && !/^o:\d{1,9}$/.test(cursor)) throw badCursor();
  const offset = Number(cursor?.slice(2) ?? 0);
  const rows = await listSorted(scope, bucket, { prefix, delimiter, column, order, limit: limit + 1, offset });
  return { entries: rows.slice(0, limit), next: rows.length > limit ? encoded(`o:${offset + limit}`) : undefined };
}

const encoded = (cursor: string) => Buffer.from(cursor).toString('base64url');
const badCursor = () => REFUSED.invalidRequest({ message: 'body/cursor is not a cursor of this list' });
const keyOf = (name: string) => name.replace(/\/$/, '').split('/').at(-1)!;
