/** The catalogue queries behind the schema cache. Each takes the exposed schemas as $1 where it says so, and works on Postgres 13 to 18. */

/** Domains resolved to the type below all of them. */
const BASE_TYPES = `base_types as (
  with recursive chain as (
    select oid, typbasetype, typnamespace, coalesce(nullif(typbasetype, 0), oid) as base from pg_catalog.pg_type
    union
    select chain.oid, below.typbasetype, below.typnamespace, coalesce(nullif(below.typbasetype, 0), below.oid)
    from chain join pg_catalog.pg_type below on below.oid = chain.typbasetype
  )
  select oid, typnamespace, base from chain where typbasetype = 0
)`;

const NOT_OWN =
  "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and not pg_is_other_temp_schema(n.oid)";

/** Columns are gathered in one pass: asked for table by table the base types would be searched again for each. */
export const TABLES = `with ${BASE_TYPES}, labels as (
  select enumtypid, json_agg(enumlabel order by enumsortorder) as list from pg_enum group by enumtypid
), cols as materialized (
  select a.attrelid, json_agg(json_build_object(
      'name', a.attname, 'number', a.attnum, 'description', col_description(a.attrelid, a.attnum),
      'nullable', not (a.attnotnull or t.typtype = 'd' and t.typnotnull),
      'type', case when coalesce(bt.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace
        then format_type(case when t.typtype = 'd' then bt.base else a.atttypid end, null)
        else format_type(a.atttypid, a.atttypmod) end,
      'nominalType', format_type(a.atttypid, a.atttypmod),
      'maxLength', information_schema._pg_char_max_length(
        information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*)),
      'default', case when a.attidentity <> '' then format('nextval(%L)', (select s.objid::regclass from pg_depend s where s.refobjid = a.attrelid and s.refobjsubid = a.attnum
          and s.refclassid = 'pg_class'::regclass and s.classid = 'pg_class'::regclass and s.deptype = 'i'))
        when a.attgenerated <> '' then null
        when t.typbasetype <> 0 and ad.adbin is null then t.typdefault
        else pg_get_expr(ad.adbin, ad.adrelid) end,
      'enum', coalesce(labels.list, '[]')
    ) order by a.attnum) as list
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join base_types bt on bt.oid = t.oid
  left join labels on labels.enumtypid = bt.base
  left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
  where c.relkind in ('v', 'r', 'm', 'f', 'p') and ${NOT_OWN}
  group by a.attrelid
)
select n.nspname as schema, c.relname as name, d.description, c.oid::int8 as oid,
  c.relkind in ('v', 'm') as "isView",
  c.relkind in ('r', 'p') or (c.relkind in ('v', 'f') and pg_relation_is_updatable(c.oid, true) & 8 = 8) as insertable,
  c.relkind in ('r', 'p') or (c.relkind in ('v', 'f') and pg_relation_is_updatable(c.oid, true) & 4 = 4) as updatable,
  c.relkind in ('r', 'p') or (c.relkind in ('v', 'f') and pg_relation_is_updatable(c.oid, true) & 16 = 16) as deletable,
  coalesce((select json_agg(a.attname order by k.position) from pg_constraint p, unnest(p.conkey) with ordinality k(attnum, position)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where p.conrelid = c.oid and p.contype = 'p'), '[]') as "primaryKey",
  coalesce(cols.list, '[]') as columns
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join cols on cols.attrelid = c.oid
left join pg_description d on d.objoid = c.oid and d.objsubid = 0 and d.classoid = 'pg_class'::regclass
where c.relkind in ('v', 'r', 'm', 'f', 'p') and ${NOT_OWN}
order by n.nspname, c.relname`;

/** Foreign keys, but for those that partitions inherit. */
export const FOREIGN_KEYS = `with uniques as (
  select conrelid, (select array_agg(k order by k) from unnest(conkey) k) as key from pg_constraint where contype in ('p', 'u')
)
select n1.nspname as schema, c1.relname as name, n2.nspname as "foreignSchema", c2.relname as "foreignName",
  f.conname as constraint, f.conrelid = f.confrelid as "isSelf",
  (select json_agg(json_build_array(a.attname, b.attname) order by k.position)
    from unnest(f.conkey, f.confkey) with ordinality k(here, there, position)
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.here
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.there) as columns,
  exists (select from uniques u where u.conrelid = f.conrelid
    and u.key = (select array_agg(k order by k) from unnest(f.conkey) k)) as "oneToOne"
from pg_constraint f
join pg_class c1 on c1.oid = f.conrelid join pg_namespace n1 on n1.oid = c1.relnamespace
join pg_class c2 on c2.oid = f.confrelid join pg_namespace n2 on n2.oid = c2.relnamespace
where f.contype = 'f' and f.conparentid = 0
order by n1.nspname, c1.relname, f.conname`;

/** Primary and foreign keys by column number, for what views make of them. */
export const KEYS = `select conname as constraint, contype as kind, conrelid::int8 as "table", confrelid::int8 as "foreignTable",
  array_to_json(conkey) as columns, array_to_json(confkey) as "foreignColumns"
from pg_constraint where contype in ('p', 'f') and conparentid = 0`;

/** How each view is defined: the rule's query tree. */
export const VIEWS = `select c.oid::int8 as oid, r.ev_action::text as action
from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and r.rulename = '_RETURN' and n.nspname not in ('pg_catalog', 'information_schema')`;

/** $1: exposed schemas; $2: names of hoisted settings. */
export const ROUTINES = `with ${BASE_TYPES}, arguments as (
  select p.oid, json_agg(json_build_object(
      'name', coalesce(a.name, ''), 'type', a.type::regtype::text,
      'typeMaxLength', case a.type
        when 'bit'::regtype then 'bit varying' when 'bit[]'::regtype then 'bit varying[]'
        when 'character'::regtype then 'character varying' when 'character[]'::regtype then 'character varying[]'
        else a.type::regtype::text end,
      'required', a.position <= p.pronargs - p.pronargdefaults,
      'variadic', coalesce(a.mode = 'v', false)) order by a.position) as list,
    case count(*) - count(nullif(a.name, ''))
      when 0 then true
      when 1 then count(*) = 1 and (array_agg(a.type))[1] in ('bytea'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text'::regtype, 'xml'::regtype)
      else false end as callable
  from pg_proc p, unnest(p.proargnames, p.proargtypes, p.proargmodes) with ordinality a(name, type, mode, position)
  where a.type is not null and p.pronamespace in (select oid from pg_namespace where nspname = any($1)) group by p.oid
)
select pn.nspname as schema, p.proname as name, d.description, coalesce(a.list, '[]') as parameters,
  tn.nspname as "typeSchema", coalesce(comp.relname, t.typname) as "typeName", p.proretset as "returnsSet",
  t.typtype = 'c' or coalesce(p.proargmodes::text[] && '{t,b,o}', false) or comp.relname is not null as composite,
  bt.oid <> bt.base as alias, p.provolatile as volatility, p.provariadic > 0 as "hasVariadic",
  (select split_part(s, '=', 2) from unnest(p.proconfig) s where s like 'default_transaction_isolation=%') as isolation,
  coalesce((select json_agg(json_build_array(split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)))
    from unnest(p.proconfig) s where split_part(s, '=', 1) = any($2)), '[]') as settings
from pg_proc p
left join arguments a on a.oid = p.oid
join pg_namespace pn on pn.oid = p.pronamespace
join base_types bt on bt.oid = p.prorettype
join pg_type t on t.oid = bt.base
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_class comp on comp.oid = t.typrelid
left join pg_description d on d.objoid = p.oid and d.classoid = 'pg_proc'::regclass
where t.oid <> 'trigger'::regtype and coalesce(a.callable, true) and p.prokind = 'f' and p.pronargs = coalesce(json_array_length(a.list), 0)
  and pn.nspname = any($1)
order by pn.nspname, p.proname, p.oid`;

/** Functions from one row type to rows of another. */
export const COMPUTED_RELATIONSHIPS = `select pn.nspname as schema, p.proname as name, an.nspname as "tableSchema", ac.relname as "tableName",
  rn.nspname as "foreignSchema", rc.relname as "foreignName", not p.proretset or p.prorows = 1 as "toOne"
from pg_proc p join pg_namespace pn on pn.oid = p.pronamespace
join pg_class ac on ac.reltype = p.proargtypes[0] join pg_namespace an on an.oid = ac.relnamespace
join pg_class rc on rc.reltype = p.prorettype join pg_namespace rn on rn.oid = rc.relnamespace
where p.pronargs = 1 and ac.relkind in ('v', 'r', 'm', 'f', 'p') and rc.relkind in ('v', 'r', 'm', 'f', 'p')
order by pn.nspname, p.proname`;

export const REPRESENTATIONS = `select castsource::regtype::text as source, casttarget::regtype::text as target, castfunc::regproc::text as function
from pg_cast c join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
where c.castcontext = 'i' and c.castmethod = 'f' and has_function_privilege(c.castfunc, 'execute')
  and (s.typtype = 'd' and casttarget in ('json'::regtype, 'text'::regtype)
    or t.typtype = 'd' and castsource in ('json'::regtype, 'text'::regtype))`;

/** Aggregates over a relation (or anyelement) and functions whose result is a domain named like a media type. $1: exposed schemas. */
export const MEDIA_HANDLERS = `with media as (
  select t.oid, lower(t.typname) as name from pg_type t
  where t.typtype = 'd' and (t.typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$' or t.typname = '*/*')
)
select pn.nspname as schema, p.proname as name, m.name as "mediaType", p.prokind = 'a' as aggregate,
  an.nspname as "relationSchema", arg.typname as "relationName"
from media m join pg_proc p on p.prorettype = m.oid join pg_namespace pn on pn.oid = p.pronamespace
left join pg_type arg on arg.oid = p.proargtypes[0] left join pg_namespace an on an.oid = arg.typnamespace
where pn.nspname = any($1) and (p.prokind = 'f' and not p.proretset or p.prokind = 'a' and p.pronargs = 1
  and (arg.oid = 'anyelement'::regtype or arg.typtype = 'c'))`;

/** Settings of the roles the login role may become, but for those that only a superuser may set. */
export const ROLE_SETTINGS = `select r.rolname as role, split_part(s, '=', 1) as name, substr(s, strpos(s, '=') + 1) as value
from pg_auth_members m join pg_roles r on r.oid = m.roleid, unnest(r.rolconfig) s
left join pg_settings g on g.name = split_part(s, '=', 1)
where m.member = current_user::regrole and (g.context is null or g.context = 'user')`;

export const SCHEMAS = `select nspname as name, obj_description(oid, 'pg_namespace') as description from pg_namespace where nspname = any($1)`;

/** Changes whenever anything the cache holds may have: row versions of the catalogues, which ANALYZE and VACUUM leave alone. */
export const FINGERPRINT = `select concat_ws('.',
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_class where oid >= 16384 and relkind <> 't'),
  (select sum(xmin::text::int8 % 2000003 * attnum) from pg_attribute where attrelid >= 16384 and attnum > 0),
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_proc where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_constraint where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_type where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_cast where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (oid::int8 % 999983)) from pg_rewrite where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (enumtypid::int8 % 999983)) from pg_enum where oid >= 16384),
  (select sum(xmin::text::int8 % 2000003 * (objoid::int8 % 999983) * (objsubid + 1)) from pg_description where objoid >= 16384)
) as fingerprint`;
