-- Paper trading. Profit and cash are worked out here, from prices and quantities, whoever writes the row.

create type public.trade_type as enum ('buy', 'sell');

create table public.user_portfolio (
  id               uuid primary key default gen_random_uuid(),
  user_id          uuid not null unique references public.users (id) on delete cascade,
  starting_balance numeric(12,2) not null default 10000 check (starting_balance > 0),
  -- Cash: starting balance + realised profit - cost of what is open, since the last reset.
  balance          numeric(14,2) not null default 10000,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  reset_at         timestamptz
);

create table public.paper_trades (
  id                     uuid primary key default gen_random_uuid(),
  user_id                uuid not null references public.users (id) on delete cascade,
  signal_id              uuid references public.trading_signals (id) on delete set null,
  ticker                 varchar(10) not null,
  trade_type             public.trade_type not null default 'buy',
  quantity               int not null check (quantity > 0),
  entry_price            numeric(12,4) not null check (entry_price > 0),
  exit_price             numeric(12,4) check (exit_price > 0),
  current_price          numeric(12,4) check (current_price > 0),
  stop_loss              numeric(12,4) check (stop_loss > 0),
  take_profit            numeric(12,4) check (take_profit > 0),
  -- Of the exit price once closed, of the current price until then.
  profit_loss            numeric(14,2),
  profit_loss_percentage numeric(18,4),
  is_open                boolean not null default true,
  exit_reason            varchar(20) check (exit_reason in (
    'take_profit', 'stop_loss', 'manual', 'signal_invalidated', 'expired', 'reset'
  )),
  opened_at              timestamptz not null default now(),
  closed_at              timestamptz,
  notes                  text,
  company_name           varchar(255),
  sector                 varchar(100),
  signal_score           int,
  risk_percentage        numeric(5,2),
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  constraint closed_has_its_end check (is_open or (exit_price is not null and closed_at is not null))
);
create index paper_trades_ticker on public.paper_trades (ticker);
create index paper_trades_open on public.paper_trades (user_id, is_open, opened_at desc);
create index paper_trades_closed on public.paper_trades (user_id, closed_at desc);
create index paper_trades_created on public.paper_trades (user_id, created_at desc);
create index paper_trades_signal on public.paper_trades (signal_id) where signal_id is not null;
-- A subscriber's filter user_id=eq.<id> must be decidable for deletes too.
alter table public.paper_trades replica identity full;

-- Before every write: what was agreed at the opening stays, money follows from prices, and a closed trade is history.
create function kurzora.settle_paper_trade() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  price numeric;
  direction int := case new.trade_type when 'sell' then -1 else 1 end;
begin
  if tg_op = 'UPDATE' and current_setting('role') = 'authenticated' then
    new.user_id := old.user_id;
    new.signal_id := old.signal_id;
    new.ticker := old.ticker;
    new.trade_type := old.trade_type;
    new.quantity := old.quantity;
    new.entry_price := old.entry_price;
    new.opened_at := old.opened_at;
    new.created_at := old.created_at;
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
create trigger paper_trades_settle before insert or update on public.paper_trades
  for each row execute function kurzora.settle_paper_trade();
create trigger paper_trades_touch before update on public.paper_trades
  for each row execute function kurzora.touch_updated_at();

-- Cash of one account from its trades; the account's row is locked, so that two trades at once both count.
create function kurzora.balance_portfolio(owner_id uuid) returns void
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
    ) filter (where account.reset_at is null or opened_at > account.reset_at), 0)
    into cash from public.paper_trades where user_id = owner_id;
  update public.user_portfolio set balance = cash, updated_at = now() where id = account.id and balance <> cash;
  update public.users set current_balance = cash where id = owner_id and current_balance <> cash;
end
$$;
revoke all on function kurzora.balance_portfolio from public;

create function kurzora.balance_after_trade() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (new.is_open, new.profit_loss, new.quantity, new.entry_price) is not distinct from
     (old.is_open, old.profit_loss, old.quantity, old.entry_price) then
    return null;
  end if;
  -- A mark to market moves no cash.
  if tg_op = 'UPDATE' and new.is_open and old.is_open and new.quantity = old.quantity and new.entry_price = old.entry_price then
    return null;
  end if;
  perform kurzora.balance_portfolio(coalesce(new.user_id, old.user_id));
  return null;
end
$$;
create trigger paper_trades_balance after insert or update or delete on public.paper_trades
  for each row execute function kurzora.balance_after_trade();

-- Whoever executes a signal triggers it; it stays executable.
create function kurzora.count_execution() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  before public.signal_status;
begin
  select status into before from public.trading_signals where id = new.signal_id for update;
  if before in ('active', 'triggered') then
    update public.trading_signals
      set executed_count = executed_count + 1, executed_at = coalesce(executed_at, now()), has_open_position = true
      where id = new.signal_id;
  end if;
  return null;
end
$$;
create trigger paper_trades_execution after insert on public.paper_trades
  for each row when (new.signal_id is not null) execute function kurzora.count_execution();

create table public.portfolio_snapshots (
  id                      uuid primary key default gen_random_uuid(),
  user_id                 uuid not null references public.users (id) on delete cascade,
  total_value             numeric(14,2) not null,
  cash_balance            numeric(14,2) not null,
  invested_amount         numeric(14,2) not null,
  unrealized_pnl          numeric(14,2) not null,
  realized_pnl            numeric(14,2) not null,
  total_return_percentage numeric(10,4) not null,
  daily_change            numeric(14,2),
  daily_change_percentage numeric(10,4),
  win_rate                numeric(6,2),
  winning_trades          int,
  losing_trades           int,
  sp500_value             numeric(14,4),
  vs_sp500                numeric(10,4),
  snapshot_date           date not null,
  created_at              timestamptz not null default now(),
  unique (user_id, snapshot_date)
);

create view public.closed_trades with (security_invoker = true) as
  select * from public.paper_trades where not is_open;

create view public.monthly_performance with (security_invoker = true) as
  select user_id, date_trunc('month', closed_at at time zone 'America/New_York')::date as month,
         count(*) as total_trades, sum(profit_loss) as total_pnl,
         round(100.0 * count(*) filter (where profit_loss > 0) / count(*), 2) as win_rate,
         round(avg(profit_loss_percentage), 4) as avg_return,
         max(profit_loss_percentage) as best, min(profit_loss_percentage) as worst
  from public.paper_trades where not is_open group by 1, 2;

-- Everything a new customer has, in the transaction that makes the account, whichever door it came through (T-17, 9).
create function kurzora.welcome_user() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text := coalesce(lower(nullif(new.email, '')), new.id || '@no-mail.invalid');
begin
  insert into public.users (id, email, name, email_verified, subscription_ends_at)
  values (
    new.id, address,
    left(coalesce(nullif(trim(new.raw_user_meta_data ->> 'name'), ''), nullif(trim(new.raw_user_meta_data ->> 'full_name'), ''),
      split_part(address, '@', 1)), 255),
    new.email_confirmed_at is not null, now() + interval '7 days'
  ) on conflict (id) do nothing;
  insert into public.user_preferences (user_id) values (new.id) on conflict do nothing;
  insert into public.user_portfolio (user_id) values (new.id) on conflict do nothing;
  insert into public.user_watchlists (user_id, name, is_default) values (new.id, 'My Watchlist', true) on conflict do nothing;
  return null;
end
$$;
create trigger kurzora_welcome after insert on auth.users for each row execute function kurzora.welcome_user();

create function kurzora.follow_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.users
    set email = coalesce(lower(nullif(new.email, '')), email), email_verified = new.email_confirmed_at is not null,
        last_login_at = new.last_sign_in_at
    where id = new.id;
  return null;
end
$$;
create trigger kurzora_follow after update of email, email_confirmed_at, last_sign_in_at on auth.users
  for each row execute function kurzora.follow_account();

-- What the front end listens to.
do $$
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) then
    alter publication supabase_realtime add table public.paper_trades, public.trading_signals;
  end if;
end
$$;

-- Pictures of people: everyone may look, each writes below his own id.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 2097152, array['image/jpeg', 'image/png', 'image/webp'])
on conflict (id) do nothing;
