/**
 * The quick check: one statement reads what a table's rule needs of the rows as they are now, and the fingerprint of what the rule
 * was made from in the same snapshot. Who may see a row is then a look-up by account, whatever the number of subscribers.
 */
import type { RawResult, Statement } from '#kernel/postgres/database.ts';
import { fingerprintSql, type TableFacts } from '../changes/catalogue.ts';
import type { RowFacts, Rule } from './rule.ts';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Reads the rows of these keys (values of the primary key's columns, as text), and the fingerprint, as service_role. */
export function rowsStatement(table: TableFacts, rule: Rule, keys: readonly (readonly string[])[]): Statement {
  return {
    text: statement(table, rule),
    values: [String(table.oid), ...table.key.map((_, index) => keys.map((key) => key[index]!))],
  };
}

/** For each key the facts of its row, or undefined when it is gone. `stale`: the catalogue has changed, and the rule with it. */
export function readRows(
  result: RawResult,
  table: TableFacts,
  rule: Rule,
  count: number,
): (RowFacts | undefined)[] | 'stale' {
  const uids = rule.uidColumns.length;
  const rows: (RowFacts | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const [, fingerprint, position, found, ...values] of result.rows) {
    if (fingerprint?.toString('latin1') !== table.fingerprint) return 'stale';
    if (found === null) continue;
    const texts = values.map((value) => value?.toString('utf8') ?? null);
    rows[Number(position!.toString('latin1')) - 1] = {
      uids: texts.slice(0, uids),
      answers: texts.slice(uids).map(asBoolean),
    };
  }
  return rows;
}

function asBoolean(text: string | null): boolean | null {
  return text === null ? null : text === 't';
}

function statement({ sqlName, key, columns }: TableFacts, { uidColumns, rowConditions }: Rule): string {
  const read = [
    'true as freehold_found',
    ...uidColumns.map((name, index) => `(${quoted(name)})::text as freehold_uid${index}`),
    ...rowConditions.map((sql, index) => `(${sql})::boolean as freehold_row${index}`),
  ];
  const outputs = [
    'r.freehold_found',
    ...uidColumns.map((_, index) => `r.freehold_uid${index}`),
    ...rowConditions.map((_, index) => `r.freehold_row${index}`),
  ];
  const arrays = key.map((_, index) => `$${index + 2}::text[]`).join(', ');
  const names = key.map((_, index) => `freehold_key${index}`).join(', ');
  const matches = key
    .map((name, index) => `${quoted(name)} = freehold_key${index}::${columns.get(name)!.sqlType}`)
    .join(' and ');
  return `select pg_current_snapshot(), ${fingerprintSql('$1::oid')}, k.freehold_position, ${outputs.join(', ')}
    from unnest(${arrays}) with ordinality as k(${names}, freehold_position)
    left join lateral (select ${read.join(', ')} from ${sqlName} where ${matches}) as r on true`;
}
