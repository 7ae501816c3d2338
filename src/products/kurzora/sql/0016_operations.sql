-- How the job queue is: its schema belongs to the owner alone. `overdue`: waits for more than a minute past its moment.
create function kurzora.job_health() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  found jsonb;
begin
  if to_regclass('graphile_worker.jobs') is null then
    return null;
  end if;
  execute $q$
    select jsonb_build_object(
      'waiting', count(*) filter (where locked_at is null and attempts < max_attempts),
      'running', count(*) filter (where locked_at is not null),
      'overdue', count(*) filter (where locked_at is null and attempts < max_attempts and run_at < now() - interval '1 minute'),
      'failed', count(*) filter (where attempts >= max_attempts and locked_at is null))
    from graphile_worker.jobs $q$ into found;
  return found;
end
$$;
revoke all on function kurzora.job_health() from public;
grant execute on function kurzora.job_health() to service_role;
