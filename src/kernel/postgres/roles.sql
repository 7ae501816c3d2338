-- The roles, schemas, functions and default privileges that Supabase's clients and migrations expect of any database.
-- Idempotent. Runs as a superuser, or as the owner of the database with CREATEROLE (and BYPASSRLS, to pass it on).
-- What exists already and belongs to somebody else is left as it is.

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      -- What the services log in as: it may become the owners of their schemas, which no token can ask of authenticator.
      ('freehold_services', 'login noinherit')
    ) as w(name, attributes)
  loop
    if to_regrole(wanted.name) is null then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database's bootstrap was quicker
      end;
    end if;
  end loop;

  if not (select rolbypassrls or rolsuper from pg_roles where rolname = 'service_role') then
    execute 'alter role service_role bypassrls';
  end if;

  for wanted in
    select login, name from unnest(array['authenticator', 'freehold_services']) as login,
      unnest(array['anon', 'authenticated', 'service_role']) as name
  loop
    if not (select rolcanlogin and not rolinherit from pg_roles where rolname = wanted.login) then
      execute format('alter role %I login noinherit', wanted.login);
    end if;
    if not pg_has_role(wanted.login, wanted.name, 'member') then
      execute format('grant %I to %I', wanted.name, wanted.login);
    end if;
    -- Settings of the login role hold after SET ROLE too. Supabase's migrations call functions of `extensions` unqualified.
    if not exists (
      select from pg_roles where rolname = wanted.login and 'search_path="$user", public, extensions' = any (rolconfig)
    ) then
      execute format('alter role %I set search_path = "$user", public, extensions', wanted.login);
    end if;
  end loop;
end
$$;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['freehold', 'auth', 'extensions'] loop
    -- CREATE SCHEMA IF NOT EXISTS asks for the right to create even when there is nothing to do.
    if to_regnamespace(wanted) is null then
      execute format('create schema %I', wanted);
    end if;
    if has_schema_privilege(wanted, 'usage with grant option') then
      execute format(
        'grant usage on schema %I to %s', wanted,
        case wanted when 'freehold' then 'authenticated, service_role' else 'anon, authenticated, service_role' end
      );
    end if;
  end loop;
end
$$;

-- Whatever the owner creates in public is open to the three roles: row level security decides, apps' migrations never GRANT.
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;

do $$
begin
  if current_user <> 'postgres' and to_regrole('postgres') is not null and pg_has_role('postgres', 'usage') then
    alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
  end if;
end
$$;

-- Who is asking: read from the claims that the session set (`request.jwt.claims`), or from one setting per claim as older
-- gateways sent them (`request.jwt.claim.sub`). NULL outside a session.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('auth.jwt', 'jsonb', $f$
        select coalesce(
          nullif(current_setting('request.jwt.claim', true), ''),
          nullif(current_setting('request.jwt.claims', true), '')
        )::jsonb
      $f$),
      ('auth.uid', 'uuid', $f$
        select coalesce(
          nullif(current_setting('request.jwt.claim.sub', true), ''),
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
        )::uuid
      $f$),
      ('auth.role', 'text', $f$
        select coalesce(
          nullif(current_setting('request.jwt.claim.role', true), ''),
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
        )
      $f$),
      ('auth.email', 'text', $f$
        select coalesce(
          nullif(current_setting('request.jwt.claim.email', true), ''),
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
        )
      $f$)
    ) as w(name, result, body)
  loop
    if not exists (
      select from pg_proc where oid = to_regprocedure(wanted.name || '()') and not pg_has_role(proowner, 'usage')
    ) then
      execute format('create or replace function %s() returns %s language sql stable as %L', wanted.name, wanted.result, wanted.body);
      execute format('grant execute on function %s() to anon, authenticated, service_role', wanted.name);
    end if;
  end loop;
end
$$;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['pgcrypto', 'uuid-ossp'] loop
    if exists (select from pg_available_extensions where name = wanted)
       and not exists (select from pg_extension where extname = wanted) then
      begin
        execute format('create extension %I with schema extensions', wanted);
      exception when others then
        raise warning 'extension % is available but could not be created: %', wanted, sqlerrm;
      end;
    end if;
  end loop;
end
$$;

-- Which roles besides service_role may enqueue which job from inside their own transaction; filled from the product's jobs.
create table if not exists freehold.job_access (
  job  text not null,
  role text not null,
  primary key (job, role)
);

-- The only way from a session into the job queue. It runs as the owner, so it checks the caller itself: `role` is what the
-- session set, and SECURITY DEFINER does not change it. Keys of schedules belong to the platform.
create or replace function freehold.add_job(
  job text, payload json, run_at timestamptz default null, max_attempts int default null, job_key text default null
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  if caller <> 'service_role' and not exists (
    select from freehold.job_access as a where a.job = add_job.job and a.role = caller
  ) then
    raise insufficient_privilege using message = format('role %s may not enqueue the job %s', caller, job);
  end if;
  if job like 'schedule:%' or job_key like 'schedule:%' then
    raise insufficient_privilege using message = 'schedules are enqueued by the platform only';
  end if;
  perform graphile_worker.add_job(
    identifier => add_job.job, payload => add_job.payload, run_at => add_job.run_at,
    max_attempts => add_job.max_attempts, job_key => add_job.job_key
  );
end
$$;
revoke all on function freehold.add_job from public;
grant execute on function freehold.add_job to authenticated, service_role;
