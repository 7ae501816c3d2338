/** What an order may risk (kurzora.md 5): every rule that it breaks is told, not the first. */
import { costOf, type PaperTrade, total } from './portfolio.ts';
import { roundTo } from './rounding.ts';

export interface RiskLimits {
  /** Shares of the account's value, percent. */
  readonly riskPerTrade: number;
  readonly position: number;
  readonly sector: number;
  readonly portfolioAtRisk: number;
  /** Size of a trade without a stop when none is asked for. */
  readonly withoutStop: number;
  /** Fall from the highest value at which the account is warned; refuses nothing. */
  readonly drawdownAlarm: number;
  /** Shares a day, mean of the last 20. */
  readonly liquidity: number;
  /** Percent of the order's value, to be covered by cash. */
  readonly commission: number;
}

export const RISK_LIMITS: RiskLimits = {
  riskPerTrade: 10,
  position: 20,
  sector: 30,
  portfolioAtRisk: 10,
  withoutStop: 1,
  drawdownAlarm: 15,
  liquidity: 500_000,
  commission: 0,
};

export interface Order {
  readonly ticker: string;
  readonly sector: string | null;
  readonly quantity: number;
  readonly entry: number;
  readonly stop: number | null;
  readonly target: number | null;
  /** What was asked for in place of a quantity, percent. */
  readonly riskPercent: number | null;
  /** Null when the stock's volume is not known: then nothing is said about it. */
  readonly averageVolume: number | null;
}

export interface RiskAccount {
  readonly cash: number;
  /** Cash and what the open trades are worth. */
  readonly equity: number;
  readonly open: readonly PaperTrade[];
}

export interface BrokenRule {
  readonly rule: string;
  readonly limit: number;
  readonly actual: number;
  readonly message: string;
}

/** Money lost when a trade is stopped at its level; all that it cost where there is no stop, nothing where the stop locks in a gain. */
const atRisk = ({
  entry,
  stop,
  quantity,
  direction = 1,
}: Pick<PaperTrade, 'entry' | 'stop' | 'quantity'> & { direction?: 1 | -1 }): number =>
  Math.max(0, stop === null ? entry : direction * (entry - stop)) * quantity;

/** Every rule the order breaks; none when it may go ahead. */
export function brokenRules(order: Order, account: RiskAccount, limits: RiskLimits = RISK_LIMITS): BrokenRule[] {
  const { entry, stop, target, ticker, sector, quantity } = order;
  const cost = entry * quantity;
  const share = (value: number) => (account.equity > 0 ? (value / account.equity) * 100 : 100);
  const heldIn = (belongs: (trade: PaperTrade) => boolean) => total(account.open.filter(belongs), costOf);
  const broken: BrokenRule[] = [];
  const atMost = (rule: string, limit: number, actual: number, message: string) => {
    if (actual > limit + 1e-9) broken.push({ rule, limit: roundTo(limit, 2), actual: roundTo(actual, 2), message });
  };
  if (stop !== null && stop >= entry)
    broken.push({
      rule: 'stop_loss',
      limit: entry,
      actual: stop,
      message: 'The stop must lie below the entry; selling short is not offered',
    });
  if (target !== null && target <= entry)
    broken.push({ rule: 'take_profit', limit: entry, actual: target, message: 'The target must lie above the entry' });
  atMost('cash', account.cash, cost * (1 + limits.commission / 100), 'The order costs more than the cash at hand');
  const risk = Math.max(share(atRisk(order)), order.riskPercent ?? 0);
  atMost('risk_per_trade', limits.riskPerTrade, risk, 'Percent of the account that the order risks');
  atMost(
    'position_size',
    limits.position,
    share(cost + heldIn((trade) => trade.ticker === ticker)),
    `Percent of the account in ${ticker}`,
  );
  if (sector !== null)
    atMost(
      'sector_exposure',
      limits.sector,
      share(cost + heldIn((trade) => trade.sector === sector)),
      `Percent of the account in ${sector}`,
    );
  atMost(
    'portfolio_at_risk',
    limits.portfolioAtRisk,
    share(atRisk(order) + total(account.open, atRisk)),
    'Percent of the account lost if every stop is hit',
  );
  if (order.averageVolume !== null && order.averageVolume < limits.liquidity)
    broken.push({
      rule: 'liquidity',
      limit: limits.liquidity,
      actual: Math.round(order.averageVolume),
      message: 'Fewer shares are traded a day than an order needs to be filled',
    });
  return broken;
}

/** Shares for an order that names none: what the risk allows at its stop, cut to the largest position; at least 1. */
export function sizeFor(
  { entry, stop }: { entry: number; stop: number | null },
  { equity, riskPercent }: { equity: number; riskPercent: number },
  limits: RiskLimits = RISK_LIMITS,
): number {
  const whole = (value: number) => Math.floor(value + 1e-9);
  const cap = whole((equity * limits.position) / 100 / entry);
  const byRisk =
    stop === null
      ? whole((equity * limits.withoutStop) / 100 / entry)
      : whole((equity * riskPercent) / 100 / Math.abs(entry - stop));
  return Math.max(1, Math.min(byRisk, cap));
}
