-- Bars. History lies in chunk rows: one row holds a span of one symbol's bars as parallel arrays, for whoever reads SQL, and once more
-- packed, for the process that loads them all: Postgres sends a packed chunk as it lies there, an array element by element, which
-- takes four times as long. Both together are still smaller than a row per bar (bench/market-data.ts). What is live, late or corrected goes to
-- bar_tail, a row per bar, and wins over the chunk until it is folded in after the session.
create schema if not exists market;
grant usage on schema market to anon, authenticated, service_role;

-- `starts` is the first day (UTC) of the chunk's span: the day for 1m and 5m, the month for 15m to 4H, the year for 1D and 1W.
-- Partitioned by source (retention differs: imported files are kept for ever), then class, then month (intraday) or year (daily).
create table market.bar_chunks (
  source text not null,
  symbol text not null,
  timeframe text not null,
  starts date not null,
  first timestamptz not null,
  last timestamptz not null,
  ts timestamptz[] not null,
  open float8[] not null,
  high float8[] not null,
  low float8[] not null,
  close float8[] not null,
  volume float8[] not null,
  -- time (epoch milliseconds), open, high, low, close, volume: six blocks of little-endian float8, each as long as ts.
  packed bytea not null,
  primary key (source, symbol, timeframe, starts),
  check (first <= last),
  check (octet_length(packed) = 48 * cardinality(ts)),
  check (cardinality(ts) > 0
    and cardinality(open) = cardinality(ts) and cardinality(high) = cardinality(ts) and cardinality(low) = cardinality(ts)
    and cardinality(close) = cardinality(ts) and cardinality(volume) = cardinality(ts))
) partition by list (source);

-- Not compressed: pglz would halve the disk again, at twice the time to write.
alter table market.bar_chunks alter ts set storage external, alter open set storage external, alter high set storage external,
  alter low set storage external, alter close set storage external, alter volume set storage external, alter packed set storage external;

create table market.bar_chunks_simulated partition of market.bar_chunks for values in ('simulated') partition by list (timeframe);
create table market.bar_chunks_polygon partition of market.bar_chunks for values in ('polygon') partition by list (timeframe);
create table market.bar_chunks_files partition of market.bar_chunks for values in ('files') partition by list (timeframe);

do $$
declare
  source text;
begin
  foreach source in array array['simulated', 'polygon', 'files'] loop
    execute format('create table market.%I partition of market.%I for values in (''1m'', ''5m'', ''15m'', ''1H'', ''4H'') partition by range (starts)',
      'bar_chunks_' || source || '_intraday', 'bar_chunks_' || source);
    execute format('create table market.%I partition of market.%I for values in (''1D'', ''1W'') partition by range (starts)',
      'bar_chunks_' || source || '_daily', 'bar_chunks_' || source);
  end loop;
end $$;

create table market.bar_tail (
  source text not null check (source in ('simulated', 'polygon', 'files')),
  symbol text not null,
  timeframe text not null check (timeframe in ('1m', '5m', '15m', '1H', '4H', '1D', '1W')),
  ts timestamptz not null,
  open float8 not null,
  high float8 not null,
  low float8 not null,
  close float8 not null,
  volume float8 not null,
  primary key (source, symbol, timeframe, ts),
  check (low <= open and low <= close and high >= open and high >= close and low > 0 and volume >= 0 and high < 'infinity')
);

-- Gives a new table of the schema what every table here has: row level security, forced, and who may do what.
create function market.guard(relation regclass) returns void
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('alter table %s enable row level security', relation);
  execute format('alter table %s force row level security', relation);
  execute format('create policy "everyone reads bars" on %s for select to anon, authenticated using (true)', relation);
  execute format('create policy "the service writes bars" on %s for all to service_role using (true) with check (true)', relation);
end $$;
revoke all on function market.guard(regclass) from public;

do $$
declare
  relation regclass;
begin
  for relation in select c.oid from pg_class c where c.relnamespace = 'market'::regnamespace and c.relkind in ('r', 'p') loop
    perform market.guard(relation);
  end loop;
end $$;
grant select on market.bar_chunks, market.bar_tail to anon, authenticated;
grant select, insert, update, delete on market.bar_chunks, market.bar_tail to service_role;

-- Creates the partitions that hold chunks starting in [from_day, to_day] and answers how many were new. Attaching
-- takes a weaker lock on the parent than CREATE ... PARTITION OF: readers and writers go on.
create function market.ensure_partitions(source text, class text, from_day date, to_day date) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  parent text := 'bar_chunks_' || source || '_' || class;
  unit text := case class when 'daily' then 'year' else 'month' end;
  step interval := ('1 ' || unit)::interval;
  lower_bound date := date_trunc(unit, from_day::timestamp)::date;
  child text;
  created integer := 0;
begin
  if source not in ('simulated', 'polygon', 'files') or class not in ('intraday', 'daily') then
    raise exception 'no bars of source "%" and class "%"', source, class using errcode = '22023';
  end if;
  if to_day - from_day > 73200 then
    raise exception 'bars from % to % span more than 200 years', from_day, to_day using errcode = '22023';
  end if;
  while lower_bound <= to_day loop
    child := parent || to_char(lower_bound, case unit when 'year' then '_YYYY' else '_YYYYMM' end);
    if to_regclass(format('market.%I', child)) is null then
      perform pg_advisory_xact_lock(hashtext('market.ensure_partitions'));
    end if;
    if to_regclass(format('market.%I', child)) is null then
      execute format('create table market.%I (like market.%I including all)', child, parent);
      perform market.guard(format('market.%I', child)::regclass);
      execute format('alter table market.%I attach partition market.%I for values from (%L) to (%L)',
        parent, child, lower_bound, (lower_bound + step)::date);
      created := created + 1;
    end if;
    lower_bound := (lower_bound + step)::date;
  end loop;
  return created;
end $$;

-- Drops partitions of live sources whose whole span ended before the given days; imported files are never dropped.
-- Answers the names. Waits at most 5 s for readers, then fails and is tried again by the next run.
create function market.drop_partitions(intraday_before date, daily_before date) returns setof text
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '5s' as $$
declare
  child record;
begin
  if intraday_before > current_date or daily_before > current_date then
    raise exception 'retention must not reach into the future' using errcode = '22023';
  end if;
  for child in
    select c.relname as name, p.relname like '%\_daily' as daily,
      (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9-]+)''\)'))[1]::date as upper_bound
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
    where p.relnamespace = 'market'::regnamespace
      and p.relname in ('bar_chunks_simulated_intraday', 'bar_chunks_simulated_daily', 'bar_chunks_polygon_intraday', 'bar_chunks_polygon_daily')
    order by c.relname
  loop
    if child.upper_bound <= (case when child.daily then daily_before else intraday_before end) then
      execute format('drop table market.%I', child.name);
      return next child.name;
    end if;
  end loop;
end $$;

revoke all on function market.ensure_partitions(text, text, date, date), market.drop_partitions(date, date) from public;
grant execute on function market.ensure_partitions(text, text, date, date), market.drop_partitions(date, date) to service_role;

-- All bars as rows. A bar of the tail hides the one of the chunk it corrects.
create view public.market_data with (security_invoker = true) as
  select c.source, c.symbol, c.timeframe, b.ts, b.open, b.high, b.low, b.close, b.volume
  from market.bar_chunks c
  cross join lateral unnest(c.ts, c.open, c.high, c.low, c.close, c.volume) as b (ts, open, high, low, close, volume)
  where not exists (
    select from market.bar_tail t
    where t.source = c.source and t.symbol = c.symbol and t.timeframe = c.timeframe and t.ts = b.ts)
  union all
  select source, symbol, timeframe, ts, open, high, low, close, volume from market.bar_tail;
grant select on public.market_data to anon, authenticated, service_role;

-- The first specification's name and columns: last price and volume of the intraday bars.
create view public.market_data_phase1 with (security_invoker = true) as
  select symbol, ts as "timestamp", round(close::numeric, 2)::numeric(10, 2) as price, volume::bigint as volume,
    'PHASE_1'::varchar(20) as phase_config, timeframe, source
  from public.market_data
  where timeframe not in ('1D', '1W');
grant select on public.market_data_phase1 to anon, authenticated, service_role;
