-- A list of signals learns of a scan by one change, whatever the scan rewrote: at 500 readers and 6,000 signals one event each and
-- one page read instead of 6,000 events each. Everyone may read the row (policies.sql), so that telling it costs no visibility check worth naming.
do $$
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables)
     and not exists (select from pg_publication_tables
                     where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'signal_scans') then
    alter publication supabase_realtime add table public.signal_scans;
  end if;
end
$$;
