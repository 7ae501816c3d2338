-- Stocks that exist, in the columns the real client reads. `source` says who described the row last; a real source wins over the simulation.
create table public.active_stocks (
  ticker varchar(10) primary key,
  company_name text,
  sector text,
  industry text,
  market_cap bigint check (market_cap >= 0),
  priority integer not null default 100,
  country_code varchar(2),
  exchange_code varchar(10),
  is_active boolean not null default true,
  source text not null check (source in ('simulated', 'polygon', 'files')),
  is_islamic_compliant boolean,
  shariah_status text not null default 'pending' check (shariah_status in ('compliant', 'non_compliant', 'pending', 'review_required')),
  debt_to_market_cap_ratio numeric(9, 4),
  interest_income_ratio numeric(9, 4),
  non_permissible_revenue_ratio numeric(9, 4),
  cash_to_market_cap_ratio numeric(9, 4),
  last_shariah_screening_date date,
  shariah_source text,
  shariah_board_approval boolean,
  shariah_confidence_score numeric(5, 2) check (shariah_confidence_score between 0 and 100),
  requires_income_purification boolean,
  purification_percentage numeric(6, 3) check (purification_percentage between 0 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Unknown data is pending, never compliant.
  check (is_islamic_compliant is not true or shariah_status = 'compliant')
);
create index active_stocks_order on public.active_stocks (priority, ticker) where is_active;
create index active_stocks_sector on public.active_stocks (sector);
alter table public.active_stocks enable row level security;
alter table public.active_stocks force row level security;

create view public.stock_universe with (security_invoker = true) as select * from public.active_stocks;

-- Which source lists which ticker: the same ticker may come from Polygon and from a file without either losing it.
create table market.listings (
  source text not null check (source in ('simulated', 'polygon', 'files')),
  ticker varchar(10) not null references public.active_stocks on delete cascade,
  priority integer not null default 100,
  listed_at timestamptz not null default now(),
  primary key (source, ticker)
);
alter table market.listings enable row level security;
alter table market.listings force row level security;

-- Provenance of imported files: what was read, stored and refused, by whom and when.
create table public.market_data_imports (
  id bigint generated always as identity primary key,
  file_name text not null,
  sha256 text not null,
  bytes bigint not null,
  timeframe text not null,
  symbols integer not null,
  bars_read bigint not null,
  stored bigint not null,
  unchanged bigint not null,
  updated bigint not null,
  rejected jsonb not null,
  first_bar timestamptz,
  last_bar timestamptz,
  imported_by text not null,
  imported_at timestamptz not null default now()
);
alter table public.market_data_imports enable row level security;
alter table public.market_data_imports force row level security;
