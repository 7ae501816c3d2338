-- What else a migration finds on Supabase: the publication for changes, an endpoint for GraphQL, extensions and their schema.
do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
exception when insufficient_privilege then
  raise warning 'the publication supabase_realtime could not be created: %', sqlerrm;
end
$$;

-- Schemas of extensions that every Supabase project has from its first day: migrations grant on them unasked.
create schema if not exists graphql;
create schema if not exists vault;
grant usage on schema graphql to anon, authenticated, service_role, postgres;

create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb language sql stable as $$
  select '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb
$$;

do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_stat_statements')
     and not exists (select from pg_extension where extname = 'pg_stat_statements')
     and (select rolsuper from pg_roles where rolname = current_user) then
    create extension pg_stat_statements with schema extensions;
  end if;
end
$$;

grant all on all functions in schema extensions to anon, authenticated, service_role, postgres, dashboard_user;
alter default privileges in schema extensions grant all on functions to anon, authenticated, service_role;
alter default privileges in schema graphql_public grant all on functions to anon, authenticated, service_role;

-- Tells the data API that the schema changed. Only a superuser makes event triggers; elsewhere it looks from time to time.
create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql as $$
declare
  done record;
begin
  for done in select * from pg_event_trigger_ddl_commands() loop
    if done.command_tag in (
      'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
      'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW', 'ALTER VIEW', 'CREATE MATERIALIZED VIEW',
      'ALTER MATERIALIZED VIEW', 'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TRIGGER', 'CREATE TYPE', 'ALTER TYPE',
      'CREATE RULE', 'COMMENT'
    ) and done.schema_name is distinct from 'pg_temp' then
      notify pgrst, 'reload schema';
    end if;
  end loop;
end
$$;

create function extensions.pgrst_drop_watch() returns event_trigger language plpgsql as $$
declare
  gone record;
begin
  for gone in select * from pg_event_trigger_dropped_objects() loop
    if gone.object_type in (
      'schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'trigger', 'type', 'rule'
    ) and not gone.is_temporary then
      notify pgrst, 'reload schema';
    end if;
  end loop;
end
$$;

do $$
begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
    create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
  end if;
end
$$;
