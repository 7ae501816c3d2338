/** What the catalogue says of tables and types, with a fingerprint that changes whenever any of it does. */
import type { Database } from '#kernel/postgres/database.ts';
import { SERVICE } from '#kernel/postgres/database.ts';
import type { TypeFacts } from './values.ts';

export interface ColumnFacts {
  readonly name: string;
  readonly typeOid: number;
  /** As SQL writes it, collation included where it is not the default one. */
  readonly sqlType: string;
  /** Equal text is equal value: the collation, if there is one, is deterministic. */
  readonly deterministic: boolean;
  readonly isEnum: boolean;
}

export interface PolicyFacts {
  readonly oid: number;
  readonly permissive: boolean;
  /** The condition as Postgres prints it; null is none, which lets pass. */
  readonly condition: string | null;
}

/** A table as one role has it. */
export interface RoleFacts {
  /** Policies decide about rows; false where row level security is off, or the role stands above it. */
  readonly restricted: boolean;
  readonly mayUseSchema: boolean;
  readonly selectable: ReadonlySet<string>;
  /** May call the functions that policies are made with. */
  readonly mayAsk: boolean;
  /** Oids of the policies that concern the role. */
  readonly policies: ReadonlySet<number>;
}

export interface TableFacts {
  readonly oid: number;
  /** `schema.table`, quoted where needed. */
  readonly sqlName: string;
  readonly rowSecurity: boolean;
  readonly key: readonly string[];
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly policies: readonly PolicyFacts[];
  readonly roles: ReadonlyMap<string, RoleFacts>;
  /** `auth.uid()` and `auth.role()` are those the platform made, and comparisons of built-in types those of Postgres. */
  readonly knownFunctions: boolean;
  readonly fingerprint: string;
}

/** Bodies of the functions that the quick check of visibility knows, without their white space. */
const UID_BODY =
  "selectcoalesce(nullif(current_setting('request.jwt.claim.sub',true),''),nullif(current_setting('request.jwt.claims',true),'')::jsonb->>'sub')::uuid";
const ROLE_BODY =
  "selectcoalesce(nullif(current_setting('request.jwt.claim.role',true),''),nullif(current_setting('request.jwt.claims',true),'')::jsonb->>'role')";

/**
 * SQL of the fingerprint of table `$1` (an oid expression): everything that `TableFacts` is made of, and the functions that the
 * fast check of visibility takes for known. Row versions stand for contents: whatever is altered gets a new one.
 */
export function fingerprintSql(oid: string): string {
  return `(select md5(concat_ws('|', fc.xmin, fn.xmin,
    (select string_agg(concat_ws(':', p.oid, p.xmin), ',' order by p.oid) from pg_policy as p where p.polrelid = fc.oid),
    (select concat_ws(':', count(*), sum(a.xmin::text::numeric), max(a.xmin::text::numeric)) from pg_attribute as a where a.attrelid = fc.oid),
    (select string_agg(concat_ws(':', i.indexrelid, i.xmin), ',' order by i.indexrelid) from pg_index as i where i.indrelid = fc.oid),
    (select string_agg(concat_ws(':', f.oid, f.xmin), ',' order by f.oid) from pg_proc as f
     where f.oid in (to_regprocedure('auth.uid()'), to_regprocedure('auth.role()'))),
    (select o.oid from pg_operator as o order by o.oid desc limit 1),
    (select concat_ws(':', count(*), sum(m.xmin::text::numeric), max(m.xmin::text::numeric)) from pg_auth_members as m),
    (select string_agg(concat_ws(':', r.rolname, r.rolsuper, r.rolbypassrls, r.rolinherit), ',' order by r.oid) from pg_roles as r)))
  from pg_class as fc join pg_namespace as fn on fn.oid = fc.relnamespace where fc.oid = ${oid})`;
}

const FACTS = `
select c.oid::int8 as oid, format('%I.%I', n.nspname, c.relname) as name, c.relrowsecurity as rls,
  ${fingerprintSql('c.oid')} as fingerprint,
  coalesce((
    select jsonb_agg(a.attname order by k.position)
    from pg_index as i, unnest(i.indkey) with ordinality as k(number, position)
      join pg_attribute as a on a.attnum = k.number
    where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and k.position <= i.indnkeyatts
  ), '[]') as key,
  coalesce((
    select jsonb_agg(jsonb_build_object('name', a.attname, 'typeOid', a.atttypid::int8,
      'sqlType', format_type(a.atttypid, null) || case
        when a.attcollation <> 0 and a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end,
      'deterministic', coalesce(l.collisdeterministic, true), 'isEnum', t.typtype = 'e') order by a.attnum)
    from pg_attribute as a join pg_type as t on t.oid = a.atttypid left join pg_collation as l on l.oid = a.attcollation
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ), '[]') as columns,
  coalesce((
    select jsonb_agg(jsonb_build_object('oid', p.oid::int8, 'permissive', p.polpermissive,
      'condition', pg_get_expr(p.polqual, p.polrelid)) order by p.oid)
    from pg_policy as p where p.polrelid = c.oid and p.polcmd in ('r', '*')
  ), '[]') as policies,
  coalesce((
    select jsonb_object_agg(r.rolname, jsonb_build_object(
      'restricted', c.relrowsecurity and not r.rolsuper and not r.rolbypassrls
        and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage')),
      'mayAsk', has_function_privilege(r.oid, 'auth.uid()', 'execute') and has_function_privilege(r.oid, 'auth.role()', 'execute'),
      'mayUseSchema', has_schema_privilege(r.oid, n.oid, 'usage'),
      'selectable', coalesce((
        select jsonb_agg(a.attname) from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege(r.oid, c.oid, a.attnum, 'select')
      ), '[]'),
      'policies', coalesce((
        select jsonb_agg(p.oid::int8) from pg_policy as p
        where p.polrelid = c.oid and p.polcmd in ('r', '*') and exists (
          select from unnest(p.polroles) as g where g = 0 or pg_has_role(r.oid, g, 'usage'))
      ), '[]')))
    from pg_roles as r where r.rolname = any ($2)
  ), '{}') as roles,
  (select count(*) = 2 from pg_proc as f where f.pronamespace = to_regnamespace('auth') and f.pronargs = 0
     and f.prolang = (select oid from pg_language where lanname = 'sql') and not f.prosecdef and f.proconfig is null
     and (f.proname, regexp_replace(f.prosrc, '\\s', '', 'g')) in (('uid', $3), ('role', $4)))
    and not exists (select from pg_operator as o where o.oid >= 16384 and o.oprleft < 16384 and o.oprright < 16384
     and o.oprname in ('=', '<>', '<', '<=', '>', '>=')) as "knownFunctions"
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any ($1::oid[])`;

interface FactsRow {
  readonly oid: number;
  readonly name: string;
  readonly rls: boolean;
  readonly fingerprint: string;
  readonly key: string[];
  readonly columns: ColumnFacts[];
  readonly policies: PolicyFacts[];
  readonly knownFunctions: boolean;
  readonly roles: Record<
    string,
    Omit<RoleFacts, 'selectable' | 'policies'> & { selectable: string[]; policies: number[] }
  >;
}

const TYPES = `
with recursive wanted as (
  select oid from pg_type where oid = any ($1::oid[])
  union
  select case when t.typtype = 'd' then t.typbasetype else t.typelem end
  from wanted join pg_type as t on t.oid = wanted.oid
  where t.typtype = 'd' or (t.typcategory = 'A' and t.typelem <> 0)
)
select t.oid::int8 as oid, t.typname as name, format_type(t.oid, null) as "sqlName", t.typtype as type, t.typcategory as category,
  t.typelem::int8 as element, t.typbasetype::int8 as base, coalesce(e.typdelim, ',') as delimiter,
  t.oid >= 16384 and exists (
    select from pg_cast where castsource = t.oid and casttarget in ('json'::regtype, 'jsonb'::regtype) and castmethod = 'f'
  ) as casts
from wanted join pg_type as t on t.oid = wanted.oid left join pg_type as e on e.oid = t.typelem`;

interface TypeRow {
  readonly oid: number;
  readonly name: string;
  readonly sqlName: string;
  readonly type: string;
  readonly category: string;
  readonly element: number;
  readonly base: number;
  readonly delimiter: string;
  readonly casts: boolean;
}

const ROOT = `
select r.oid::int8 as oid, n.nspname as schema, r.relname as name
from pg_class as c join pg_class as r on r.oid = pg_partition_root(c.oid) join pg_namespace as n on n.oid = r.relnamespace
where c.oid = $1::oid and c.relispartition`;

export interface RootTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** Reads the catalogue as service_role and keeps what it has read. */
export class Catalogue {
  readonly #services: Database;
  readonly #tables = new Map<number, TableFacts>();
  readonly #types = new Map<number, TypeFacts>();

  constructor(services: Database) {
    this.#services = services;
  }

  /** As it was read last; who uses it makes sure of the fingerprint. */
  known(oid: number, roles: Iterable<string>): TableFacts | undefined {
    const facts = this.#tables.get(oid);
    if (!facts) return undefined;
    for (const role of roles) if (!facts.roles.has(role)) return undefined;
    return facts;
  }

  type = (oid: number): TypeFacts | undefined => this.#types.get(oid);

  /** Undefined for a table that is gone. A role that does not exist has no privileges. */
  async read(oid: number, roles: readonly string[]): Promise<TableFacts | undefined> {
    const wanted = [...new Set([...roles, ...(this.#tables.get(oid)?.roles.keys() ?? [])])];
    const [row] = await this.#services.as(SERVICE, (session) =>
      session.query<FactsRow>(FACTS, [[oid], wanted, UID_BODY, ROLE_BODY]),
    );
    if (!row) {
      this.#tables.delete(oid);
      return undefined;
    }
    const facts = tableFacts(row, wanted);
    this.#tables.set(oid, facts);
    return facts;
  }

  async loadTypes(oids: Iterable<number>): Promise<void> {
    const missing = [...oids].filter((oid) => !this.#types.has(oid));
    if (missing.length === 0) return;
    const rows = await this.#services.as(SERVICE, (session) => session.query<TypeRow>(TYPES, [missing]));
    for (const row of rows) this.#types.set(row.oid, typeFacts(row));
  }

  root(oid: number): Promise<RootTable | undefined> {
    return this.#services.as(SERVICE, (session) => session.maybeOne<RootTable>(ROOT, [oid]));
  }
}

const NOTHING: RoleFacts = {
  restricted: true,
  mayUseSchema: false,
  mayAsk: false,
  selectable: new Set(),
  policies: new Set(),
};

function tableFacts(row: FactsRow, wanted: readonly string[]): TableFacts {
  return {
    oid: row.oid,
    sqlName: row.name,
    rowSecurity: row.rls,
    key: row.key,
    columns: new Map(row.columns.map((column) => [column.name, column])),
    policies: row.policies,
    fingerprint: row.fingerprint,
    knownFunctions: row.knownFunctions,
    roles: new Map(
      wanted.map((role) => {
        const found = row.roles[role];
        return [
          role,
          found ? { ...found, selectable: new Set(found.selectable), policies: new Set(found.policies) } : NOTHING,
        ];
      }),
    ),
  };
}

function typeFacts(row: TypeRow): TypeFacts {
  const { oid, name, sqlName, delimiter } = row;
  const shape = (): TypeFacts['shape'] => {
    if (row.type === 'd') return { kind: 'domain', base: row.base };
    if (row.category === 'A' && row.element !== 0) return { kind: 'array', element: row.element, delimiter };
    if (row.type === 'c' || row.casts) return { kind: 'sql' };
    return { kind: 'scalar' };
  };
  return { oid, name, sqlName, shape: shape() };
}
