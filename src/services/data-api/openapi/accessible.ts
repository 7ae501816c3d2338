import type { RootRequest } from '../api.ts';
import { keyOf, type Routine, type Table } from '../schema-cache/types.ts';

/** Relations of the schema that the requester has some privilege on; partitions are their table's own affair. */
const TABLES = `
  select c.relname as name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'r', 'm', 'f', 'p') and not c.relispartition and n.nspname = $1
    and (pg_has_role(c.relowner, 'USAGE')
      or has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
      or has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))`;

/** Functions of the schema that the requester may execute, with the names of what they take. */
const ROUTINES = `
  select p.proname as name,
         to_json(coalesce(p.proargnames, array[]::text[])) as names,
         to_json(p.proargmodes::text[]) as modes
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname = $1 and has_function_privilege(p.oid, 'EXECUTE')`;

export interface Accessible {
  readonly tables: readonly Table[];
  readonly routines: readonly Routine[];
}

/** What the document shows: everything in the schema, or what the requester may use. In the order of names. */
export async function accessible(request: RootRequest): Promise<Accessible> {
  const { cache, schema } = request;
  const tables = [...cache.tables.values()].filter((table) => table.schema === schema).sort(byName);
  const routines = [...cache.routines.values()].flat().filter((routine) => routine.schema === schema);
  if (request.config.openapiMode === 'ignore-privileges') return { tables, routines: routines.sort(byName) };
  const visible = new Set((await request.query<{ name: string }>(TABLES, [schema])).map(({ name }) => name));
  const executable = new Set((await request.query<FoundRoutine>(ROUTINES, [schema])).map(signatureOf));
  return {
    tables: tables.filter(({ name }) => visible.has(name)),
    routines: routines.filter((routine) => executable.has(signature(routine, namesOf(routine)))).sort(byName),
  };
}

interface FoundRoutine {
  name: string;
  names: string[];
  modes: string[] | null;
}

const INPUTS = new Set(['i', 'b', 'v']);

function signatureOf({ name, names, modes }: FoundRoutine): string {
  const inputs = modes === null ? names : names.filter((_, index) => INPUTS.has(modes[index]!));
  return signature({ name }, inputs);
}

function signature({ name }: { readonly name: string }, argumentNames: readonly string[]): string {
  return keyOf({ schema: name, name: argumentNames.filter(Boolean).join('\0') });
}

function namesOf({ parameters }: Routine): string[] {
  return parameters.map(({ name }) => name);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
