-- Accounts as the real front end reads them. Credentials stay in schema auth; what stands here the data API may show to its owner.

create type public.user_role as enum ('user', 'premium', 'admin', 'super_admin');
create type public.subscription_tier as enum ('starter', 'professional', 'elite');

create function kurzora.default_notification_settings() returns jsonb language sql immutable as $$
  select '{
    "minimum_score": 65, "daily_alert_limit": 3, "email_alerts_enabled": true, "telegram_alerts_enabled": false,
    "trading_hours_only": true, "quiet_hours_start": null, "quiet_hours_end": null, "timezone": "America/New_York"
  }'::jsonb
$$;

create table public.users (
  id                    uuid primary key references auth.users (id) on delete cascade,
  email                 varchar(255) not null unique check (email = lower(email)),
  name                  varchar(255) not null,
  phone                 varchar(20),
  phone_verified        boolean not null default false,
  avatar_url            text,
  email_verified        boolean not null default false,
  google_id             varchar(255) unique,
  apple_id              varchar(255) unique,
  role                  public.user_role not null default 'user',
  language              varchar(10) not null default 'en',
  timezone              varchar(50) not null default 'UTC',
  subscription_tier     public.subscription_tier not null default 'starter',
  subscription_status   varchar(20) not null default 'trial' check (subscription_status in ('trial', 'active', 'cancelled', 'expired')),
  subscription_ends_at  timestamptz,
  stripe_customer_id    varchar(255) unique,
  notification_settings jsonb not null default kurzora.default_notification_settings(),
  telegram_chat_id      varchar(255),
  daily_alerts_sent     int not null default 0 check (daily_alerts_sent >= 0),
  last_alert_date       date,
  starting_balance      numeric(12,2) not null default 10000 check (starting_balance > 0),
  current_balance       numeric(14,2) not null default 10000,
  risk_percentage       numeric(5,2) not null default 2.00 check (risk_percentage > 0 and risk_percentage <= 100),
  is_active             boolean not null default true,
  last_login_at         timestamptz,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  deleted_at            timestamptz
);
create index users_created_at on public.users (created_at desc);
create index users_subscription_status on public.users (subscription_status);
create index users_active on public.users (id) where is_active;

create table public.user_preferences (
  id            uuid primary key default gen_random_uuid(),
  user_id       uuid not null unique references public.users (id) on delete cascade,
  notifications jsonb not null default '{"email": true, "telegram": false, "push": true}',
  trading       jsonb not null default '{"risk_level": "medium", "auto_stop_loss": true}',
  ui            jsonb not null default '{"theme": "dark", "language": "en", "rtl": false}',
  alerts        jsonb not null default '{"min_score": 80, "max_per_day": 10}',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

-- Staff. The front end guesses who is an admin; here is who is one (T-32).
create table public.admin_users (
  id          uuid primary key references public.users (id) on delete cascade,
  admin_role  varchar(20) not null check (admin_role in ('super_admin', 'admin', 'analyst', 'support')),
  permissions jsonb not null default '{}',
  admin_notes text,
  created_by  uuid references public.users (id) on delete set null,
  created_at  timestamptz not null default now()
);

create function kurzora.is_admin() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.admin_users where id = auth.uid() and admin_role in ('super_admin', 'admin'))
$$;

create table public.security_events (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid references public.users (id) on delete set null,
  session_id        uuid,
  event_type        varchar(50) not null,
  event_description text,
  severity          varchar(20) not null default 'low' check (severity in ('low', 'medium', 'high', 'critical')),
  ip_address        inet,
  user_agent        text,
  metadata          jsonb not null default '{}',
  resolved          boolean not null default false,
  notes             text,
  created_at        timestamptz not null default now()
);
create index security_events_user on public.security_events (user_id, created_at desc);

create table public.user_creation_errors (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid,
  email       text,
  error       text not null,
  "timestamp" timestamptz not null default now()
);

create table public.user_watchlists (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid not null references public.users (id) on delete cascade,
  name        varchar(100) not null check (length(trim(name)) > 0),
  description text,
  is_default  boolean not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  unique (user_id, name)
);
create unique index user_watchlists_one_default on public.user_watchlists (user_id) where is_default;

create table public.watchlist_items (
  id           uuid primary key default gen_random_uuid(),
  watchlist_id uuid not null references public.user_watchlists (id) on delete cascade,
  ticker       varchar(10) not null,
  notes        text,
  added_at     timestamptz not null default now(),
  unique (watchlist_id, ticker)
);

-- Columns that only the server sets. A client sends some of them in ordinary writes, so they are kept rather than refused (T-10);
-- an attempt to raise oneself is written down.
create function kurzora.guard_user() returns trigger
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
  new.current_balance := old.current_balance;
  new.daily_alerts_sent := old.daily_alerts_sent;
  new.last_alert_date := old.last_alert_date;
  new.is_active := old.is_active;
  new.last_login_at := old.last_login_at;
  new.created_at := old.created_at;
  new.deleted_at := old.deleted_at;
  return new;
end
$$;
create trigger users_guard before insert or update on public.users for each row execute function kurzora.guard_user();

-- The client sends its own idea of the time: the server's counts.
create trigger users_touch before update on public.users for each row execute function kurzora.touch_updated_at();
create trigger user_preferences_touch before update on public.user_preferences
  for each row execute function kurzora.touch_updated_at();
create trigger user_watchlists_touch before update on public.user_watchlists
  for each row execute function kurzora.touch_updated_at();
