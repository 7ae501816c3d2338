import type { Session } from '#kernel/postgres/database.ts';

export interface KnownStock {
  readonly ticker: string;
  readonly companyName: string | null;
  readonly sector: string | null;
}

export async function findStock(session: Session, ticker: string): Promise<KnownStock | undefined> {
  return await session.maybeOne<KnownStock>(
    'select ticker, company_name as "companyName", sector from public.active_stocks where ticker = $1',
    [ticker],
  );
}
