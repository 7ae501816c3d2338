import { OperatorError } from '../errors.ts';
import type { ConnectionTarget } from './database.ts';
import { withOwner } from './owner.ts';

export interface CatalogueFault {
  /** `public.trading_signals`; partitions stand for themselves. */
  readonly table: string;
  readonly missing: readonly ('enabled' | 'forced' | 'policy')[];
}

export interface CatalogueReport {
  readonly tables: number;
  readonly faults: readonly CatalogueFault[];
}

interface TableRow {
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  readonly partition: boolean;
}

const TABLES = `
  select format('%s.%s', n.nspname, c.relname) as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         c.relispartition as partition, (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and n.nspname = any ($1)
    and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
  order by 1`;

/**
 * Holds every table of the schemas (partitions and foreign tables included, those of extensions not) to: row level security
 * enabled, forced, and at least one policy, or a named exception. A partition with both switches on and no policy is closed
 * to everyone who asks it directly, which is what we want: its rows are reached through the parent, so it needs no policy.
 * `exceptions`: `schema.table` (or `table` for public) -> reason; it waives the policy only, and a `*` at the end stands
 * for any rest. Throws OperatorError when there is nothing to check, or when an exception names no table: then the check
 * would pass without having looked.
 */
export async function checkCatalogue(options: {
  owner: ConnectionTarget;
  schemas: readonly string[];
  exceptions?: Readonly<Record<string, string>>;
}): Promise<CatalogueReport> {
  const { schemas, exceptions = {} } = options;
  const rows = await withOwner(options.owner, async (client) => (await client.query<TableRow>(TABLES, [schemas])).rows);
  if (rows.length === 0)
    throw new OperatorError(`the schemas ${schemas.join(', ') || '(none)'} hold no table to check`);
  const names = Object.keys(exceptions);
  const idle = names.find((name) => !rows.some((row) => covers(name, row.table)));
  if (idle) throw new OperatorError(`the exception "${idle}" names no table of ${schemas.join(', ')}`);
  const faults = rows
    .map((row) => ({ table: row.table, missing: missing(row, names) }))
    .filter((fault) => fault.missing.length > 0);
  return { tables: rows.length, faults };
}

function missing(row: TableRow, exceptions: readonly string[]): CatalogueFault['missing'] {
  const waived = row.partition || exceptions.some((name) => covers(name, row.table));
  return [
    ...(row.enabled ? [] : (['enabled'] as const)),
    ...(row.forced ? [] : (['forced'] as const)),
    ...(row.policies > 0 || waived ? [] : (['policy'] as const)),
  ];
}

function covers(exception: string, table: string): boolean {
  const name = exception.includes('.') ? exception : `public.${exception}`;
  return name.endsWith('*') ? table.startsWith(name.slice(0, -1)) : table === name;
}
