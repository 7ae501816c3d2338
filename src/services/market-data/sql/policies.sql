-- Who may do what with market data, on one page. Repeatable: every policy is replaced. Bars and their partitions get theirs from market.guard.
--
--                      anon      authenticated   service_role
-- active_stocks        read      read            all
-- bars, market_data    read      read            all
-- listings             -         -               all
-- market_data_imports  -         -               all

revoke all on public.active_stocks, public.stock_universe, market.listings, public.market_data_imports, public.market_data, public.market_data_phase1
  from anon, authenticated;

grant select on public.active_stocks, public.stock_universe, public.market_data, public.market_data_phase1 to anon, authenticated;
grant select, insert, update, delete on public.active_stocks, market.listings, public.market_data_imports to service_role;
grant select on public.stock_universe, public.market_data, public.market_data_phase1 to service_role;

drop policy if exists "everyone reads stocks" on public.active_stocks;
create policy "everyone reads stocks" on public.active_stocks for select to anon, authenticated using (true);
drop policy if exists "the service writes stocks" on public.active_stocks;
create policy "the service writes stocks" on public.active_stocks for all to service_role using (true) with check (true);

drop policy if exists "the service keeps listings" on market.listings;
create policy "the service keeps listings" on market.listings for all to service_role using (true) with check (true);

drop policy if exists "the service keeps imports" on public.market_data_imports;
create policy "the service keeps imports" on public.market_data_imports for all to service_role using (true) with check (true);
