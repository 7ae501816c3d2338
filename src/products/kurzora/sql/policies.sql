-- Kurzora's access matrix, whole. Run again whenever this text changes.
--
--                    anon                        authenticated           service_role
--   trading_signals  active, if public_signals   all                     everything
--   indicators       of the signals it sees      of the signals it sees  everything
--   signal_history   of the signals it sees      of the signals it sees  everything
--   signal_outcomes  -                           all                     everything
--   signal_scans     all                         all                     everything
--   system_config    category public             category public         everything
--   system_alerts    -                           -                       everything
--
-- Only the service writes: the privilege itself is taken away, so that a write is refused rather than finding no row.

do $$
declare
  named text;
  known record;
begin
  foreach named in array array[
    'trading_signals', 'indicators', 'signal_history', 'signal_outcomes', 'signal_scans', 'system_config', 'system_alerts'
  ] loop
    execute format('alter table public.%I enable row level security', named);
    execute format('alter table public.%I force row level security', named);
    execute format('revoke all on public.%I from anon, authenticated', named);
    execute format('grant select on public.%I to anon, authenticated', named);
    execute format('grant all on public.%I to service_role', named);
    for known in select policyname from pg_policies where schemaname = 'public' and tablename = named loop
      execute format('drop policy %I on public.%I', known.policyname, named);
    end loop;
    execute format('create policy service_all on public.%I to service_role using (true) with check (true)', named);
  end loop;
end
$$;

revoke select on public.signal_outcomes from anon;
revoke select on public.system_alerts from anon, authenticated;

create policy anon_active on public.trading_signals for select to anon
  using (status = 'active' and (select kurzora.public_signals()));
create policy signed_in_all on public.trading_signals for select to authenticated using (true);

-- "Exists" runs under the reader's own policies on trading_signals.
create policy of_visible_signals on public.indicators for select to anon, authenticated
  using (exists (select from public.trading_signals s where s.id = signal_id));
create policy of_visible_signals on public.signal_history for select to anon, authenticated
  using (exists (select from public.trading_signals s where s.id = signal_id));

create policy signed_in_all on public.signal_outcomes for select to authenticated using (true);
create policy everyone on public.signal_scans for select to anon, authenticated using (true);
create policy public_settings on public.system_config for select to anon, authenticated using (category = 'public');

revoke all on function kurzora.public_signals() from public;
grant execute on function kurzora.public_signals() to anon, authenticated, service_role;
