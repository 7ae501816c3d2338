-- Signals as the engine writes them and the real front end selects them (names and types are its contract).

create schema if not exists kurzora;
grant usage on schema kurzora to anon, authenticated, service_role;

create type public.signal_type as enum ('bullish', 'bearish', 'neutral');
create type public.signal_status as enum ('active', 'triggered', 'expired', 'archived', 'cancelled', 'closed');

create function kurzora.touch_updated_at() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create table public.trading_signals (
  id                   uuid primary key default gen_random_uuid(),
  ticker               varchar(10) not null,
  company_name         varchar(255),
  sector               varchar(100),
  market               varchar(20) not null default 'usa',
  signal_type          public.signal_type not null,
  confidence_score     int not null check (confidence_score between 0 and 100),
  final_score          int not null check (final_score between 0 and 100),
  signal_strength      varchar(20) not null,
  timeframe            varchar(10) not null default '4TF',
  signals              jsonb not null default '{}',
  current_price        numeric(12,4) not null check (current_price > 0),
  price_change_percent numeric(8,4),
  entry_price          numeric(12,4) not null check (entry_price > 0),
  stop_loss            numeric(12,4) not null check (stop_loss > 0),
  take_profit          numeric(12,4) not null check (take_profit > 0),
  risk_reward_ratio    numeric(6,2) not null,
  atr                  numeric(12,4),
  position_size        int check (position_size >= 1),
  risk_amount          numeric(14,2),
  reward_amount        numeric(14,2),
  stop_loss_reason     text,
  take_profit_reason   text,
  risk_management_type varchar(20),
  explanation          text,
  base_score           numeric(5,2) not null check (base_score between 0 and 100),
  divergence_bonus     numeric(5,2) not null default 0 check (divergence_bonus between -15 and 15),
  status               public.signal_status not null default 'active',
  has_open_position    boolean not null default false,
  position_id          uuid,
  executed_count       int not null default 0 check (executed_count >= 0),
  executed_at          timestamptz,
  triggered_at         timestamptz,
  expires_at           timestamptz,
  -- Where the numbers come from: the engine, the market data, and the moment looked from.
  engine               varchar(50) not null,
  source               text not null,
  as_of                timestamptz not null,
  -- Entry, stop, target and size never change after insert; this is the moment and the score they were set from.
  levels_as_of         timestamptz not null,
  levels_score         int not null check (levels_score between 0 and 100),
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),

  constraint scores_agree check (final_score = confidence_score),
  -- T-4: the ratio shown is the ratio of the levels shown.
  constraint ratio_matches_levels check (
    entry_price <> stop_loss
    and abs(risk_reward_ratio - abs(take_profit - entry_price) / nullif(abs(entry_price - stop_loss), 0)) <= 0.0051
  ),
  constraint levels_on_both_sides check ((stop_loss < entry_price) = (entry_price < take_profit))
-- Every scan rewrites the active ones; where the score stays, a row that has room on its page touches none of the indexes.
) with (fillfactor = 60);

create unique index trading_signals_one_active on public.trading_signals (ticker, signal_type) where status = 'active';
create index trading_signals_ticker on public.trading_signals (ticker);
create index trading_signals_created_at on public.trading_signals (created_at desc);
create index trading_signals_status on public.trading_signals (status);
create index trading_signals_confidence on public.trading_signals (confidence_score);
create index trading_signals_live on public.trading_signals (confidence_score desc) where status = 'active';
create index trading_signals_best on public.trading_signals (triggered_at desc, final_score desc) where final_score >= 80;

create trigger trading_signals_touch before update on public.trading_signals
  for each row when (new.updated_at = old.updated_at) execute function kurzora.touch_updated_at();

-- What each indicator said and contributed: 28 rows a signal (14 for end-of-day), and one more for a divergence.
create table public.indicators (
  id                 uuid primary key default gen_random_uuid(),
  signal_id          uuid not null references public.trading_signals (id) on delete cascade,
  indicator_name     varchar(50) not null,
  timeframe          varchar(10) not null,
  raw_value          numeric(18,6),
  -- Four decimals, because RSI's neutral band moves in steps of 0.0025: the stored points add up to the stored score exactly.
  score_contribution numeric(8,4) not null,
  scoring_version    varchar(50) not null,
  metadata           jsonb not null default '{}',
  created_at         timestamptz not null default now(),
  -- Set by whoever writes: a trigger would lock each of 40,000 rows a scan before its update, which takes a third more time.
  updated_at         timestamptz not null default now(),
  constraint indicators_once unique (signal_id, timeframe, indicator_name)
-- Every scan changes most rows in place; with room on their page no index is touched (heap-only tuples).
) with (fillfactor = 45);

create index indicators_name on public.indicators (indicator_name, timeframe);
