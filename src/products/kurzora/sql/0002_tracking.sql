-- What became of signals, what every scan did, and the settings the engine runs with.

create type public.signal_action as enum (
  'generated', 'triggered', 'stop_loss_hit', 'take_profit_hit', 'expired', 'manual_close', 'updated', 'archived', 'cancelled'
);

-- One row for every change of a signal's status, and for every rescoring that moved its score.
create table public.signal_history (
  id         uuid primary key default gen_random_uuid(),
  signal_id  uuid not null references public.trading_signals (id) on delete cascade,
  action     public.signal_action not null,
  price      numeric(12,4),
  notes      text,
  created_at timestamptz not null default clock_timestamp()
);
create index signal_history_signal on public.signal_history (signal_id, created_at);

create table public.signal_outcomes (
  id                 uuid primary key default gen_random_uuid(),
  signal_id          uuid not null unique references public.trading_signals (id) on delete cascade,
  ticker             varchar(10) not null,
  original_score     int not null check (original_score between 0 and 100),
  entry_price        numeric(12,4) not null,
  exit_price         numeric(12,4),
  actual_return      numeric(10,4),
  target_hit         boolean not null default false,
  stop_loss_hit      boolean not null default false,
  days_active        numeric(8,2),
  outcome_type       varchar(20) not null default 'pending' check (outcome_type in ('pending', 'completed', 'expired', 'stopped')),
  performance_rating varchar(20),
  ai_learning_data   jsonb,
  session_origin     text,
  recorded_at        timestamptz not null default now()
);
create index signal_outcomes_recorded on public.signal_outcomes (recorded_at desc);

create table public.signal_scans (
  id          uuid primary key default gen_random_uuid(),
  as_of       timestamptz not null,
  engine      varchar(50) not null,
  source      text not null,
  phase       int not null,
  timeframe   varchar(10) not null,
  -- False for a scan of the past that was stored on request: it left the live signals alone.
  live        boolean not null,
  scanned     int not null,
  signals     int not null,
  inserted    int not null,
  updated     int not null,
  expired     int not null,
  skipped     jsonb not null,
  seconds     numeric(10,3) not null,
  finished_at timestamptz not null default now()
);
create index signal_scans_finished on public.signal_scans (finished_at desc);

create table public.system_config (
  key         text primary key,
  value       jsonb not null,
  -- 'public' rows may be read by everyone.
  category    text not null default 'engine',
  description text,
  updated_by  uuid,
  updated_at  timestamptz not null default now()
);
create trigger system_config_touch before update on public.system_config
  for each row execute function kurzora.touch_updated_at();

insert into public.system_config (key, category, value, description) values
  ('public_signals', 'public', 'true', 'Whether visitors without an account see active signals.'),
  ('active_phase', 'public', 'null', '1: 500 stocks every 15 minutes; 2: 1,000 every 10; 3: 6,000 every 5; null: as PHASE says.'),
  ('gate', 'engine', '{"short": 55, "medium": 55, "long": 45}', 'Least timeframe scores: 1H, 4H, and 1D or 1W. End-of-day: 1D short, 1W long.'),
  ('levels_rule', 'engine', '"score-band"', 'How entry, stop and target are set: score-band or legacy.'),
  ('risk', 'engine', '{"balance": 10000, "riskPercent": 2, "positionCapPercent": 20}', 'The account that position sizes are worked out for.');

-- Reads as the caller: policies.sql lets everyone read this one setting.
create function kurzora.public_signals() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((select value = 'true'::jsonb from public.system_config where key = 'public_signals'), false)
$$;
