import type { Session } from '#kernel/postgres/database.ts';
import type { Source, Stock } from '../api.ts';

const DESCRIBE = `
  insert into public.active_stocks as s (ticker, company_name, sector, industry, market_cap, priority, source)
  select k.ticker, k.company_name, k.sector, k.industry, k.market_cap, k.priority, $1
  from jsonb_to_recordset($2::jsonb) as k (ticker text, company_name text, sector text, industry text, market_cap bigint, priority int)
  on conflict (ticker) do update set
    company_name = coalesce(excluded.company_name, s.company_name), sector = coalesce(excluded.sector, s.sector),
    industry = coalesce(excluded.industry, s.industry), market_cap = coalesce(excluded.market_cap, s.market_cap),
    priority = case when excluded.source = 'files' then s.priority else excluded.priority end,
    source = excluded.source, updated_at = now()
  where (s.source = 'simulated' or excluded.source <> 'simulated')
    and not (s.source = 'polygon' and excluded.source = 'files')`;

const LIST = `
  insert into market.listings as l (source, ticker, priority)
  select $1, k.ticker, k.priority from jsonb_to_recordset($2::jsonb) as k (ticker text, priority int)
  on conflict (source, ticker) do update set priority = excluded.priority where l.priority <> excluded.priority`;

/** Makes these stocks known as listed by `source`. What a file does not know (name, sector) never erases what a vendor said. */
export async function listStocks(session: Session, source: Source, stocks: readonly Stock[]): Promise<void> {
  const rows = JSON.stringify(
    stocks.map((stock) => ({
      ticker: stock.ticker,
      company_name: stock.companyName,
      sector: stock.sector,
      industry: stock.industry,
      market_cap: stock.marketCap === null ? null : Math.round(stock.marketCap),
      priority: stock.priority,
    })),
  );
  await session.execute(DESCRIBE, [source, rows]);
  await session.execute(LIST, [source, rows]);
}

const UNIVERSE = `
  select s.ticker, s.company_name as "companyName", s.sector, s.industry, s.market_cap::float8 as "marketCap", l.priority
  from market.listings l join public.active_stocks s using (ticker)
  where l.source = $1 and s.is_active
  order by l.priority, l.ticker collate "C"
  limit $2`;

/** Active stocks the source lists, by priority, then ticker. */
export async function universe(session: Session, source: Source, limit?: number): Promise<Stock[]> {
  const rows = await session.query<Omit<Stock, 'source'>>(UNIVERSE, [source, limit ?? null]);
  return rows.map((row) => ({ ...row, source }));
}
