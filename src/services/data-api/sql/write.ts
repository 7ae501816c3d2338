/** Mutations and calls as SQL: the JSON body is one parameter that Postgres itself takes apart. Shape as in PostgREST's QueryBuilder. */
import type { BodyColumn, Call, Condition, Mutation, Payload } from '../plan/types.ts';
import { condition } from './expressions.ts';
import { arrayLiteral, identifier, literal, type Parameters, qualified } from './text.ts';

/** Counts rows inserted, less those that turned out to be updates: tells 201 from 200 after an upsert. */
const COUNT_INSERTED = `set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) + 1)::text, true) <> '0'`;
const COUNT_UPDATED = `set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) - 1)::text, true) <> '-1'`;

export function mutationQuery(mutation: Mutation, parameters: Parameters): string {
  switch (mutation.kind) {
    case 'insert':
      return insertQuery(mutation, parameters);
    case 'update':
      return updateQuery(mutation, parameters);
    case 'delete': {
      const table = qualified(mutation.table);
      return `DELETE FROM ${table} ${whereOf(mutation.where, table, parameters)} ${returning(mutation)}`;
    }
  }
}

function whereOf(where: readonly Condition[], table: string, parameters: Parameters): string {
  return where.length === 0 ? '' : `WHERE ${where.map((each) => condition(table, each, parameters)).join(' AND ')}`;
}

function returning({ table, returning: columns }: Mutation): string {
  if (columns.length === 0) return 'RETURNING 1';
  const name = qualified(table);
  return `RETURNING ${columns.map((column) => (column === '*' ? `${name}.*` : `${name}.${identifier(column)}`)).join(', ')}`;
}

function insertQuery(insert: Extract<Mutation, { kind: 'insert' }>, parameters: Parameters): string {
  const { columns, conflict, matches } = insert;
  const names = columns.map(({ name }) => identifier(name));
  const body = fromBody(insert.payload, columns, insert.applyDefaults, parameters);
  const counts = conflict?.resolution === 'merge';
  const where = [
    ...(counts ? [COUNT_INSERTED] : []),
    ...matches.map((each) => condition('"pgrst_body"', each, parameters)),
  ];
  return [
    `INSERT INTO ${qualified(insert.table)}${names.length === 0 ? '' : `(${names.join(', ')})`}`,
    `SELECT ${names.map((name) => `"pgrst_body".${name}`).join(', ')} ${body}`,
    where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`,
    conflict ? onConflict(conflict, names) : '',
    returning(insert),
  ].join(' ');
}

function onConflict(
  { columns, resolution }: { columns: readonly string[]; resolution: 'merge' | 'ignore' },
  names: readonly string[],
): string {
  const target = `ON CONFLICT(${columns.map(identifier).join(', ')})`;
  if (resolution === 'ignore' || names.length === 0) return `${target} DO NOTHING`;
  return `${target} DO UPDATE SET ${names.map((name) => `${name} = EXCLUDED.${name}`).join(', ')} WHERE ${COUNT_UPDATED}`;
}

function updateQuery(update: Extract<Mutation, { kind: 'update' }>, parameters: Parameters): string {
  const table = qualified(update.table);
  if (update.columns.length === 0) {
    const columns = update.returning.map((name) => (name === '*' ? `${table}.*` : `${table}.${identifier(name)}`));
    return `SELECT ${columns.length === 0 ? 'NULL' : columns.join(', ')} FROM ${table} WHERE false`;
  }
  const sets = update.columns.map(({ name }) => `${identifier(name)} = "pgrst_body".${identifier(name)}`);
  const body = fromBody(update.payload, update.columns, update.applyDefaults, parameters);
  return `UPDATE ${table} SET ${sets.join(', ')} ${body} ${whereOf(update.where, table, parameters)} ${returning(update)}`;
}

/** `FROM` that yields the body's records as pgrst_body, with the columns' types, and defaults where asked for. */
function fromBody(
  payload: Payload,
  columns: readonly BodyColumn[],
  applyDefaults: boolean,
  parameters: Parameters,
  onlyOne = false,
): string {
  const kind = applyDefaults ? 'jsonb' : 'json';
  const source = `FROM (SELECT ${parameters.add(textOf(payload))}::${kind} AS json_data) pgrst_payload, `;
  const defaults = applyDefaults ? withDefaults(payload, columns) : '';
  const value = applyDefaults ? 'pgrst_json_defs.val' : 'pgrst_payload.json_data';
  const read = columns.map(({ name, representation }) => {
    const column = `_.${identifier(name)}`;
    return representation ? `${representation}(${column}) AS ${identifier(name)}` : column;
  });
  const typed = columns.map(({ name, type }) => `${identifier(name)} ${type}`);
  const one = onlyOne ? ' LIMIT 1' : '';
  let records = `${kind}_to_record${payload.isObject ? '' : 'set'}(${value}) AS _(${typed.join(', ')})${one}`;
  if (columns.length === 0) records = payload.isObject ? '(values(1)) _' : `${kind}_array_elements(${value}) _`;
  return `${source}${defaults}LATERAL (SELECT ${read.join(', ')} FROM ${records}) pgrst_body`;
}

/** JSON that is not UTF-8 is refused by Postgres, as any invalid text is. */
function textOf({ text }: Payload): string {
  return typeof text === 'string' ? text : text.toString('utf8');
}

function withDefaults(payload: Payload, columns: readonly BodyColumn[]): string {
  const pairs = columns.flatMap((column) =>
    column.default === null ? [] : [`${literal(column.name)}, ${column.default}`],
  );
  const object = `jsonb_build_object(${pairs.join(', ')})`;
  return payload.isObject
    ? `LATERAL (SELECT ${object} || pgrst_payload.json_data AS val) pgrst_json_defs, `
    : `LATERAL (SELECT coalesce(jsonb_agg(${object} || elem), '[]') AS val FROM jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, `;
}

export function isScalar(call: Pick<Call, 'routine'>): boolean {
  return call.routine.returns.type.kind === 'scalar';
}

export function callQuery(call: Call, parameters: Parameters): string {
  const { before, passed } = argumentsOf(call, parameters);
  const name = qualified(call.routine);
  const run = isScalar(call) ? `(SELECT ${name}(${passed}) pgrst_scalar) pgrst_call` : `${name}(${passed}) pgrst_call`;
  const columns = isScalar(call)
    ? 'pgrst_call.pgrst_scalar'
    : call.returning.map((each) => (each === '*' ? 'pgrst_call.*' : `pgrst_call.${identifier(each)}`)).join(', ');
  return `SELECT ${columns} ${before === '' ? 'FROM ' : `${before}, LATERAL `}${run}`;
}

function argumentsOf(call: Call, parameters: Parameters): { before: string; passed: string } {
  const given = call.arguments;
  switch (given.kind) {
    case 'none':
      return { before: '', passed: '' };
    case 'unnamed':
      return { before: '', passed: `${parameters.add(given.value)}::${given.type}` };
    case 'direct': {
      const list = given.values.map(([name, value, variadic]) => {
        const text = typeof value === 'string' ? value : arrayLiteral(value);
        return `${variadic ? 'VARIADIC ' : ''}${identifier(name)} := ${parameters.add(text)}`;
      });
      return { before: '', passed: list.join(', ') };
    }
    case 'json': {
      const columns = given.parameters.map(([name, type]) => ({ name, type, default: null }));
      const list = given.parameters.map(
        ([name, , variadic]) => `${variadic ? 'VARIADIC ' : ''}${identifier(name)} := "pgrst_body".${identifier(name)}`,
      );
      return {
        before: fromBody(given.payload, columns, false, parameters, !given.payload.isObject),
        passed: list.join(', '),
      };
    }
  }
}
