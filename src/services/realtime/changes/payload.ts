/** The JSON of one change, as clients expect it: `data` of the event `postgres_changes`. */
import type { RelationColumn, Tuple } from '#kernel/postgres/replication/pgoutput.ts';
import type { RoleFacts, TableFacts } from './catalogue.ts';
import type { ChangeType } from './row-change.ts';

export interface Image {
  readonly type: ChangeType;
  readonly schema: string;
  readonly table: string;
  readonly committedAt: Date;
  readonly columns: readonly RelationColumn[];
  /** Names of the types, one for each column. */
  readonly typeNames: readonly string[];
  /** JSON of the values, undefined for those that did not come. */
  readonly record: readonly (string | undefined)[] | undefined;
  readonly oldRecord: readonly (string | undefined)[] | undefined;
}

/** Above the limit, fields longer than this are left out. */
const KEPT_FIELD_BYTES = 64;

/**
 * `select`: the columns a binding asked for. Of a deleted row under row level security only the key is shown, since nobody can be
 * asked any more who might see it.
 */
export function changePayload(
  image: Image,
  table: TableFacts,
  role: RoleFacts,
  select: readonly string[] | undefined,
  maxBytes: number,
): string {
  const refusal = refusalOf(image, table, role);
  if (refusal) return envelope(image, { errors: [refusal] });
  const shown = image.columns.map(({ name }) => role.selectable.has(name) && (!select || select.includes(name)));
  const oldShown =
    image.type === 'DELETE' && table.rowSecurity
      ? image.columns.map(({ name }, index) => shown[index]! && table.key.includes(name))
      : shown;
  const tooLarge = bytesOf(image.record) + bytesOf(image.oldRecord) > maxBytes;
  const columns = image.columns.flatMap(({ name }, index) =>
    shown[index] ? [`{"name":${JSON.stringify(name)},"type":${JSON.stringify(image.typeNames[index])}}`] : [],
  );
  return envelope(image, {
    columns: `[${columns.join(',')}]`,
    record: image.type === 'DELETE' ? undefined : recordJson(image, image.record, shown, tooLarge),
    oldRecord: image.type === 'INSERT' ? undefined : recordJson(image, image.oldRecord, oldShown, tooLarge),
    errors: tooLarge ? ['Error 413: Payload Too Large'] : null,
  });
}

function refusalOf({ type }: Image, table: TableFacts, role: RoleFacts): string | undefined {
  if (type === 'DELETE') return undefined;
  if (table.key.length === 0) return 'Error 400: Bad Request, no primary key';
  if (!role.mayUseSchema || table.key.some((name) => !role.selectable.has(name))) return 'Error 401: Unauthorized';
  return undefined;
}

interface Parts {
  readonly columns?: string;
  readonly record?: string;
  readonly oldRecord?: string;
  readonly errors: readonly string[] | null;
}

function envelope({ schema, table, committedAt, type }: Image, { columns, record, oldRecord, errors }: Parts): string {
  const fields = [
    `"schema":${JSON.stringify(schema)}`,
    `"table":${JSON.stringify(table)}`,
    `"commit_timestamp":"${committedAt.toISOString()}"`,
    `"type":"${type}"`,
    `"columns":${columns ?? '[]'}`,
  ];
  if (record !== undefined || type === 'INSERT' || type === 'UPDATE') fields.push(`"record":${record ?? '{}'}`);
  if (oldRecord !== undefined || type === 'UPDATE' || type === 'DELETE')
    fields.push(`"old_record":${oldRecord ?? '{}'}`);
  fields.push(`"errors":${JSON.stringify(errors)}`);
  return `{${fields.join(',')}}`;
}

function recordJson(
  { columns }: Image,
  values: readonly (string | undefined)[] | undefined,
  shown: readonly boolean[],
  tooLarge: boolean,
): string {
  const fields = columns.flatMap(({ name }, index) => {
    const value = values?.[index];
    if (value === undefined || !shown[index]) return [];
    if (tooLarge && Buffer.byteLength(value) > KEPT_FIELD_BYTES) return [];
    return [`${JSON.stringify(name)}:${value}`];
  });
  return `{${fields.join(',')}}`;
}

function bytesOf(values: readonly (string | undefined)[] | undefined): number {
  let bytes = 0;
  for (const value of values ?? []) bytes += value === undefined ? 0 : value.length;
  return bytes;
}

/** What a filter compares: the new row, or of a deleted one what the log has of it. */
export function filtered(type: ChangeType, row: Tuple | undefined, old: Tuple | undefined): Tuple {
  return (type === 'DELETE' ? old : row) ?? [];
}
