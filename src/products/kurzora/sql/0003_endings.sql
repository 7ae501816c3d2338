-- How signals end, and what went wrong while nobody looked.

alter table public.signal_scans add column closed int not null default 0;

-- Open signals are read at every scan; there are at most a few thousand beside years of ended ones.
create index trading_signals_open on public.trading_signals (source) where status in ('active', 'triggered');

create table public.system_alerts (
  id          uuid primary key default gen_random_uuid(),
  type        varchar(50) not null,
  error       text not null,
  severity    varchar(20) not null default 'high' check (severity in ('low', 'medium', 'high', 'critical')),
  resolved    boolean not null default false,
  "timestamp" timestamptz not null default now()
);
create index system_alerts_newest on public.system_alerts ("timestamp" desc);
