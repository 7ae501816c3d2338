import type { Project } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';

/**
 * The moment that counts as now (epoch ms). Live sources go by the clock. Files stand still: there it is the close of the session
 * of the newest bar, so that imported history shows its last day's signals instead of none. Reads nothing from a provider.
 */
export async function marketMoment(project: Project, marketData: MarketData): Promise<number> {
  const now = project.now();
  if (marketData.source !== 'files') return now;
  const { newest } = await marketData.refresh({ now });
  if (newest === null) return now;
  const { calendar } = marketData;
  const session = calendar.session(calendar.dateOf(newest));
  return Math.min(now, session ? session.close : newest);
}
