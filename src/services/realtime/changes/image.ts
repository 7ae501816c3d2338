import { type Database, SERVICE } from '#kernel/postgres/database.ts';
import type { Tuple } from '#kernel/postgres/replication/pgoutput.ts';
import type { Catalogue } from './catalogue.ts';
import type { Image } from './payload.ts';
import type { RowChange } from './row-change.ts';
import { isUnavailable } from './unavailable.ts';
import { valueAsJson } from './values.ts';

/** The change as JSON values; asks Postgres for those that only it can turn into JSON. */
export async function imageOf(
  { change, schema, name }: { change: RowChange; schema: string; name: string },
  catalogue: Catalogue,
  services: Database,
): Promise<Image> {
  const { columns } = change.relation;
  const asked: { text: string; type: string; put: (json: string) => void }[] = [];
  const record = (tuple: Tuple | undefined): (string | undefined)[] | undefined => {
    if (!tuple) return undefined;
    const values: (string | undefined)[] = [];
    for (const [index, column] of columns.entries()) {
      const text = tuple[index];
      if (text === undefined) continue;
      if (text === null) {
        values[index] = 'null';
        continue;
      }
      const json = valueAsJson(text, column.typeOid, catalogue.type);
      if (json === undefined) {
        const type = catalogue.type(column.typeOid)!.sqlName;
        asked.push({ text, type, put: (value) => (values[index] = value) });
      } else values[index] = json;
    }
    return values;
  };
  const image: Image = {
    type: change.type,
    schema,
    table: name,
    committedAt: change.committedAt,
    columns,
    typeNames: columns.map(({ typeOid }) => catalogue.type(typeOid)?.name ?? 'unknown'),
    record: record(change.row),
    oldRecord: record(change.old),
  };
  for (const { text, type, put } of asked) put(await askedJson(services, text, type));
  return image;
}

/** A value whose type has changed meanwhile stays text. */
async function askedJson(services: Database, text: string, type: string): Promise<string> {
  try {
    const { json } = await services.as(SERVICE, (session) =>
      session.one<{ json: string }>(`select to_jsonb($1::text::${type})::text as json`, [text]),
    );
    return json;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return JSON.stringify(text);
  }
}
