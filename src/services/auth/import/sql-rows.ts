/** Rows of a plain dump of pg_dump or `supabase db dump`: COPY blocks and INSERT statements. Other statements are passed by. */
import { type DumpRow, isDumpTable } from './dump-row.ts';
import { InsertScanner } from './insert-scanner.ts';

const NAME = String.raw`(?:"([^"]+)"|(\w+))`;
const COPY = new RegExp(String.raw`^COPY ${NAME}\.${NAME} \((.*)\) FROM stdin`, 'i');
const INSERT = new RegExp(String.raw`^INSERT INTO ${NAME}\.${NAME} \(([^)]*)\)(?: OVERRIDING \w+ VALUE)? VALUES`, 'i');

export async function* sqlRows(lines: AsyncIterable<string>): AsyncGenerator<DumpRow> {
  let copy: { readonly columns: readonly string[]; readonly table: string | undefined } | undefined;
  let insert:
    | { readonly columns: readonly string[]; readonly table: string | undefined; scanner: InsertScanner }
    | undefined;
  let dollar: string | undefined;
  for await (const raw of lines) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (copy) {
      if (line === '\\.') copy = undefined;
      else if (copy.table) yield row(copy.table, copy.columns, copyValues(line));
      continue;
    }
    if (insert) {
      yield* scanned(insert, `${raw}\n`);
      if (insert.scanner.done) insert = undefined;
      continue;
    }
    dollar = dollarQuoteAfter(line, dollar);
    if (dollar) continue;
    const copying = COPY.exec(line);
    if (copying) {
      copy = target(copying);
      continue;
    }
    const inserting = INSERT.exec(line);
    if (!inserting) continue;
    insert = { ...target(inserting), scanner: new InsertScanner() };
    yield* scanned(insert, `${raw.slice(inserting[0].length)}\n`);
    if (insert.scanner.done) insert = undefined;
  }
}

function target(match: RegExpExecArray): { columns: readonly string[]; table: string | undefined } {
  const [, schemaQuoted, schema, tableQuoted, table, columns = ''] = match;
  const [inSchema, name] = [schemaQuoted ?? schema ?? '', tableQuoted ?? table ?? ''];
  return {
    table: isDumpTable(inSchema, name) ? name : undefined,
    columns: columns.split(',').map((column) => column.trim().replace(/^"(.*)"$/, '$1')),
  };
}

function* scanned(
  { table, columns, scanner }: { table: string | undefined; columns: readonly string[]; scanner: InsertScanner },
  text: string,
): Generator<DumpRow> {
  for (const values of scanner.feed(text)) if (table) yield row(table, columns, values);
}

const row = (table: string, columns: readonly string[], values: readonly (string | null)[]): DumpRow => ({
  table: table as DumpRow['table'],
  values: Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null])),
});

/** The tag of a dollar-quoted text that is open after this line: what stands in a function's body is no statement of the dump. */
function dollarQuoteAfter(line: string, open: string | undefined): string | undefined {
  let tag = open;
  for (const [found] of line.matchAll(/\$(?:[A-Za-z_]\w*)?\$/g)) {
    if (tag === undefined) tag = found;
    else if (tag === found) tag = undefined;
  }
  return tag;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** COPY's text format: tabs between values, \N for null, backslash escapes. */
function copyValues(line: string): (string | null)[] {
  return line
    .split('\t')
    .map((value) => (value === '\\N' ? null : value.replace(/\\(.)/g, (_, sign: string) => ESCAPES[sign] ?? sign)));
}
