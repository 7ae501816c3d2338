import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import { BUCKET_COLUMNS, type Bucket } from './bucket.ts';

const SORTED_BY = new Set(['id', 'name', 'created_at', 'updated_at']);

export interface BucketSearch {
  readonly limit?: number;
  readonly offset?: number;
  readonly search?: string;
  readonly sortColumn?: string;
  readonly sortOrder?: string;
}

export async function listBucketsRoute({ query, scope }: Exchange): Promise<readonly Bucket[]> {
  return listBuckets(await scope(), {
    limit: wholeNumber(query, 'limit'),
    offset: wholeNumber(query, 'offset'),
    search: query.get('search') ?? undefined,
    sortColumn: query.get('sortColumn') ?? undefined,
    sortOrder: query.get('sortOrder') ?? undefined,
  });
}

/** The buckets that the caller may see. */
export function listBuckets(scope: Scope, search: BucketSearch = {}): Promise<Bucket[]> {
  const column = search.sortColumn ?? 'name';
  const order = search.sortOrder ?? 'asc';
  if (!SORTED_BY.has(column)) throw allowed('sortColumn');
  if (order !== 'asc' && order !== 'desc') throw allowed('sortOrder');
  return asCaller(scope, (session) =>
    session.query<Bucket>(
      `select ${BUCKET_COLUMNS} from storage.buckets
       where $1::text is null or strpos(lower(name), lower($1)) > 0
       order by ${column} ${order}, id limit $2 offset $3`,
      [search.search ?? null, search.limit ?? null, search.offset ?? 0],
    ),
  );
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw REFUSED.invalidRequest({ message: `querystring/${name} must be integer` });
  return Number(text);
}

const allowed = (name: string) =>
  REFUSED.invalidRequest({ message: `querystring/${name} must be equal to one of the allowed values` });
