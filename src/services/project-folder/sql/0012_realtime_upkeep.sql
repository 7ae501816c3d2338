-- Messages are kept for some days: their partitions are made ahead, and dropped when nobody can ask for a replay any more.
create function realtime.forget_messages(days int default 3) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found record;
  dropped int := 0;
begin
  for found in
    select c.relname from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass and c.relname ~ '^messages_\d{4}_\d\d_\d\d$'
      and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < current_date - days
  loop
    execute format('drop table realtime.%I', found.relname);
    dropped := dropped + 1;
  end loop;
  delete from realtime.messages_default where inserted_at < current_date - days;
  return dropped;
end
$$;
revoke all on function realtime.forget_messages from public;
grant execute on function realtime.forget_messages, realtime.make_partitions to supabase_realtime_admin;
