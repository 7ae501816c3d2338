import type { Project } from '#kernel/product.ts';
import { Turn } from '#kernel/turn.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { openTrades, type Settlement, settle, type TradeToSettle } from './queries/settle-trades.ts';
import { HISTORY_DAYS } from './rules/engine.ts';
import { exitOf } from './rules/portfolio-exits.ts';

const DAY = 86_400_000;

/**
 * Marks every open paper trade at its stock's last close by `asOf` (epoch ms) and closes those whose stop or target a closed bar
 * reached, however long ago: what happened while the server was down is made up for, at the time of the bar. Bars that are corrected
 * or come late count while a trade is open; a closed trade is settled and stays as it is.
 */
export async function settleTrades(
  project: Project,
  marketData: MarketData,
  asOf: number,
): Promise<{ marked: number; closed: number }> {
  const { database } = project;
  const trades = await database.asService((session) => openTrades(session, asOf));
  if (trades.length === 0) return { marked: 0, closed: 0 };
  const byTicker = Object.groupBy(trades, ({ ticker }) => ticker);
  // At least as far back as a scan wants them, so that the next scan need not read them again.
  const from = Math.min(asOf - HISTORY_DAYS * DAY, trades[0]!.since);
  await marketData.load({ symbols: Object.keys(byTicker), from });
  const settlements: Settlement[] = [];
  const turn = new Turn();
  for (const [ticker, of] of Object.entries(byTicker)) {
    settlements.push(...settlementsOf(marketData, ticker, of!, asOf));
    if (turn.over) await turn.pass();
  }
  return await database.asService((session) => settle(session, settlements));
}

function settlementsOf(
  marketData: MarketData,
  ticker: string,
  trades: readonly TradeToSettle[],
  asOf: number,
): Settlement[] {
  // In order of their levels: the first has the oldest.
  const bars = marketData.closedBars(ticker, { from: trades[0]!.since, to: asOf });
  const last = marketData.lastClose(ticker, asOf);
  return trades.flatMap(({ id, since, ...trade }): Settlement[] => {
    const exit = exitOf({ ...trade, since }, bars);
    if (exit) return [{ id, since, price: exit.price, reason: exit.reason, at: new Date(exit.time).toISOString() }];
    return last ? [{ id, since, price: last.value, reason: null, at: null }] : [];
  });
}
