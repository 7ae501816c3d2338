import type { RouteContext } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { marketMoment } from './market-moment.ts';
import { userIdOf } from './paper-trading.ts';
import type { Performance, Period } from './portfolio-contract.ts';
import { type Account, readAccount } from './queries/portfolio.ts';
import { type SnapshotPoint, snapshotsSince } from './queries/snapshots.ts';
import { summaryOf } from './rules/portfolio.ts';
import { curveMetrics } from './rules/portfolio-metrics.ts';
import { roundTo } from './rules/rounding.ts';
import type { KurzoraServices } from './services.ts';

const DAY = 86_400_000;
const DAYS: Readonly<Record<Period, number | null>> = {
  '1D': 1,
  '1W': 7,
  '1M': 30,
  '3M': 91,
  '6M': 182,
  '1Y': 365,
  ALL: null,
};
/** Bars of a benchmark that are looked at: eight years. */
const BENCHMARK_DAYS = 2_000;

/** The account's recorded closes of a period and the close before it, and where it stands now; oldest first. */
export async function accountCurve(
  { as, identity, project, services }: Pick<RouteContext<KurzoraServices>, 'as' | 'identity' | 'project' | 'services'>,
  period: Period,
): Promise<{ account: Account; points: SnapshotPoint[]; moment: number }> {
  const moment = await marketMoment(project, services.marketData);
  const { calendar } = services.marketData;
  const days = DAYS[period];
  const from = days === null ? null : calendar.dateOf(moment - days * DAY);
  const userId = userIdOf(identity);
  const [account, recorded] = await as(async (session) => [
    await readAccount(session, userId),
    await snapshotsSince(session, userId, from),
  ]);
  const today = calendar.dateOf(moment);
  const { totalValue, cash, totalReturnPercent } = summaryOf(account.startingBalance, account.trades);
  const before = recorded.findLast(({ date }) => date < today);
  const dailyChange = before ? roundTo(totalValue - before.totalValue, 2) : null;
  const now = { date: today, totalValue, cash, totalReturnPercent, dailyChange };
  return { account, moment, points: [...recorded.filter(({ date }) => date < today), now] };
}

/** The curve of a period beside a benchmark's closes. */
export async function performanceOf(
  context: Pick<RouteContext<KurzoraServices>, 'as' | 'identity' | 'project' | 'services'>,
  period: Period,
  symbol: 'SPY' | 'QQQ' | 'none',
): Promise<Performance> {
  const { points, moment } = await accountCurve(context, period);
  const metrics = curveMetrics(points.map(({ totalValue }) => totalValue));
  const closes =
    symbol === 'none' ? new Map<string, number>() : await closesByDate(context.services.marketData, symbol, moment);
  const compared = points.map((point) => ({ ...point, benchmark: closes.get(point.date) ?? null }));
  const known = compared.flatMap(({ benchmark }) => benchmark ?? []);
  const totalReturn = known.length < 2 ? null : roundTo((known.at(-1)! / known[0]! - 1) * 100, 4);
  const difference = totalReturn === null ? null : roundTo(metrics.totalReturn - totalReturn, 4);
  return {
    period,
    points: compared,
    metrics,
    benchmark: symbol === 'none' ? null : { symbol, totalReturn, difference },
  };
}

async function closesByDate(
  { bars, calendar }: MarketData,
  symbol: string,
  asOf: number,
): Promise<Map<string, number>> {
  const frame = await bars(symbol, '1D', { asOf, limit: BENCHMARK_DAYS });
  const closes = new Map<string, number>();
  for (let at = 0; at < (frame?.bars.length ?? 0); at++)
    closes.set(calendar.dateOf(frame!.bars.time[at]!), frame!.bars.close[at]!);
  return closes;
}
