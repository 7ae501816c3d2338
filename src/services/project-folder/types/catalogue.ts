import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';

/** A type of Postgres as generated types need it; a domain stands here as its base type. */
export interface PgType {
  readonly schema: string;
  /** e.g. `int4`, `_text`; of an array the name of the element is in `element`. */
  readonly name: string;
  readonly kind: 'base' | 'enum' | 'composite' | 'table' | 'view';
  readonly element: PgType | null;
}

export interface TypedColumn {
  readonly name: string;
  readonly type: PgType;
  readonly nullable: boolean;
  /** Default, identity or generation: may be left out of an insert. */
  readonly hasDefault: boolean;
  readonly alwaysIdentity: boolean;
  readonly updatable: boolean;
}

export interface TypedRelation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly updatable: boolean;
  readonly columns: readonly TypedColumn[];
}

export interface TypedFunction {
  readonly schema: string;
  readonly name: string;
  readonly set: boolean;
  readonly returns: PgType;
  /** Of RETURNS TABLE and OUT parameters; null where there are none. */
  readonly columns: readonly { readonly name: string; readonly type: PgType }[] | null;
  /** The name is empty where the parameter has none. */
  readonly parameters: readonly { readonly name: string; readonly type: PgType; readonly optional: boolean }[];
}

/** What generated types are made of. */
export interface Catalogue {
  readonly relations: readonly TypedRelation[];
  readonly functions: readonly TypedFunction[];
  readonly enums: readonly { readonly schema: string; readonly name: string; readonly labels: readonly string[] }[];
  readonly composites: readonly {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: PgType }[];
  }[];
}

/** SQL: the JSON of a type's oid, by a function that lives as long as the connection. */
const TYPE_FUNCTION = `
  create function pg_temp.type_json(wanted oid) returns jsonb language plpgsql stable as $$
  declare
    t record;
  begin
    select pt.*, n.nspname, c.relkind into t
    from pg_type pt join pg_namespace n on n.oid = pt.typnamespace left join pg_class c on c.oid = pt.typrelid
    where pt.oid = wanted;
    if t.typtype = 'd' then
      return pg_temp.type_json(t.typbasetype);
    end if;
    return jsonb_build_object(
      'schema', t.nspname, 'name', t.typname,
      'kind', case
        when t.typtype = 'e' then 'enum'
        when t.typtype = 'c' and t.relkind = 'c' then 'composite'
        when t.typtype = 'c' and t.relkind in ('v', 'm') then 'view'
        when t.typtype = 'c' then 'table'
        else 'base'
      end,
      'element', case when t.typcategory = 'A' and t.typelem <> 0 then pg_temp.type_json(t.typelem) end
    );
  end
  $$`;

const RELATIONS = `
  select n.nspname as schema, c.relname as name, case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
         (pg_relation_is_updatable(c.oid, false) & 8) = 8 as updatable,
         coalesce((
           select jsonb_agg(jsonb_build_object(
             'name', a.attname, 'type', pg_temp.type_json(a.atttypid),
             'nullable', not (a.attnotnull or (t.typtype = 'd' and t.typnotnull)),
             'hasDefault', a.atthasdef or a.attidentity <> '', 'alwaysIdentity', a.attidentity = 'a',
             'updatable', pg_column_is_updatable(c.oid, a.attnum, false)
           ) order by a.attname collate "C")
           from pg_attribute a join pg_type t on t.oid = a.atttypid
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         ), '[]') as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and n.nspname = any($1)
  order by n.nspname, c.relname collate "C"`;

/** Trigger functions and those of extensions are nobody's to call. */
const FUNCTIONS = `
  select n.nspname as schema, p.proname as name, p.proretset as set, pg_temp.type_json(p.prorettype) as returns,
         (select jsonb_agg(jsonb_build_object('name', coalesce(p.proargnames[i], ''), 'type', pg_temp.type_json(p.proallargtypes[i])) order by i)
          from generate_subscripts(p.proallargtypes, 1) as i where p.proargmodes[i] in ('o', 'b', 't')) as columns,
         coalesce((
           select jsonb_agg(jsonb_build_object(
             'name', coalesce(given.name, ''), 'type', pg_temp.type_json(given.type),
             'optional', given.place > p.pronargs - p.pronargdefaults
           ) order by given.place)
           from (
             select row_number() over (order by i) as place, p.proargnames[i] as name, type
             from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as every(type, i)
             where p.proargmodes is null or p.proargmodes[i] in ('i', 'b', 'v')
           ) as given
         ), '[]') as parameters
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = any($1) and p.prokind = 'f'
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
  order by n.nspname, p.proname collate "C", pg_get_function_identity_arguments(p.oid)`;

const ENUMS = `
  select n.nspname as schema, t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
  from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
  where n.nspname = any($1) group by n.nspname, t.typname order by n.nspname, t.typname collate "C"`;

const COMPOSITES = `
  select n.nspname as schema, c.relname as name,
         jsonb_agg(jsonb_build_object('name', a.attname, 'type', pg_temp.type_json(a.atttypid)) order by a.attname collate "C") as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'c' and n.nspname = any($1) group by n.nspname, c.relname order by n.nspname, c.relname collate "C"`;

/** Reads what generated types of these schemas are made of. Errors are those of Postgres. */
export async function readCatalogue(owner: ConnectionTarget, schemas: readonly string[]): Promise<Catalogue> {
  return withOwner(owner, async (client) => {
    await client.query(TYPE_FUNCTION);
    const rows = async <R>(text: string) => (await client.query(text, [schemas])).rows as R[];
    return {
      relations: await rows<TypedRelation>(RELATIONS),
      functions: await rows<TypedFunction>(FUNCTIONS),
      enums: await rows<Catalogue['enums'][number]>(ENUMS),
      composites: await rows<Catalogue['composites'][number]>(COMPOSITES),
    };
  });
}
