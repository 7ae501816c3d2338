import type { Project } from '#kernel/product.ts';
import { storeScreens, unscreenedStocks } from './queries/shariah.ts';
import { excludedBusinesses } from './rules/shariah/business.ts';
import { screen } from './rules/shariah/screen.ts';

const UNKNOWN = { debtToMarketCap: null, cashToMarketCap: null, interestIncome: null, nonPermissibleRevenue: null };

/** Screens stocks that nobody has by what their names say they do: excluded ones fail, of the others nothing is known yet. Returns how many failed. */
export async function screenBusinesses({ database, now }: Pick<Project, 'database' | 'now'>): Promise<number> {
  return await database.asService(async (session) => {
    const failing = (await unscreenedStocks(session)).flatMap(({ ticker, companyName, sector, industry }) => {
      const business = excludedBusinesses(companyName, sector, industry);
      const facts = { companyName, sector, industry, business };
      return business.length > 0 ? [{ ticker, ratios: UNKNOWN, facts, ...screen(UNKNOWN, business) }] : [];
    });
    await storeScreens(session, failing, { source: 'business keywords', by: null, now: now() });
    return failing.length;
  });
}
