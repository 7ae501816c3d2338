-- Kurzora's access matrix, whole. Run again whenever this text changes.
--
--                    anon                        authenticated           service_role
--   trading_signals  open, as public_signals     what the plan includes  everything
--   indicators       of the signals it sees      of the signals it sees  everything
--   signal_history   of the signals it sees      of the signals it sees  everything
--   signal_outcomes  -                           all                     everything
--   signal_scans     all                         all                     everything
--   system_config    category public             category public         everything
--   system_alerts    -                           -                       everything
--
--                         anon   authenticated                                                        service_role
--   users                 -      own: read, add, change (guard_user keeps the server's columns)       everything
--   user_preferences      -      own: read, change                                                    everything
--   user_portfolio        -      own: read                                                            everything
--   user_watchlists       -      own                                                                  everything
--   watchlist_items       -      of own lists                                                         everything
--   paper_trades          -      own: read, add, change while open (settle_paper_trade does the sums) everything
--   portfolio_snapshots   -      own: read                                                            everything
--   admin_users           -      own row: read                                                        everything
--   security_events       -      own: read                                                            everything
--   user_creation_errors  -      -                                                                    everything
--
--                      anon   authenticated   service_role
--   score_ledger       -      -               reads and adds: what was said is never changed
--   score_outcomes     -      -               reads and adds
--   score_evaluations  all    all             reads and adds
--
--                         anon     authenticated    service_role
--   subscription_plans    active   active           everything
--   user_subscriptions    -        own: read        everything
--   payment_methods       -        own: read        everything
--   billing_invoices      -        own: read        everything
--   stripe_events         -        -                everything
--   billing_notices       -        -                everything
--   rate_limits           -        -                everything
--   user_api_keys         -        own: read        everything (the key's hash is shown to nobody else)
--   user_security         -        own: read        everything
--   error_logs            -        admin: read      everything
--   admin_activity_log    -        admin: read      read, add: nobody changes or deletes
--   user_management_audit -        admin: read      read, add: nobody changes or deletes
--   admin_signals         -        admin: read      everything
--
-- Admins (admin_users, not a claim) also read and change users, and read paper_trades, security_events and user_creation_errors.
--   signal_bookmarks      -      own, of signals it sees                                              everything
--   open_positions        -      own: read (a view)                                                   everything
--   backtest_historical_prices (a view over stored bars): everyone reads.
--
-- A plan (kurzora.plan_of) includes: professional, elite, a live trial and admins: every signal; starter: the three picks of a day
-- (kurzora.daily_picks), seven days of them, and every signal of a ticker held in an open paper trade. A visitor sees the open
-- signals: all, none, or those some hours old, as public_signals is true, false or a number.
-- Where only the service writes the privilege itself is taken away, so that a write is refused rather than finding no row.

-- Begins a table anew: row level security forced, no privilege but the service's, no policy but the service's.
create or replace function kurzora.begin_policies(tables text[], service_may text default 'all') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  named text;
  known record;
begin
  foreach named in array tables loop
    execute format('alter table public.%I enable row level security', named);
    execute format('alter table public.%I force row level security', named);
    execute format('revoke all on public.%I from anon, authenticated, service_role', named);
    execute format('grant %s on public.%I to service_role', service_may, named);
    for known in select policyname from pg_policies where schemaname = 'public' and tablename = named loop
      execute format('drop policy %I on public.%I', known.policyname, named);
    end loop;
    execute format('create policy service_all on public.%I to service_role using (true) with check (true)', named);
  end loop;
end
$$;
revoke all on function kurzora.begin_policies(text[], text) from public;

select kurzora.begin_policies(array[
    'trading_signals', 'indicators', 'signal_history', 'signal_outcomes', 'signal_scans', 'system_config', 'system_alerts'
  ]);
grant select on
  public.trading_signals, public.indicators, public.signal_history, public.signal_scans, public.system_config
  to anon, authenticated;
grant select on public.signal_outcomes to authenticated;

create policy anon_open on public.trading_signals for select to anon
  using (status in ('active', 'triggered') and created_at <= (select kurzora.public_signals_until()));
create policy signed_in_by_plan on public.trading_signals for select to authenticated
  using (
    (select kurzora.sees_all_signals())
    or id = any (coalesce((select kurzora.picked_signals()), '{}'))
    or ticker = any (coalesce((select kurzora.held_tickers()), '{}'))
  );

-- "Exists" runs under the reader's own policies on trading_signals, once a row: 1,450 times for a page of 50 signals. Whom the first
-- half of those policies shows every signal need not be asked that.
create policy of_visible_signals on public.indicators for select to anon
  using (exists (select from public.trading_signals s where s.id = signal_id));
create policy of_visible_signals_or_all on public.indicators for select to authenticated
  using ((select kurzora.sees_all_signals()) or exists (select from public.trading_signals s where s.id = signal_id));
create policy of_visible_signals on public.signal_history for select to anon
  using (exists (select from public.trading_signals s where s.id = signal_id));
create policy of_visible_signals_or_all on public.signal_history for select to authenticated
  using ((select kurzora.sees_all_signals()) or exists (select from public.trading_signals s where s.id = signal_id));

create policy signed_in_all on public.signal_outcomes for select to authenticated using (true);
create policy everyone on public.signal_scans for select to anon, authenticated using (true);
create policy public_settings on public.system_config for select to anon, authenticated using (category = 'public');

revoke all on function kurzora.public_signals() from public;
grant execute on function kurzora.public_signals() to anon, authenticated, service_role;

select kurzora.begin_policies(array[
    'users', 'user_preferences', 'user_portfolio', 'user_watchlists', 'watchlist_items', 'paper_trades', 'portfolio_snapshots',
    'admin_users', 'security_events', 'user_creation_errors'
  ]);
grant select on
  public.users, public.user_preferences, public.user_portfolio, public.user_watchlists, public.watchlist_items, public.paper_trades,
  public.portfolio_snapshots, public.admin_users, public.security_events, public.user_creation_errors
  to authenticated;
revoke all on public.closed_trades, public.monthly_performance from anon, authenticated;
grant select on public.closed_trades, public.monthly_performance to authenticated;

grant insert, update on public.users to authenticated;
create policy own_read on public.users for select to authenticated using (id = (select auth.uid()));
create policy own_add on public.users for insert to authenticated with check (id = (select auth.uid()));
create policy own_change on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy admin_read on public.users for select to authenticated using ((select kurzora.is_admin()));
create policy admin_add on public.users for insert to authenticated with check ((select kurzora.is_admin()));
create policy admin_change on public.users for update to authenticated
  using ((select kurzora.is_admin())) with check ((select kurzora.is_admin()));

grant update on public.user_preferences to authenticated;
create policy own_read on public.user_preferences for select to authenticated using (user_id = (select auth.uid()));
create policy own_change on public.user_preferences for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy own_read on public.user_portfolio for select to authenticated using (user_id = (select auth.uid()));
create policy own_read on public.portfolio_snapshots for select to authenticated using (user_id = (select auth.uid()));
create policy own_read on public.admin_users for select to authenticated using (id = (select auth.uid()));
create policy own_read on public.security_events for select to authenticated using (user_id = (select auth.uid()));
create policy admin_read on public.security_events for select to authenticated using ((select kurzora.is_admin()));
create policy admin_read on public.user_creation_errors for select to authenticated using ((select kurzora.is_admin()));

grant insert, update, delete on public.user_watchlists, public.watchlist_items to authenticated;
create policy own_all on public.user_watchlists to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy of_own_lists on public.watchlist_items to authenticated
  using (exists (select from public.user_watchlists l where l.id = watchlist_id))
  with check (exists (select from public.user_watchlists l where l.id = watchlist_id));

grant insert, update on public.paper_trades to authenticated;
create policy own_read on public.paper_trades for select to authenticated using (user_id = (select auth.uid()));
-- A signal is executed by whom it is shown to: naming another would trigger it.
create policy own_add on public.paper_trades for insert to authenticated
  with check (user_id = (select auth.uid()) and (signal_id is null or exists (select from public.trading_signals s where s.id = signal_id)));
create policy own_change_open on public.paper_trades for update to authenticated
  using (user_id = (select auth.uid()) and is_open) with check (user_id = (select auth.uid()));
create policy admin_read on public.paper_trades for select to authenticated using ((select kurzora.is_admin()));

revoke all on function kurzora.is_admin() from public;
grant execute on function kurzora.is_admin() to authenticated, service_role;

drop policy if exists "avatars: own folder" on storage.objects;
create policy "avatars: own folder" on storage.objects to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
drop policy if exists "avatars: everyone looks" on storage.objects;
create policy "avatars: everyone looks" on storage.objects for select to anon, authenticated using (bucket_id = 'avatars');

-- Portfolio.
select kurzora.begin_policies(array['signal_bookmarks']);
grant select, insert, delete on public.signal_bookmarks to authenticated;
create policy own_all on public.signal_bookmarks to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and exists (select from public.trading_signals s where s.id = signal_id));

revoke all on public.open_positions, public.backtest_historical_prices from anon, authenticated;
grant select on public.open_positions to authenticated, service_role;
grant select on public.backtest_historical_prices to anon, authenticated, service_role;

revoke all on function kurzora.reset_portfolio(uuid, timestamptz), kurzora.sees_all_signals(), kurzora.picked_signals(),
  kurzora.held_tickers(), kurzora.public_signals_until(), kurzora.pick_signals() from public;
grant execute on function kurzora.reset_portfolio(uuid, timestamptz) to service_role;
grant execute on function kurzora.sees_all_signals(), kurzora.picked_signals(), kurzora.held_tickers() to authenticated, service_role;
grant execute on function kurzora.public_signals_until() to anon, authenticated, service_role;

-- Billing: the service alone writes.
select kurzora.begin_policies(array[
    'subscription_plans', 'user_subscriptions', 'payment_methods', 'billing_invoices', 'stripe_events', 'billing_notices'
  ]);
grant select on public.subscription_plans to anon, authenticated;
grant select on public.user_subscriptions, public.payment_methods, public.billing_invoices to authenticated;
create policy on_sale on public.subscription_plans for select to anon, authenticated using (active);
create policy own_read on public.user_subscriptions for select to authenticated using (user_id = (select auth.uid()));
create policy own_read on public.payment_methods for select to authenticated using (user_id = (select auth.uid()));
create policy own_read on public.billing_invoices for select to authenticated using (user_id = (select auth.uid()));
create policy admin_read on public.user_subscriptions for select to authenticated using ((select kurzora.is_admin()));
create policy admin_read on public.billing_invoices for select to authenticated using ((select kurzora.is_admin()));

-- Alerts.
--                          anon   authenticated                        service_role
--   notifications          -      own: read, mark as read, delete      everything
--   alert_delivery_log     -      own: read                            everything
--   signal_alerts          -      own: read                            everything
--   push_subscriptions     -      own: read, delete (made by a route)  everything
--   notification_queue     -      -                                    everything
--   signal_alert_triggers  -      -                                    everything
--   telegram_links         -      -                                    everything
--   webhook_receipts       -      -                                    everything
--   trade_alerts           -      -                                    everything
select kurzora.begin_policies(array[
    'notifications', 'alert_delivery_log', 'signal_alerts', 'push_subscriptions', 'notification_queue',
    'signal_alert_triggers', 'telegram_links', 'webhook_receipts', 'trade_alerts'
  ]);
do $$
declare
  named text;
begin
  foreach named in array array['notifications', 'alert_delivery_log', 'signal_alerts', 'push_subscriptions'] loop
    execute format('grant select on public.%I to authenticated', named);
    execute format('create policy own_read on public.%I for select to authenticated using (user_id = (select auth.uid()))', named);
  end loop;
end
$$;
grant update (read_at), delete on public.notifications to authenticated;
create policy own_mark on public.notifications for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy own_delete on public.notifications for delete to authenticated using (user_id = (select auth.uid()));
grant delete on public.push_subscriptions to authenticated;
create policy own_delete on public.push_subscriptions for delete to authenticated using (user_id = (select auth.uid()));
revoke all on public.user_alert_settings from anon, authenticated;
grant select on public.user_alert_settings to authenticated, service_role;

-- The record: the service adds and nobody changes; the trigger holds even those whom no privilege stops.
select kurzora.begin_policies(array['score_ledger', 'score_outcomes', 'score_evaluations'], 'select, insert');
grant select on public.score_evaluations to anon, authenticated;
create policy everyone on public.score_evaluations for select to anon, authenticated using (true);

-- Accounts and staff.
select kurzora.begin_policies(array[
    'rate_limits', 'user_api_keys', 'user_security', 'error_logs', 'admin_activity_log', 'user_management_audit', 'admin_signals'
  ]);
revoke update, delete, truncate on public.admin_activity_log, public.user_management_audit from service_role;
grant select (id, user_id, name, key_prefix, permissions, rate_per_minute, last_used, expires_at, is_active, created_at)
  on public.user_api_keys to authenticated;
grant select on public.user_security to authenticated;
create policy own_read on public.user_security for select to authenticated using (user_id = (select auth.uid()));
create policy own_read on public.user_api_keys for select to authenticated using (user_id = (select auth.uid()));
grant select on public.error_logs, public.admin_activity_log, public.user_management_audit, public.admin_signals to authenticated;
create policy admin_read on public.error_logs for select to authenticated using ((select kurzora.is_admin()));
create policy admin_read on public.admin_activity_log for select to authenticated using ((select kurzora.is_admin()));
create policy admin_read on public.user_management_audit for select to authenticated using ((select kurzora.is_admin()));
create policy admin_read on public.admin_signals for select to authenticated using ((select kurzora.is_admin()));

-- Written to us, languages, Shariah.
--                              anon        authenticated                       service_role
--   contact_submissions        -           admin: read                         everything
--   newsletter_subscribers     -           admin: read                         everything
--   testimonials               published   published                           everything
--   user_legal_consents        -           own: read                           everything
--   user_interactions          -           own: read, add; admin: read         everything
--   api_usage_log              -           admin: read                         everything
--   regional_settings          all         all                                 everything
--   content_translations       all         all                                 everything
--   stock_translations         all         all                                 everything
--   shariah_screening_history  all         all                                 read, add
--   shariah_advisory_decisions all         all                                 read, add
--   user_islamic_preferences   -           own                                 everything
--   income_purification_log    -           own: read, set donated or deferred  everything
--   dashboard_metrics          -           own: read (a view)                  none: it is nobody's own
select kurzora.begin_policies(array[
    'contact_submissions', 'newsletter_subscribers', 'testimonials', 'user_legal_consents', 'user_interactions', 'api_usage_log',
    'regional_settings', 'content_translations', 'stock_translations', 'user_islamic_preferences', 'income_purification_log'
  ]);
select kurzora.begin_policies(array['shariah_screening_history', 'shariah_advisory_decisions'], 'select, insert');
do $$
declare
  named text;
begin
  foreach named in array array['contact_submissions', 'newsletter_subscribers', 'user_interactions', 'api_usage_log'] loop
    execute format('grant select on public.%I to authenticated', named);
    execute format('create policy admin_read on public.%I for select to authenticated using ((select kurzora.is_admin()))', named);
  end loop;
  foreach named in array array['user_legal_consents', 'user_interactions', 'income_purification_log'] loop
    execute format('grant select on public.%I to authenticated', named);
    execute format('create policy own_read on public.%I for select to authenticated using (user_id = (select auth.uid()))', named);
  end loop;
  foreach named in array array[
    'regional_settings', 'content_translations', 'stock_translations', 'shariah_screening_history', 'shariah_advisory_decisions'
  ] loop
    execute format('grant select on public.%I to anon, authenticated', named);
    execute format('create policy everyone on public.%I for select to anon, authenticated using (true)', named);
  end loop;
end
$$;
grant select on public.testimonials to anon, authenticated;
create policy published on public.testimonials for select to anon, authenticated using (published);
grant insert on public.user_interactions to authenticated;
create policy own_add on public.user_interactions for insert to authenticated with check (user_id = (select auth.uid()));
grant select, insert, update, delete on public.user_islamic_preferences to authenticated;
create policy own_all on public.user_islamic_preferences to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant update (status) on public.income_purification_log to authenticated;
create policy own_mark on public.income_purification_log for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) and status in ('donated', 'deferred'));
revoke all on public.dashboard_metrics from anon, authenticated;
grant select on public.dashboard_metrics to authenticated;
revoke all on function kurzora.setting(text), kurzora.default_risk(), kurzora.is_staff() from public;
grant execute on function kurzora.default_risk() to authenticated, service_role;
grant execute on function kurzora.setting(text), kurzora.is_staff() to service_role;
