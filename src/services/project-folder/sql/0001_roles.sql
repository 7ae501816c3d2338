-- Roles that migrations of Supabase projects name in GRANT, OWNER TO and CREATE POLICY. None of them can log in here.
-- Roles belong to the whole server: another project may have made them already.
do $$
declare
  wanted record;
  superuser boolean := (select rolsuper from pg_roles where rolname = current_user);
begin
  for wanted in
    select * from (values
      ('postgres', 'nologin'),
      ('supabase_admin', 'nologin noinherit'),
      ('supabase_auth_admin', 'nologin noinherit'),
      ('supabase_storage_admin', 'nologin noinherit'),
      ('supabase_realtime_admin', 'nologin noinherit'),
      ('supabase_replication_admin', 'nologin noinherit'),
      ('supabase_read_only_user', 'nologin'),
      ('supabase_functions_admin', 'nologin noinherit'),
      ('supabase_etl_admin', 'nologin noinherit'),
      ('dashboard_user', 'nologin'),
      ('pgbouncer', 'nologin'),
      ('pgsodium_keyholder', 'nologin'),
      ('pgsodium_keyiduser', 'nologin'),
      ('pgsodium_keymaker', 'nologin')
    ) as w(name, attributes)
  loop
    if to_regrole(wanted.name) is null then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    -- Whoever is no superuser may hand tables only to roles that he may become.
    if not superuser and wanted.name ~ '^supabase_(auth|storage|realtime)_admin$' then
      begin
        execute format('grant %I to current_user', wanted.name);
      exception when insufficient_privilege then
        raise warning 'the tables of % stay with %: %', wanted.name, current_user, sqlerrm;
      end;
    end if;
  end loop;

  -- Storage and realtime judge a request by becoming the role that asks.
  for wanted in
    select * from (values
      ('supabase_storage_admin', 'anon'), ('supabase_storage_admin', 'authenticated'), ('supabase_storage_admin', 'service_role'),
      ('supabase_realtime_admin', 'anon'), ('supabase_realtime_admin', 'authenticated'), ('supabase_realtime_admin', 'service_role')
    ) as w(login, name)
  loop
    if not pg_has_role(wanted.login, wanted.name, 'member') then
      begin
        execute format('grant %I to %I', wanted.name, wanted.login);
      exception when insufficient_privilege then
        raise warning '% does not become a member of %: %', wanted.login, wanted.name, sqlerrm;
      end;
    end if;
  end loop;
end
$$;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['auth', 'storage', 'realtime', 'extensions', 'graphql_public'] loop
    if to_regnamespace(wanted) is null then
      execute format('create schema %I', wanted);
    end if;
    execute format('grant usage on schema %I to anon, authenticated, service_role, postgres, dashboard_user', wanted);
  end loop;
end
$$;

grant usage, create on schema auth to supabase_auth_admin;
grant usage, create on schema storage to supabase_storage_admin;
grant usage, create on schema realtime to supabase_realtime_admin;
grant usage on schema realtime to supabase_admin;
grant usage on schema extensions to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;
grant usage on schema public to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, dashboard_user;
grant usage on schema auth to supabase_storage_admin, supabase_realtime_admin;
