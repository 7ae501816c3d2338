import type { Database } from '#kernel/postgres/database.ts';
import { OPTIONS, underscored } from './options.ts';

const NAMES = OPTIONS.filter(({ inDatabase }) => inDatabase).flatMap(({ name, alias }) =>
  (alias ? [name, alias] : [name]).map((each) => `pgrst.${underscored(each)}`),
);

/**
 * Settings of the login role (`ALTER ROLE authenticator [IN DATABASE x] SET pgrst.name = ...`), those for this database first, and
 * before both whatever `db-pre-config` has set.
 */
const ROLE_SETTINGS = `
  with of_role as (
    select setdatabase, unnest(setconfig) as setting
    from pg_catalog.pg_db_role_setting
    where setrole = (select oid from pg_catalog.pg_roles where rolname = session_user)
      and setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
  )
  select distinct on (name) name, value
  from (
    select setdatabase as database, lower(split_part(setting, '=', 1)) as name,
           substr(setting, strpos(setting, '=') + 1) as value
    from of_role
  ) as known
  where name = any($1)
  order by name, database desc`;

const CURRENT_SETTINGS = `
  select name, current_setting(name, true) as value
  from unnest($1::text[]) as name
  where coalesce(current_setting(name, true), '') <> ''`;

interface Setting {
  name: string;
  value: string;
}

/**
 * The settings that stand in the database, by name with underscores. Runs as the login role; `preConfig` is the function of
 * `db-pre-config`, as configured. Rejects with the error of Postgres.
 */
export async function readDatabaseSettings(
  database: Database,
  loginRole: string,
  preConfig?: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.as({ role: loginRole, claims: {} }, async (session) => {
    const ofRole = await session.query<Setting>(ROLE_SETTINGS, [NAMES]);
    if (preConfig === undefined) return ofRole;
    await session.query(`select ${quoteFunction(preConfig)}()`);
    return [...ofRole, ...(await session.query<Setting>(CURRENT_SETTINGS, [NAMES]))];
  });
  return new Map(rows.map(({ name, value }) => [name.slice('pgrst.'.length), value]));
}

/** `schema.name` or `name`, each part taken as it is. */
function quoteFunction(name: string): string {
  const dot = name.indexOf('.');
  const parts = dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}
