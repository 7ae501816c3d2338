import type { Project } from '#kernel/product.ts';
import { marketMoment } from './market-moment.ts';
import type { WatchlistItem } from './portfolio-contract.ts';
import type { ListedItem } from './queries/watchlists.ts';
import { roundTo } from './rules/rounding.ts';
import type { KurzoraServices } from './services.ts';

const DAY = 86_400_000;
/** Far enough back for the session before the last one, holidays included. */
const LOOK_BACK = 14 * DAY;

/** Puts beside each stock what it costs now. One statement for all of them, none for those that a scan holds already. */
export async function withPrices(
  { project, services }: { readonly project: Project; readonly services: KurzoraServices },
  items: readonly ListedItem[],
): Promise<WatchlistItem[]> {
  const { marketData } = services;
  const moment = await marketMoment(project, marketData);
  if (items.length > 0) await marketData.load({ symbols: items.map(({ symbol }) => symbol), from: moment - LOOK_BACK });
  return items.map((item) => {
    const window = marketData.window(item.symbol, { asOf: moment, timeframes: ['1D'], days: LOOK_BACK / DAY });
    const price = window?.price?.value ?? null;
    const before = window?.previousClose ?? null;
    return { ...item, price, changePercent: price && before ? roundTo((price / before - 1) * 100, 4) : null };
  });
}
