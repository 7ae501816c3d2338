-- The services work as the owners of their schemas: the login of the services may become them. Row level security is forced
-- everywhere, so each owner has a policy that says what it may do: all of its own.
do $$
declare
  wanted text;
  found record;
begin
  foreach wanted in array array['supabase_auth_admin', 'supabase_storage_admin', 'supabase_realtime_admin'] loop
    begin
      if not pg_has_role('freehold_services', wanted, 'member') then
        execute format('grant %I to freehold_services', wanted);
      end if;
    exception when insufficient_privilege then
      raise warning 'freehold_services does not become a member of %: %', wanted, sqlerrm;
    end;
  end loop;

  for found in
    select c.oid::regclass as name, 'supabase_' || nspname || '_admin' as service, c.relkind as kind
    from pg_class as c join pg_namespace as n on n.oid = relnamespace
    where nspname in ('auth', 'storage', 'realtime') and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s enable row level security', found.name);
    execute format('alter table %s force row level security', found.name);
    execute format('grant all on %s to %I', found.name, found.service);
    execute format(
      'create policy "the service owns it" on %s to %I using (true) with check (true)', found.name, found.service
    );
  end loop;
end
$$;
grant usage, select on all sequences in schema auth, storage, realtime
  to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;

-- What a function of the app does when a user is made (`handle_new_user`) it does as itself: the service needs no more than to call it.
grant execute on all functions in schema auth, storage, realtime to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;
grant usage on schema auth, storage to supabase_realtime_admin;

-- Realtime reads what changed, and asks as each subscriber; a day's new partition is forced like the rest.
create or replace function realtime.make_partitions(days int default 3) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  day date;
  partition text;
begin
  for day in select generate_series(current_date, current_date + days, interval '1 day')::date loop
    partition := 'messages_' || to_char(day, 'YYYY_MM_DD');
    continue when to_regclass(format('realtime.%I', partition)) is not null;
    begin
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)', partition, day, day + 1
      );
      execute format('alter table realtime.%I enable row level security', partition);
      execute format('alter table realtime.%I force row level security', partition);
    exception when check_violation then
      null;
    end;
  end loop;
end
$$;
revoke all on function realtime.make_partitions from public;
