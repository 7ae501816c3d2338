-- Whichever way a profile comes to be (a sign-up, the front end that found none, an admin), the rest of an account stands beside it.
create function kurzora.furnish_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.user_preferences (user_id) values (new.id) on conflict do nothing;
  insert into public.user_portfolio (user_id) values (new.id) on conflict do nothing;
  insert into public.user_watchlists (user_id, name, is_default) values (new.id, 'My Watchlist', true) on conflict do nothing;
  return null;
end
$$;
create trigger users_furnish after insert on public.users for each row execute function kurzora.furnish_account();
