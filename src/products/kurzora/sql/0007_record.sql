-- The record: every score as it was given, what came of it, and what both add up to. Nothing here is ever changed.

create function kurzora.refuse_rewriting() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- One row a scan, its stocks in arrays: 6,000 scores are one insert and some 100 kB, not 6,000 rows every five minutes.
create table public.score_ledger (
  id             uuid primary key default gen_random_uuid(),
  as_of          timestamptz not null,
  -- New York's calendar day of as_of.
  session        date not null,
  engine         varchar(50) not null,
  source         text not null,
  timeframe      varchar(10) not null,
  live           boolean not null,
  -- Every stock the engine judged, in order of the alphabet.
  tickers        text[] not null,
  -- As given; null where the gate let the stock have none.
  scores         smallint[] not null,
  -- The calibrated score beside it, in tenths of a percent; null where there is none.
  calibrated     smallint[] not null,
  evaluation_id  uuid,
  -- Of every stock the first 8 bytes of the SHA-256 of what its score was worked out from; data_hash is that of all of them.
  data_hashes    bytea not null,
  data_hash      text not null,
  recorded_at    timestamptz not null default now(),
  constraint one_score_each check (
    cardinality(scores) = cardinality(tickers) and cardinality(calibrated) = cardinality(tickers)
    and octet_length(data_hashes) = 8 * cardinality(tickers))
);
create index score_ledger_sessions on public.score_ledger (source, engine, timeframe, session, as_of desc) where live;

-- What came of the last live scores of a session, once their holding time was over: arrays in the order of the ledger's.
create table public.score_outcomes (
  ledger_id  uuid primary key references public.score_ledger (id),
  -- 0 unknown, 1 target, 2 stop, 3 time ran out.
  outcomes   smallint[] not null,
  -- R after costs.
  gains      real[] not null,
  protocol   jsonb not null,
  settled_at timestamptz not null default now(),
  constraint one_gain_each check (cardinality(gains) = cardinality(outcomes))
);

-- What a replay of stored history, or the ledger, adds up to.
create table public.score_evaluations (
  id           uuid primary key default gen_random_uuid(),
  kind         text not null check (kind in ('replay', 'live')),
  engine       varchar(50) not null,
  source       text not null,
  timeframe    varchar(10) not null,
  from_session date not null,
  to_session   date not null,
  symbols      int not null,
  data_hash    text not null,
  evaluation   jsonb not null,
  created_at   timestamptz not null default now()
);
create index score_evaluations_newest on public.score_evaluations (engine, source, timeframe, kind, created_at desc);

do $$
declare
  named text;
begin
  foreach named in array array['score_ledger', 'score_outcomes', 'score_evaluations'] loop
    execute format('create trigger %I before update or delete or truncate on public.%I
                    for each statement execute function kurzora.refuse_rewriting()', named || '_append_only', named);
  end loop;
end
$$;
