-- Staff's tools: drafts of signals, settings that are read where they are named, what the public writes to us, the Shariah screen.

-- A signal that staff made lives here until it is approved: only then is a row of trading_signals born, with this id. What waits is
-- so invisible to every policy, channel and count by itself. Nobody has written to the table of 0010.
drop table public.admin_signals;
create table public.admin_signals (
  signal_id         uuid primary key default gen_random_uuid(),
  ticker            varchar(10) not null,
  company_name      text,
  sector            text,
  signal_type       public.signal_type not null,
  final_score       int not null check (final_score between 0 and 100),
  entry_price       numeric(12,4) not null check (entry_price > 0),
  stop_loss         numeric(12,4) not null check (stop_loss > 0),
  take_profit       numeric(12,4) not null check (take_profit > 0),
  risk_reward_ratio numeric(6,2) not null,
  explanation       text,
  expires_at        timestamptz,
  created_by        uuid references public.users (id) on delete set null,
  approved_by       uuid references public.users (id) on delete set null,
  approval_status   varchar(20) not null default 'pending' check (approval_status in ('pending', 'approved', 'rejected')),
  notes             text,
  -- [{at, by, action, from, to, note}], oldest first; only ever grown.
  audit_trail       jsonb not null default '[]',
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint levels_by_direction check (
    case signal_type when 'bearish' then take_profit < entry_price and entry_price < stop_loss
                     else stop_loss < entry_price and entry_price < take_profit end)
);
create index admin_signals_waiting on public.admin_signals (created_at desc) where approval_status <> 'approved';
create trigger admin_signals_touch before update on public.admin_signals for each row execute function kurzora.touch_updated_at();

create function kurzora.keep_audit_trail() returns trigger language plpgsql as $$
begin
  if jsonb_array_length(new.audit_trail) < jsonb_array_length(old.audit_trail)
     or exists (select from jsonb_array_elements(old.audit_trail) with ordinality o(entry, n)
                where new.audit_trail -> (o.n::int - 1) <> o.entry) then
    raise exception 'what is written here stays' using errcode = '42501';
  end if;
  return new;
end
$$;
create trigger admin_signals_trail before update on public.admin_signals for each row execute function kurzora.keep_audit_trail();

-- Settings (section 12). Their shapes and who reads each stand in admin/setting-table.ts.
insert into public.system_config (key, category, value, description) values
  ('default_risk_percentage', 'platform', '2', 'Percent of the account that a new account risks on a trade until its owner says otherwise.'),
  ('signal_expiry_hours', 'engine', '24', 'Hours a signal stays current at most; the session''s close comes first.'),
  ('require_email_verification', 'platform', 'false', 'Whether a new address must be confirmed by mail before its first sign-in.'),
  ('email_notifications_enabled', 'platform', 'true', 'Whether alerts leave by mail.'),
  ('telegram_notifications_enabled', 'platform', 'true', 'Whether alerts leave by Telegram.'),
  ('notification_frequency', 'platform', '"immediate"', 'How mails of alerts come to people who have not chosen: immediate, hourly or daily.'),
  ('polygon_enabled', 'platform', 'true', 'Whether Polygon is asked for bars; without it scans look at the bars that are stored.'),
  ('make_enabled', 'platform', 'true', 'Whether alerts are handed to Make.com where an address of it is configured.'),
  ('session_timeout_minutes', 'platform', 'null', 'Minutes without use after which a session ends; null: 7 days, 30 when remembered.'),
  ('max_login_attempts', 'platform', '5', 'Tries in a quarter of an hour before an account is locked for as long.'),
  ('require_2fa_for_admin', 'platform', 'false', 'Whether staff must have shown a second factor.')
on conflict (key) do nothing;
update public.system_config set description = d.description
from (values
  ('platform_status', 'operational; limited: nothing is executed; maintenance: nothing but reading through the data API, staff excepted.'),
  ('maintenance_message', 'What people read while the platform is not operational.'),
  ('allow_new_signups', 'Whether people may make accounts, through whichever door.'),
  ('confidence_threshold', 'Score from which a signal is announced.'),
  ('max_signals_per_day', 'Signals of scans that are announced on one day (New York) at most, the best of each scan first.')
) as d(key, description) where system_config.key = d.key;

-- Past the policies: what asks runs as somebody who may not read the row.
create function kurzora.setting(name text) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select value from public.system_config where key = name
$$;

create function kurzora.default_risk() returns numeric
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when jsonb_typeof(v) = 'number' and v::numeric > 0 and v::numeric <= 100 then v::numeric else 2 end
  from (select kurzora.setting('default_risk_percentage') as v) s
$$;
alter table public.users alter column risk_percentage set default kurzora.default_risk();

-- As in 0008, at the threshold of the settings; and what a scan raises (it says so: kurzora.scan) stops at the day's number.
create or replace function kurzora.raise_signal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- Not through kurzora.setting: a scan comes by here once for every signal.
  threshold int := coalesce((select (value #>> '{}')::numeric::int from public.system_config
                             where key = 'confidence_threshold' and jsonb_typeof(value) = 'number'), 80);
  considered int := case when tg_op = 'UPDATE' and old.status = 'active' and old.final_score >= threshold then old.final_score else 0 end;
  most jsonb;
begin
  if new.final_score < threshold then
    return null;
  end if;
  if current_setting('kurzora.scan', true) = 'on' then
    most := kurzora.setting('max_signals_per_day');
    if jsonb_typeof(most) = 'number'
       and not exists (select from public.signal_alert_triggers where signal_id = new.id)
       and (select count(*) from public.signal_alert_triggers
            where raised_at >= date_trunc('day', now() at time zone 'America/New_York') at time zone 'America/New_York') >= most::numeric then
      return null;
    end if;
  end if;
  insert into public.signal_alert_triggers as t (signal_id, from_score) values (new.id, considered)
  on conflict (signal_id) do update set
    from_score = case when t.handled_at is null then least(t.from_score, excluded.from_score) else excluded.from_score end,
    raised_at = now(), handled_at = null;
  return null;
end
$$;
create index signal_alert_triggers_raised on public.signal_alert_triggers (raised_at);
drop trigger trading_signals_raise_new on public.trading_signals;
drop trigger trading_signals_raise_risen on public.trading_signals;
create trigger trading_signals_raise_new after insert on public.trading_signals
  for each row when (new.status = 'active') execute function kurzora.raise_signal();
create trigger trading_signals_raise_risen after update of final_score, status on public.trading_signals
  for each row when (new.status = 'active' and (old.status <> 'active' or new.final_score > old.final_score))
  execute function kurzora.raise_signal();

-- By the table and, where the settings ask for it, only with a second factor shown.
create or replace function kurzora.is_admin() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
      select from public.admin_users a join public.users u on u.id = a.id
      where a.id = auth.uid() and a.admin_role in ('super_admin', 'admin') and u.is_active and u.deleted_at is null)
    and (kurzora.setting('require_2fa_for_admin') is distinct from 'true'::jsonb or auth.jwt() ->> 'aal' is not distinct from 'aal2')
$$;

create function kurzora.is_staff() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.admin_users a join public.users u on u.id = a.id
                 where a.id = auth.uid() and u.is_active and u.deleted_at is null)
$$;

-- As in 0010, with the number of tries from the settings.
create or replace function kurzora.count_attempt(who text, what text, at timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known public.rate_limits;
  said jsonb := kurzora.setting('max_login_attempts');
  most int := case when jsonb_typeof(said) = 'number' then greatest(said::numeric::int, 1) else 5 end;
begin
  insert into public.rate_limits (identifier, action, first_attempt, last_attempt) values (who, what, at, at)
    on conflict (identifier, action) do nothing;
  select * into known from public.rate_limits where identifier = who and action = what for update;
  if known.blocked_until > at then
    return ceil(extract(epoch from known.blocked_until - at));
  end if;
  if known.blocked_until is not null or known.first_attempt <= at - interval '15 minutes' then
    known.attempts := 0;
    known.first_attempt := at;
  end if;
  if known.attempts >= most then
    update public.rate_limits set blocked_until = at + interval '15 minutes', last_attempt = at where identifier = who and action = what;
    return 900;
  end if;
  update public.rate_limits set attempts = known.attempts + 1, first_attempt = known.first_attempt, last_attempt = at, blocked_until = null
    where identifier = who and action = what;
  return 0;
end
$$;

-- While the platform is not operational customers' writes are refused in the database, whichever door they come through. PostgREST's
-- PT503 is a 503 to the data API's callers.
create function kurzora.keep_still() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  said text;
begin
  if caller not in ('authenticated', 'anon') then
    return null;
  end if;
  said := kurzora.setting('platform_status') #>> '{}';
  if said is null or said = 'operational' or kurzora.is_staff()
     or (said = 'limited' and not (tg_table_name = 'paper_trades' and tg_op = 'INSERT')) then
    return null;
  end if;
  raise exception using errcode = 'PT503',
    message = coalesce(nullif(kurzora.setting('maintenance_message') #>> '{}', ''), 'The platform is in maintenance');
end
$$;
do $$
declare
  named text;
begin
  foreach named in array array['users', 'user_preferences', 'user_watchlists', 'watchlist_items', 'paper_trades', 'signal_bookmarks',
    'notifications', 'push_subscriptions'] loop
    execute format('create trigger %I before insert or update or delete on public.%I for each statement execute function kurzora.keep_still()',
      named || '_keep_still', named);
  end loop;
end
$$;

-- What people and programs write to us.
create table public.contact_submissions (
  id         uuid primary key default gen_random_uuid(),
  name       varchar(255) not null,
  email      varchar(255) not null,
  subject    varchar(255) not null,
  message    text not null,
  language   varchar(10) not null default 'en',
  user_id    uuid references public.users (id) on delete set null,
  ip_address inet,
  user_agent text,
  status     varchar(20) not null default 'pending' check (status in ('pending', 'processing', 'responded', 'closed')),
  priority   varchar(20) not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  category   varchar(50),
  spam_score numeric(5,2) not null default 0,
  is_spam    boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index contact_submissions_newest on public.contact_submissions (created_at desc);
create trigger contact_submissions_touch before update on public.contact_submissions for each row execute function kurzora.touch_updated_at();

create table public.newsletter_subscribers (
  email           varchar(255) primary key check (email = lower(email)),
  language        varchar(10) not null default 'en',
  -- Null until the link in the mail was followed: nobody subscribes another.
  confirmed_at    timestamptz,
  unsubscribed_at timestamptz,
  created_at      timestamptz not null default now()
);

-- Shown once somebody has published them; none are invented.
create table public.testimonials (
  id         uuid primary key default gen_random_uuid(),
  author     varchar(100) not null,
  text       text not null,
  language   varchar(10) not null default 'en',
  rating     int check (rating between 1 and 5),
  user_id    uuid references public.users (id) on delete set null,
  published  boolean not null default false,
  created_at timestamptz not null default now()
);

create table public.user_legal_consents (
  id           uuid primary key default gen_random_uuid(),
  session_id   varchar(100) not null,
  consent_type varchar(20) not null check (consent_type in ('cookie', 'gdpr', 'risk')),
  accepted     boolean not null,
  user_id      uuid references public.users (id) on delete cascade,
  ip_address   inet,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  unique (session_id, consent_type)
);
create index user_legal_consents_person on public.user_legal_consents (user_id);
create trigger user_legal_consents_touch before update on public.user_legal_consents for each row execute function kurzora.touch_updated_at();

create table public.user_interactions (
  id                   uuid primary key default gen_random_uuid(),
  user_id              uuid not null default auth.uid() references public.users (id) on delete cascade,
  session_id           varchar(100),
  signal_id            uuid references public.trading_signals (id) on delete set null,
  ticker               varchar(10),
  interaction_type     varchar(20) not null check (interaction_type in ('view', 'bookmark', 'trade', 'dismiss', 'share')),
  signal_score         int check (signal_score between 0 and 100),
  user_tier            varchar(20),
  device_type          varchar(20),
  -- Seconds.
  interaction_duration numeric(10,2) check (interaction_duration >= 0),
  analytics_data       jsonb not null default '{}',
  recorded_at          timestamptz not null default now()
);
create index user_interactions_person on public.user_interactions (user_id, recorded_at desc);
create index user_interactions_signal on public.user_interactions (signal_id);

-- A sample: `weight` says how many requests a row stands for.
create table public.api_usage_log (
  id               bigint generated always as identity primary key,
  user_id          uuid,
  endpoint         text not null,
  method           varchar(10) not null,
  status_code      int not null,
  response_time_ms numeric(10,1) not null,
  weight           int not null default 1 check (weight >= 1),
  ip_address       inet,
  user_agent       text,
  created_at       timestamptz not null default now()
);
create index api_usage_log_time on public.api_usage_log (created_at);
create index api_usage_log_person on public.api_usage_log (user_id, created_at);
create index api_usage_log_endpoint on public.api_usage_log (endpoint, created_at);

-- Languages and regions (section 11). English is the fallback of both translation tables.
create table public.regional_settings (
  region_code             varchar(10) primary key,
  name_en                 text not null,
  name_de                 text not null,
  name_ar                 text not null,
  default_currency        varchar(3) not null,
  default_timezone        varchar(50) not null,
  date_format             varchar(20) not null,
  time_format             varchar(10) not null check (time_format in ('12h', '24h')),
  number_format           varchar(20) not null,
  islamic_finance_default boolean not null default false,
  available_languages     text[] not null default '{en}' check (available_languages <@ array['en', 'de', 'ar'])
);
insert into public.regional_settings values
  ('US', 'United States', 'Vereinigte Staaten', 'الولايات المتحدة', 'USD', 'America/New_York', 'MM/DD/YYYY', '12h', '1,234.56', false, '{en}'),
  ('GB', 'United Kingdom', 'Vereinigtes Königreich', 'المملكة المتحدة', 'GBP', 'Europe/London', 'DD/MM/YYYY', '24h', '1,234.56', false, '{en}'),
  ('DE', 'Germany', 'Deutschland', 'ألمانيا', 'EUR', 'Europe/Berlin', 'DD.MM.YYYY', '24h', '1.234,56', false, '{de,en}'),
  ('AT', 'Austria', 'Österreich', 'النمسا', 'EUR', 'Europe/Vienna', 'DD.MM.YYYY', '24h', '1.234,56', false, '{de,en}'),
  ('CH', 'Switzerland', 'Schweiz', 'سويسرا', 'CHF', 'Europe/Zurich', 'DD.MM.YYYY', '24h', '1’234.56', false, '{de,en}'),
  ('AE', 'United Arab Emirates', 'Vereinigte Arabische Emirate', 'الإمارات العربية المتحدة', 'AED', 'Asia/Dubai', 'DD/MM/YYYY', '12h', '1,234.56', true, '{ar,en}'),
  ('SA', 'Saudi Arabia', 'Saudi-Arabien', 'المملكة العربية السعودية', 'SAR', 'Asia/Riyadh', 'DD/MM/YYYY', '12h', '1,234.56', true, '{ar,en}');

create table public.content_translations (
  content_key varchar(100) not null,
  language    varchar(2) not null check (language in ('en', 'de', 'ar')),
  text        text not null,
  html        text,
  updated_at  timestamptz not null default now(),
  primary key (content_key, language)
);
create table public.stock_translations (
  ticker       varchar(10) not null references public.active_stocks (ticker) on delete cascade,
  language     varchar(2) not null check (language in ('en', 'de', 'ar')),
  company_name text,
  description  text,
  sector       text,
  industry     text,
  primary key (ticker, language)
);

-- Shariah (section 11). The columns of the stock itself stand in active_stocks; here is how they came about, and what people want.
create table public.shariah_screening_history (
  id                      uuid primary key default gen_random_uuid(),
  ticker                  varchar(10) not null references public.active_stocks (ticker) on delete cascade,
  shariah_status          text not null check (shariah_status in ('compliant', 'non_compliant', 'pending', 'review_required')),
  score                   int check (score between 0 and 100),
  -- What was known: figures in dollars, null where unknown, and the excluded business that was found.
  facts                   jsonb not null,
  ratios                  jsonb not null,
  violations              text[] not null default '{}',
  purification_percentage numeric(6,3),
  source                  text not null,
  screened_by             uuid,
  screened_at             timestamptz not null default now()
);
create index shariah_screening_history_stock on public.shariah_screening_history (ticker, screened_at desc);
create trigger shariah_screening_history_stays before update on public.shariah_screening_history
  for each statement execute function kurzora.refuse_change();

create table public.shariah_advisory_decisions (
  id         uuid primary key default gen_random_uuid(),
  ticker     varchar(10) not null references public.active_stocks (ticker) on delete cascade,
  decision   text not null check (decision in ('compliant', 'non_compliant', 'review_required')),
  board      text not null,
  reasoning  text not null,
  decided_on date not null default current_date,
  entered_by uuid,
  created_at timestamptz not null default now()
);
create index shariah_advisory_decisions_stock on public.shariah_advisory_decisions (ticker, decided_on desc);
create trigger shariah_advisory_decisions_stays before update on public.shariah_advisory_decisions
  for each statement execute function kurzora.refuse_change();

-- A row says that its owner wants the screen at all.
create table public.user_islamic_preferences (
  user_id              uuid primary key default auth.uid() references public.users (id) on delete cascade,
  -- The list of signals shows compliant stocks unless asked otherwise.
  strict_mode          boolean not null default true,
  -- Stocks whose interest income or forbidden revenue lies between 3 and 5 percent.
  accept_marginal      boolean not null default false,
  purification_enabled boolean not null default true,
  purification_method  varchar(20) not null default 'profit' check (purification_method in ('profit', 'none')),
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now()
);
create trigger user_islamic_preferences_touch before update on public.user_islamic_preferences
  for each row execute function kurzora.touch_updated_at();

create table public.income_purification_log (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references public.users (id) on delete cascade,
  trade_id   uuid not null unique references public.paper_trades (id) on delete cascade,
  ticker     varchar(10) not null,
  profit     numeric(14,2) not null check (profit > 0),
  percentage numeric(6,3) not null,
  amount     numeric(14,2) not null,
  status     varchar(20) not null default 'calculated' check (status in ('pending', 'calculated', 'donated', 'deferred')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index income_purification_log_person on public.income_purification_log (user_id, created_at desc);
create trigger income_purification_log_touch before update on public.income_purification_log
  for each row execute function kurzora.touch_updated_at();

-- A profit of a stock with impure income owes its share, where the owner wants that worked out; unknown shares are pending.
create function kurzora.note_purification() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stock public.active_stocks;
begin
  if not exists (select from public.user_islamic_preferences p
                 where p.user_id = new.user_id and p.purification_enabled and p.purification_method <> 'none') then
    return null;
  end if;
  select * into stock from public.active_stocks where ticker = new.ticker;
  if stock.purification_percentage is null then
    insert into public.income_purification_log (user_id, trade_id, ticker, profit, percentage, amount, status)
    values (new.user_id, new.id, new.ticker, new.profit_loss, 0, 0, 'pending') on conflict (trade_id) do nothing;
  elsif stock.requires_income_purification then
    insert into public.income_purification_log (user_id, trade_id, ticker, profit, percentage, amount)
    values (new.user_id, new.id, new.ticker, new.profit_loss, stock.purification_percentage,
            round(new.profit_loss * stock.purification_percentage / 100, 2)) on conflict (trade_id) do nothing;
  end if;
  return null;
end
$$;
create trigger paper_trades_purify after update of is_open on public.paper_trades
  for each row when (old.is_open and not new.is_open and new.profit_loss > 0) execute function kurzora.note_purification();

-- Section 2.13's counters of one person, always of now: worked out where they are asked for.
create view public.dashboard_metrics with (security_invoker = true) as
  with open as materialized (
    select id, ticker, final_score, created_at from public.trading_signals where status in ('active', 'triggered')
  ), best as (
    select ticker, profit_loss_percentage from public.paper_trades
    where user_id = auth.uid() and not before_reset and profit_loss_percentage is not null
    order by profit_loss_percentage desc, id limit 1
  ), latest as (select id, ticker, final_score, created_at from open order by created_at desc, final_score desc, ticker limit 1)
  select u.id as user_id,
    (select count(*)::int from open where created_at >= date_trunc('day', now() at time zone 'America/New_York') at time zone 'America/New_York')
      as todays_signals,
    (select count(*)::int from open) as active_signals,
    (select round(avg(final_score), 2) from open) as avg_signal_score,
    (select round(100.0 * count(*) filter (where target_hit) / nullif(count(*) filter (where target_hit or stop_loss_hit), 0), 2)
       from public.signal_outcomes where recorded_at > now() - interval '30 days') as success_rate,
    (select count(*)::int from open where created_at > now() - interval '1 hour') as new_signals_last_hour,
    (select ticker from best) as best_performer_ticker,
    (select profit_loss_percentage from best) as best_performer_percentage,
    (select id from latest) as latest_signal_id,
    (select ticker from latest) as latest_signal_ticker,
    (select final_score from latest) as latest_signal_score,
    (select count(*)::int from public.notifications n where n.user_id = u.id and n.read_at is null) as alerts_count
  from public.users u where u.id = auth.uid();

do $$
declare
  named text;
begin
  foreach named in array array['user_interactions', 'user_islamic_preferences', 'income_purification_log'] loop
    execute format('create trigger %I before insert or update or delete on public.%I for each statement execute function kurzora.keep_still()',
      named || '_keep_still', named);
  end loop;
end
$$;
