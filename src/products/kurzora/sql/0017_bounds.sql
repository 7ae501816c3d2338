-- What a customer may write of his own, held to values that no sum, job or page of others stumbles over. 'NaN' passes "greater than
-- zero", 'infinity' is a timestamp, and one account's figure too wide for its column would stop a job that works on everybody's.

alter table public.paper_trades
  -- When the server saw it, which no client says: opened_at and created_at are his.
  add column entered_at timestamptz not null default clock_timestamp(),
  add constraint prices_are_numbers check (
    entry_price < 'NaN' and exit_price < 'NaN' and current_price < 'NaN' and stop_loss < 'NaN' and take_profit < 'NaN' and risk_percentage < 'NaN'),
  -- With it no profit at a price of the market is wider than its column.
  add constraint at_most_a_million_shares check (quantity <= 1000000),
  add constraint ticker_is_one check (ticker ~ '^[A-Za-z0-9][A-Za-z0-9.^=/-]*$');

alter table public.user_portfolio alter column balance type numeric(24,2);
alter table public.users
  alter column current_balance type numeric(24,2),
  add constraint notification_settings_object check (jsonb_typeof(notification_settings) = 'object' and length(notification_settings::text) <= 10000),
  add constraint language_is_one check (language ~ '^[a-z]{2}(-[A-Za-z]{2,4})?$');
alter table public.user_preferences add constraint preferences_are_objects check (
  jsonb_typeof(notifications) = 'object' and jsonb_typeof(trading) = 'object' and jsonb_typeof(ui) = 'object' and jsonb_typeof(alerts) = 'object'
  and length(notifications::text) + length(trading::text) + length(ui::text) + length(alerts::text) <= 40000);
alter table public.portfolio_snapshots
  alter column total_value type numeric(24,2), alter column cash_balance type numeric(24,2),
  alter column invested_amount type numeric(24,2), alter column unrealized_pnl type numeric(24,2),
  alter column realized_pnl type numeric(24,2), alter column daily_change type numeric(24,2),
  alter column total_return_percentage type numeric(24,4), alter column daily_change_percentage type numeric(24,4),
  alter column vs_sp500 type numeric(24,4);

-- A moment a client gives, no later than now and of this century.
create function kurzora.sane_moment(given timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
  select greatest(least(given, now()), timestamptz '2000-01-01')
$$;

-- As in 0006, with moments held to what can be. Clocks of browsers go wrong, so they are set right rather than refused.
create or replace function kurzora.settle_paper_trade() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  price numeric;
  direction int := case new.trade_type when 'sell' then -1 else 1 end;
  by_user boolean := current_setting('role') = 'authenticated';
begin
  if tg_op = 'UPDATE' and by_user then
    new.user_id := old.user_id;
    new.signal_id := old.signal_id;
    new.ticker := old.ticker;
    new.trade_type := old.trade_type;
    new.quantity := old.quantity;
    new.entry_price := old.entry_price;
    new.opened_at := old.opened_at;
    new.created_at := old.created_at;
    new.entered_at := old.entered_at;
    new.before_reset := old.before_reset;
    new.levels_as_of := old.levels_as_of;
  end if;
  if tg_op = 'INSERT' and by_user then
    new.before_reset := false;
    new.levels_as_of := now();
    new.entered_at := clock_timestamp();
    new.updated_at := now();
    new.created_at := kurzora.sane_moment(new.created_at);
    new.opened_at := kurzora.sane_moment(new.opened_at);
  end if;
  if tg_op = 'UPDATE' and (new.stop_loss, new.take_profit) is distinct from (old.stop_loss, old.take_profit)
     and new.levels_as_of = old.levels_as_of then
    new.levels_as_of := now();
  end if;
  if new.is_open then
    new.exit_price := null;
    new.closed_at := null;
    new.exit_reason := null;
    price := new.current_price;
  else
    price := coalesce(new.exit_price, new.current_price);
    if price is null then
      raise exception 'a trade is closed at a price' using errcode = '23514';
    end if;
    new.exit_price := price;
    new.current_price := price;
    new.closed_at := coalesce(new.closed_at, now());
    if by_user then
      new.closed_at := greatest(kurzora.sane_moment(new.closed_at), new.opened_at);
    end if;
    new.exit_reason := coalesce(new.exit_reason, 'manual');
  end if;
  new.profit_loss := round(direction * (price - new.entry_price) * new.quantity, 2);
  new.profit_loss_percentage := round(direction * (price - new.entry_price) / new.entry_price * 100, 4);
  return new;
end
$$;

create or replace function kurzora.balance_portfolio(owner_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  account public.user_portfolio;
  cash numeric(24,2);
begin
  select * into account from public.user_portfolio where user_id = owner_id for update;
  if not found then
    return;
  end if;
  select account.starting_balance + coalesce(sum(
      case when is_open then -round(entry_price * quantity, 2) else profit_loss end
    ) filter (where not before_reset), 0)
    into cash from public.paper_trades where user_id = owner_id;
  update public.user_portfolio set balance = cash, updated_at = now() where id = account.id and balance <> cash;
  update public.users set current_balance = cash where id = owner_id and current_balance <> cash;
end
$$;

-- Holding a stock shows its signals; buying a share of every stock on paper must not show all signals. So the ten stocks that were
-- bought first count, and one that is sold keeps its place until the day (UTC) is over.
create or replace function kurzora.held_tickers() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(ticker), '{}') from (
    select ticker::text, bool_or(is_open) as held from public.paper_trades
    where user_id = auth.uid() and (is_open or updated_at >= date_trunc('day', now(), 'UTC'))
    group by 1 order by min(entered_at) limit 10
  ) places where held
$$;

-- As in 0011, and of a profile that a client inserts nothing is taken that only the server can know.
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
    new.phone_verified := false;
    new.google_id := null;
    new.apple_id := null;
    new.last_login_at := null;
    new.created_at := now();
    new.updated_at := now();
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
