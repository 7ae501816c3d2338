-- Portfolio: from when on bars may close a trade, what a reset leaves behind, what a plan may see, and bookmarks.

-- Bars that opened at or after `levels_as_of` may touch the trade's stop and target; a bar that was running then tells nothing.
alter table public.paper_trades
  add column levels_as_of timestamptz not null default now(),
  add column before_reset boolean not null default false;
create index paper_trades_every_open on public.paper_trades (ticker) where is_open;

-- As in 0005, and: moving a level starts its time anew, and only the server says which trades belong to the account of before.
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
    new.before_reset := old.before_reset;
    new.levels_as_of := old.levels_as_of;
  end if;
  if tg_op = 'INSERT' and by_user then
    new.before_reset := false;
    new.levels_as_of := now();
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
  cash numeric(14,2);
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

-- Closes what is open at its last price, marks every trade as of the account before, and begins again with the starting balance.
create function kurzora.reset_portfolio(owner_id uuid, moment timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  closed integer;
begin
  perform 1 from public.user_portfolio where user_id = owner_id for update;
  update public.paper_trades
    set is_open = false, exit_price = coalesce(current_price, entry_price), closed_at = greatest(moment, opened_at), exit_reason = 'reset'
    where user_id = owner_id and is_open;
  get diagnostics closed = row_count;
  update public.paper_trades set before_reset = true where user_id = owner_id and not before_reset;
  update public.user_portfolio set reset_at = moment, updated_at = now() where user_id = owner_id;
  perform kurzora.balance_portfolio(owner_id);
  return closed;
end
$$;

-- Whoever executes a signal first triggers it; it stays executable, and scans go on to move its score.
create or replace function kurzora.count_execution() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before public.signal_status;
begin
  select status into before from public.trading_signals where id = new.signal_id for update;
  if before in ('active', 'triggered') then
    update public.trading_signals
      set executed_count = executed_count + 1, executed_at = coalesce(executed_at, now()), has_open_position = true,
          triggered_at = coalesce(triggered_at, now()), status = 'triggered'
      where id = new.signal_id;
    if before = 'active' then
      insert into public.signal_history (signal_id, action, price, notes)
      values (new.signal_id, 'triggered', new.entry_price, 'first executed');
    end if;
  end if;
  return null;
end
$$;

-- One line a ticker: what is held of it, at the average of what was paid.
create view public.open_positions with (security_invoker = true) as
  select user_id, ticker, max(company_name) as company_name, max(sector) as sector, count(*)::int as trades,
         sum(quantity)::int as quantity, round(sum(entry_price * quantity) / sum(quantity), 4) as average_entry_price,
         round(sum(entry_price * quantity), 2) as cost,
         round(sum(coalesce(current_price, entry_price) * quantity), 2) as market_value, sum(coalesce(profit_loss, 0)) as profit_loss
  from public.paper_trades where is_open and trade_type = 'buy' group by user_id, ticker;

create table public.signal_bookmarks (
  user_id    uuid not null default auth.uid() references public.users (id) on delete cascade,
  signal_id  uuid not null references public.trading_signals (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, signal_id)
);

-- The three signals of a trading day that every plan includes: the first that appeared, best first. Chosen once, by the score they
-- were born with, so that over a day nobody sees a fourth.
create table kurzora.daily_picks (
  day       date not null,
  place     int not null check (place between 1 and 3),
  signal_id uuid not null unique references public.trading_signals (id) on delete cascade,
  primary key (day, place)
);
alter table kurzora.daily_picks enable row level security;
alter table kurzora.daily_picks force row level security;

create function kurzora.pick_signals() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into kurzora.daily_picks (day, place, signal_id)
  select day, taken + nth, id
  from (
    select id, day, row_number() over (partition by day order by final_score desc, ticker, id) as nth
    from (select id, ticker, final_score, (as_of at time zone 'America/New_York')::date as day from added where status = 'active') born
  ) ranked
  cross join lateral (select coalesce(max(place), 0) as taken from kurzora.daily_picks p where p.day = ranked.day) picked
  where taken + nth <= 3
  on conflict do nothing;
  return null;
end
$$;
create trigger trading_signals_pick after insert on public.trading_signals
  referencing new table as added for each statement execute function kurzora.pick_signals();

-- Section 6, the same as rules/plan.ts (plan.test.ts holds them to each other): a live trial has professional rights whatever was
-- chosen, a cancelled plan runs to its end, everything else that is not active has the starter's.
create function kurzora.plan_of(tier public.subscription_tier, status text, ends_at timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when status = 'trial' and ends_at > now() then case tier when 'elite' then 'elite' else 'professional' end
    when status = 'active' or (status = 'cancelled' and ends_at > now()) then tier::text
    else 'starter'
  end
$$;

-- Read past the policies: they are asked by policies.
create function kurzora.sees_all_signals() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select kurzora.is_admin() or coalesce((
    select kurzora.plan_of(subscription_tier, subscription_status, subscription_ends_at) <> 'starter'
    from public.users where id = auth.uid()), false)
$$;

-- A starter's history is seven days, counted from the newest picks: imported files stand still.
create function kurzora.picked_signals() returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(signal_id), '{}') from kurzora.daily_picks
  where day > (select max(day) from kurzora.daily_picks) - 7
$$;

create function kurzora.held_tickers() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct ticker::text), '{}') from public.paper_trades where user_id = auth.uid() and is_open
$$;

-- What a visitor sees: `public_signals` is true (every open signal), false (none), or a number of hours (those at least that old).
create function kurzora.public_signals_until() returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case jsonb_typeof(value)
    when 'boolean' then case when value = 'true'::jsonb then 'infinity'::timestamptz end
    when 'number' then now() - make_interval(secs => (value #>> '{}')::float8 * 3600)
  end
  from public.system_config where key = 'public_signals'
$$;

-- Stored daily bars under the names that the front end's backtest page asks for; where several sources have a stock, the best one.
create view public.backtest_historical_prices with (security_invoker = true) as
  select symbol::varchar(10) as ticker, (ts at time zone 'America/New_York')::date as trade_date,
         open as open_price, high as high_price, low as low_price, close as close_price, close as adjusted_close,
         volume::bigint as volume, source as data_source
  from public.market_data d
  where timeframe = '1D'
    and not exists (
      select from market.bar_chunks b where b.symbol = d.symbol and b.timeframe = '1D'
        and array_position(array['files', 'polygon', 'simulated'], b.source) < array_position(array['files', 'polygon', 'simulated'], d.source))
    and not exists (
      select from market.bar_tail b where b.symbol = d.symbol and b.timeframe = '1D'
        and array_position(array['files', 'polygon', 'simulated'], b.source) < array_position(array['files', 'polygon', 'simulated'], d.source));
