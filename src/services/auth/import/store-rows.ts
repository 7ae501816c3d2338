import type { Session } from '#kernel/postgres/database.ts';
import type { DumpRow, DumpTable } from './dump-row.ts';

/** Columns of a table and their types, without those that Postgres generates. */
export type TableColumns = ReadonlyMap<string, string>;

export async function columnsOfTable(tx: Session, table: DumpTable): Promise<TableColumns> {
  const rows = await tx.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = ('auth.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

/** Inserts the rows, values as text cast to their columns; rows that meet one already there are left out. Returns the ids of the rest. */
export async function insertRows(
  tx: Session,
  table: DumpTable,
  known: TableColumns,
  rows: readonly DumpRow['values'][],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const given = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = [...known.keys()].filter((name) => given.has(name));
  const quoted = columns.map((name) => `"${name}"`);
  const inserted = await tx.query<{ id: string }>(
    `insert into auth.${table} (${quoted.join(', ')})
     select ${columns.map((name) => `r."${name}"::${known.get(name)}`).join(', ')}
     from jsonb_to_recordset($1::jsonb) as r(${quoted.map((name) => `${name} text`).join(', ')})
     on conflict do nothing returning id`,
    [JSON.stringify(rows)],
  );
  return new Set(inserted.map(({ id }) => id));
}
