-- As in 0004, but for the balance: a person's trades move it in his own session, where a kept column would stand still.
create or replace function kurzora.guard_user() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  if caller <> 'authenticated' or kurzora.is_admin() then
    return new;
  end if;
  if tg_op = 'INSERT' then
    new.email := coalesce(lower(auth.email()), new.email);
    new.role := 'user';
    new.subscription_tier := 'starter';
    new.subscription_status := 'trial';
    new.subscription_ends_at := now() + interval '7 days';
    new.stripe_customer_id := null;
    new.starting_balance := 10000;
    new.current_balance := 10000;
    new.daily_alerts_sent := 0;
    new.last_alert_date := null;
    new.is_active := true;
    new.email_verified := false;
    new.deleted_at := null;
    return new;
  end if;
  if (new.role, new.subscription_tier, new.subscription_status) is distinct from
     (old.role, old.subscription_tier, old.subscription_status) then
    insert into public.security_events (user_id, event_type, event_description, severity, metadata)
    values (
      old.id, 'server_owned_columns', 'a user tried to change columns that the server owns', 'medium',
      jsonb_build_object('role', new.role, 'tier', new.subscription_tier, 'status', new.subscription_status)
    );
  end if;
  new.id := old.id;
  new.email := old.email;
  new.email_verified := old.email_verified;
  new.phone_verified := old.phone_verified;
  new.google_id := old.google_id;
  new.apple_id := old.apple_id;
  new.role := old.role;
  new.subscription_tier := old.subscription_tier;
  new.subscription_status := old.subscription_status;
  new.subscription_ends_at := old.subscription_ends_at;
  new.stripe_customer_id := old.stripe_customer_id;
  new.starting_balance := old.starting_balance;
  -- The balance is the portfolio's, also when a person's own trade moves it.
  new.current_balance := coalesce((select balance from public.user_portfolio where user_id = old.id), old.current_balance);
  new.daily_alerts_sent := old.daily_alerts_sent;
  new.last_alert_date := old.last_alert_date;
  new.is_active := old.is_active;
  new.last_login_at := old.last_login_at;
  new.created_at := old.created_at;
  new.deleted_at := old.deleted_at;
  return new;
end
$$;
