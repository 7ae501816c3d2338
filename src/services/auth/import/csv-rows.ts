/** Rows of a CSV file with a header (RFC 4180), as the dashboard and `\copy ... csv header` write it; an empty unquoted value is null. */
import { OperatorError } from '#kernel/errors.ts';
import { type DumpRow, tableOfColumns } from './dump-row.ts';

export async function* csvRows(chunks: AsyncIterable<string>): AsyncGenerator<DumpRow> {
  let columns: readonly string[] | undefined;
  let table: DumpRow['table'] | undefined;
  for await (const record of csvRecords(chunks)) {
    if (!columns) {
      columns = record.map((name) => (name ?? '').trim());
      table = tableOfColumns(columns);
      if (!table)
        throw new OperatorError(
          `The first line of the CSV file names no columns of auth.users: ${columns.join(', ')}`,
          {
            remedy: 'Export it with a header, e.g. `\\copy auth.users to users.csv csv header`.',
          },
        );
      continue;
    }
    const names = columns;
    yield { table: table!, values: Object.fromEntries(names.map((name, index) => [name, record[index] ?? null])) };
  }
}

async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<(string | null)[]> {
  let record: (string | null)[] = [];
  let value = '';
  let wasQuoted = false;
  let state: 'plain' | 'quoted' | 'quote in quoted' = 'plain';
  const finish = () => {
    record.push(value === '' && !wasQuoted ? null : value);
    value = '';
    wasQuoted = false;
  };
  for await (const chunk of chunks)
    for (const sign of chunk) {
      if (state === 'quoted') {
        if (sign === '"') state = 'quote in quoted';
        else value += sign;
        continue;
      }
      if (sign === '"') {
        if (state === 'quote in quoted') value += '"';
        state = 'quoted';
        wasQuoted = true;
        continue;
      }
      state = 'plain';
      if (sign === ',') finish();
      else if (sign === '\n') {
        finish();
        if (record.length > 1 || record[0] !== null) yield record;
        record = [];
      } else if (sign !== '\r') value += sign;
    }
  if (value !== '' || wasQuoted || record.length > 0) {
    finish();
    yield record;
  }
}
