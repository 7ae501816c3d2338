/** The check that is right by construction: Postgres is asked, as each subject, whether the row is there for it. */
import type { Database } from '#kernel/postgres/database.ts';
import type { TableFacts } from '../changes/catalogue.ts';
import type { Subject } from '../changes/subscriptions.ts';

/** Questions of one statement: some 0.1 ms each. */
const QUESTIONS = 2000;
const TIMEOUT_MS = 10_000;

/**
 * For each key (values of the primary key's columns, as text) the subjects of one role that may see its row as it is now.
 * Rejects when Postgres cannot be asked; whoever calls then shows the row to nobody.
 */
export async function visibleTo(
  database: Database,
  table: TableFacts,
  keys: readonly (readonly string[])[],
  subjects: readonly Subject[],
): Promise<Set<Subject>[]> {
  const found = keys.map(() => new Set<Subject>());
  const role = subjects[0]?.role;
  if (role === undefined || keys.length === 0) return found;
  const types = table.key.map((name) => table.columns.get(name)!.sqlType.replace(/ collate .*$/, ''));
  const width = Math.max(1, Math.floor(QUESTIONS / keys.length));
  for (let start = 0; start < subjects.length; start += width) {
    const asked = subjects.slice(start, start + width);
    const rows = await database.as(
      { role, claims: { role } },
      (session) =>
        session.query<{ key: number; claims: number }>(
          'select key_index as key, claims_index as claims from realtime.visible_rows($1, $2::text[], $3::text[], $4::text[], $5::text[])',
          [table.sqlName, table.key, types, keys.flat(), asked.map(({ claims }) => claims)],
        ),
      { statementTimeoutMs: TIMEOUT_MS },
    );
    for (const { key, claims } of rows) found[key - 1]!.add(asked[claims - 1]!);
  }
  return found;
}
