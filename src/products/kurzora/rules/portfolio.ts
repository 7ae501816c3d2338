/**
 * What an account of paper trades is worth (kurzora.md 5). Money in dollars, two decimals; percentages of 100. A trade that a client
 * opened as a sale gains when the price falls; what it ties up counts as its cost all the same.
 */
import { roundTo } from './rounding.ts';

export interface PaperTrade {
  readonly ticker: string;
  readonly sector: string | null;
  readonly direction: 1 | -1;
  readonly quantity: number;
  readonly entry: number;
  readonly stop: number | null;
  /** Epoch ms. */
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** The exit price once closed, the last known price until then; the entry when none is known. */
  readonly price: number;
}

/** In cents as the database rounds: half away from zero. */
export const money = (value: number): number => (value < 0 ? -roundTo(-value, 2) : roundTo(value, 2)) + 0;
/** Prices have four decimals: in ten-thousandths of a dollar all is whole, so halves of a cent round as the database rounds them. */
const parts = (price: number): number => Math.round(price * 10_000);
const dollars = (sum: number): number => (Math.sign(sum) * Math.round(Math.abs(sum) / 100)) / 100 + 0;
export const costOf = ({ entry, quantity }: PaperTrade): number => dollars(parts(entry) * quantity);
export const profitOf = ({ direction, price, entry, quantity }: PaperTrade): number =>
  dollars(direction * (parts(price) - parts(entry)) * quantity);
/** Percent of the entry. */
export const returnOf = ({ direction, price, entry }: PaperTrade): number =>
  roundTo((direction * (price - entry) * 100) / entry, 4);

export interface PortfolioSummary {
  readonly startingBalance: number;
  readonly totalValue: number;
  readonly cash: number;
  /** What the open trades cost, and what they are worth. */
  readonly invested: number;
  readonly marketValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly totalPnl: number;
  /** Of the starting balance. */
  readonly totalReturnPercent: number;
  readonly openTrades: number;
  readonly closedTrades: number;
  readonly winningTrades: number;
  readonly losingTrades: number;
  /** Winning of closed, percent; a trade that came out even is no win; 0 when none is closed. */
  readonly winRate: number;
  /** Mean of the closed trades' returns, percent of their entry. */
  readonly averageReturn: number;
}

export function summaryOf(startingBalance: number, trades: readonly PaperTrade[]): PortfolioSummary {
  const open = trades.filter(({ closedAt }) => closedAt === null);
  const closed = trades.filter(({ closedAt }) => closedAt !== null);
  const invested = money(total(open, costOf));
  const unrealizedPnl = money(total(open, profitOf));
  const realizedPnl = money(total(closed, profitOf));
  const totalPnl = money(unrealizedPnl + realizedPnl);
  const winningTrades = closed.filter((trade) => profitOf(trade) > 0).length;
  return {
    startingBalance,
    totalValue: money(startingBalance + totalPnl),
    cash: money(startingBalance + realizedPnl - invested),
    invested,
    marketValue: money(invested + unrealizedPnl),
    unrealizedPnl,
    realizedPnl,
    totalPnl,
    totalReturnPercent: roundTo((totalPnl * 100) / startingBalance, 4),
    openTrades: open.length,
    closedTrades: closed.length,
    winningTrades,
    losingTrades: closed.filter((trade) => profitOf(trade) < 0).length,
    winRate: closed.length === 0 ? 0 : roundTo((winningTrades * 100) / closed.length, 2),
    averageReturn: closed.length === 0 ? 0 : roundTo(total(closed, returnOf) / closed.length, 4),
  };
}

/** The trades as they stood at a moment (epoch ms): later ones left out, those closed later still open, at the price `priceAt` gives. */
export function tradesAt(
  trades: readonly PaperTrade[],
  moment: number,
  priceAt: (trade: PaperTrade) => number,
): PaperTrade[] {
  return trades
    .filter(({ openedAt }) => openedAt <= moment)
    .map((trade) =>
      trade.closedAt !== null && trade.closedAt <= moment ? trade : { ...trade, closedAt: null, price: priceAt(trade) },
    );
}

export function total<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((sum, item) => sum + of(item), 0);
}
