-- user_alert_settings is a view without a foreign key; this lets `users?select=*,user_alert_settings(*)` find it, as the front end asks.
create function public.user_alert_settings(public.users) returns setof public.user_alert_settings rows 1
language sql stable set search_path = pg_catalog, pg_temp as $$
  select * from public.user_alert_settings where user_id = $1.id
$$;
revoke all on function public.user_alert_settings(public.users) from public, anon;
grant execute on function public.user_alert_settings(public.users) to authenticated, service_role;
