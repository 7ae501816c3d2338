import type { Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import type { ObjectMetadata } from './object-row.ts';

/** An object, or a folder: then everything but the name is null, and the name ends in the delimiter. */
export interface ListEntry {
  /** Whole, from the bucket's root. */
  readonly name: string;
  readonly id: string | null;
  readonly updated_at: Date | null;
  readonly created_at: Date | null;
  readonly last_accessed_at: Date | null;
  readonly metadata: ObjectMetadata | null;
}

export interface PageRequest {
  readonly prefix: string;
  /** Empty: no folders. */
  readonly delimiter: string;
  /** Entries come from behind this name. */
  readonly after: string;
  readonly limit: number;
}

export interface Page {
  readonly entries: readonly ListEntry[];
  /** Where the next page begins; undefined when there is none. */
  readonly next: string | undefined;
}

const HIGHEST = '\u{10ffff}';

/** In the order of the names' bytes. */
export async function listPage(scope: Scope, bucket: string, request: PageRequest): Promise<Page> {
  const { prefix, delimiter, after, limit } = request;
  const found = await asCaller(scope, (session) =>
    session.query<ListEntry>('select * from storage.list_page($1, $2, $3, $4, $5)', [
      bucket,
      prefix,
      delimiter,
      after,
      limit + 1,
    ]),
  );
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  if (found.length <= limit || !last) return { entries, next: undefined };
  return { entries, next: last.id === null ? last.name + HIGHEST : last.name };
}

export interface SortedRequest extends Omit<PageRequest, 'after'> {
  readonly column: 'name' | 'created_at' | 'updated_at';
  readonly order: 'asc' | 'desc';
  readonly offset: number;
}

/** In another order than the names': every name under the prefix is looked at for each page. Folders come first, by name. */
export async function listSorted(scope: Scope, bucket: string, request: SortedRequest): Promise<readonly ListEntry[]> {
  const { prefix, delimiter, column, order, limit, offset } = request;
  return asCaller(scope, (session) =>
    session.query<ListEntry>(
      `with found as (
         select o.*, case when $3 <> '' then strpos(substr(o.name, length($2) + 1), $3) else 0 end as cut
         from storage.objects as o
         where o.bucket_id = $1 and o.name collate "C" >= $2 and o.name collate "C" < $2 || chr(1114111)
       ), entries as (
         select distinct left(name, length($2) + cut + length($3) - 1) as name, null::uuid as id, null::timestamptz as updated_at,
           null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
         from found where cut > 0
         union all
         select name, id, updated_at, created_at, last_accessed_at, metadata from found where cut = 0
       )
       select * from entries order by (id is not null), ${column} ${column === 'name' ? 'collate "C"' : ''} ${order},
         name collate "C" ${order} limit $4 offset $5`,
      [bucket, prefix, delimiter, limit, offset],
    ),
  );
}
