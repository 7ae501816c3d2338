/** How well an account did, from its closed trades and from its value day by day. */
import { type PaperTrade, profitOf, returnOf, total } from './portfolio.ts';
import { roundTo } from './rounding.ts';

const DAY = 86_400_000;
const TRADING_DAYS = 252;
/** A year without risk, as a share. */
const RISK_FREE = 0.02;

export interface TradeMetrics {
  readonly trades: number;
  readonly winRate: number;
  /** Gross wins over gross losses; 0 when there is no loss. */
  readonly profitFactor: number;
  readonly grossProfit: number;
  readonly grossLoss: number;
  readonly averageWin: number;
  readonly averageLoss: number;
  readonly largestWin: number;
  readonly largestLoss: number;
  readonly averageReturn: number;
  /** Mean profit of a trade. */
  readonly expectancy: number;
  readonly averageHoldingDays: number;
}

/** Of closed trades; 0 throughout when there are none. Losses are negative, `grossLoss` is not. */
export function tradeMetrics(closed: readonly PaperTrade[]): TradeMetrics {
  const profits = closed.map(profitOf);
  const wins = profits.filter((profit) => profit > 0);
  const losses = profits.filter((profit) => profit < 0);
  const grossProfit = roundTo(sum(wins), 2);
  const grossLoss = roundTo(-sum(losses), 2);
  return {
    trades: closed.length,
    winRate: roundTo(mean(profits.map((profit) => (profit > 0 ? 100 : 0))), 2),
    profitFactor: grossLoss === 0 ? 0 : roundTo(grossProfit / grossLoss, 4),
    grossProfit,
    grossLoss,
    averageWin: roundTo(mean(wins), 2),
    averageLoss: roundTo(mean(losses), 2),
    largestWin: Math.max(0, ...wins),
    largestLoss: Math.min(0, ...losses),
    averageReturn: roundTo(mean(closed.map(returnOf)), 4),
    expectancy: roundTo(mean(profits), 2),
    averageHoldingDays: roundTo(
      mean(closed.map(({ openedAt, closedAt }) => Math.max(0, closedAt! - openedAt) / DAY)),
      2,
    ),
  };
}

export interface CurveMetrics {
  readonly days: number;
  /** Percent from the first value to the last. */
  readonly totalReturn: number;
  /** Of the daily returns over 2 % a year, scaled by the root of 252; null below three values or without movement. */
  readonly sharpe: number | null;
  /** As Sharpe, over the deviation of the losing days alone; null without one. */
  readonly sortino: number | null;
  /** Deepest fall from an earlier high, percent, positive. */
  readonly maxDrawdown: number;
  /** Fall of the last value from the highest, percent, positive. */
  readonly currentDrawdown: number;
  /** Deviation of the daily returns, percent a year; null below three values. */
  readonly volatility: number | null;
}

/** Of the account's values at the closes, oldest first. */
export function curveMetrics(values: readonly number[]): CurveMetrics {
  const returns = values.slice(1).map((value, index) => value / values[index]! - 1);
  const excess = returns.map((value) => value - RISK_FREE / TRADING_DAYS);
  const deviation = returns.length < 2 ? null : sampleDeviation(returns);
  const downside = Math.sqrt(mean(excess.map((value) => Math.min(0, value) ** 2)));
  const yearly = Math.sqrt(TRADING_DAYS);
  let [peak, deepest, current] = [values[0] ?? 0, 0, 0];
  for (const value of values) {
    peak = Math.max(peak, value);
    current = peak > 0 ? (1 - value / peak) * 100 : 0;
    deepest = Math.max(deepest, current);
  }
  return {
    days: values.length,
    totalReturn: values.length === 0 ? 0 : roundTo((values.at(-1)! / values[0]! - 1) * 100, 4),
    sharpe: deviation ? roundTo((mean(excess) / deviation) * yearly, 4) : null,
    sortino: returns.length >= 2 && downside > 0 ? roundTo((mean(excess) / downside) * yearly, 4) : null,
    maxDrawdown: roundTo(deepest, 4),
    currentDrawdown: roundTo(current, 4),
    volatility: deviation === null ? null : roundTo(deviation * yearly * 100, 4),
  };
}

export interface Exposure {
  /** What open trades are worth, percent of the account. */
  readonly invested: number;
  readonly bySector: { sector: string; percent: number }[];
  readonly largestPosition: { ticker: string; percent: number } | null;
}

/** Where the account's value lies; greatest first. */
export function exposureOf(open: readonly PaperTrade[], equity: number): Exposure {
  const worth = (trade: PaperTrade) => trade.entry * trade.quantity + profitOf(trade);
  const percent = (trades: readonly PaperTrade[]) =>
    equity > 0 ? roundTo((total(trades, worth) * 100) / equity, 2) : 0;
  const shares = (by: (trade: PaperTrade) => string) =>
    Object.entries(Object.groupBy(open, by))
      .map(([name, trades]) => ({ name, percent: percent(trades!) }))
      .sort((a, b) => b.percent - a.percent || a.name.localeCompare(b.name));
  const [largest] = shares(({ ticker }) => ticker);
  return {
    invested: percent(open),
    bySector: shares(({ sector }) => sector ?? 'Unknown').map(({ name, percent: share }) => ({
      sector: name,
      percent: share,
    })),
    largestPosition: largest ? { ticker: largest.name, percent: largest.percent } : null,
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : sum(values) / values.length);

function sampleDeviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}
