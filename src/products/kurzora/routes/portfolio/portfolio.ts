import Type from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { userIdOf } from '../../paper-trading.ts';
import { Analytics, Performance, Period, Portfolio } from '../../portfolio-contract.ts';
import { accountCurve, performanceOf } from '../../portfolio-performance.ts';
import { listHoldings, monthlyPerformance, readAccount } from '../../queries/portfolio.ts';
import { summaryOf } from '../../rules/portfolio.ts';
import { curveMetrics, exposureOf, tradeMetrics } from '../../rules/portfolio-metrics.ts';
import { RISK_LIMITS } from '../../rules/portfolio-risk.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = { response: Portfolio };

/** What the account is worth and holds, for the portfolio and the dashboard. */
export async function readPortfolio(session: Session, userId: string) {
  const [account, holdings] = await Promise.all([readAccount(session, userId), listHoldings(session, userId)]);
  const { startingBalance, trades, resetAt } = account;
  return { ...summaryOf(startingBalance, trades), holdings, resetAt: resetAt?.toISOString() ?? null };
}

export const getPortfolioRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/portfolio',
  scope: 'signed-in',
  summary: 'Value, cash, profit, win rate, and what is held by ticker',
  schema,
  handle: ({ as, identity }) => as((session) => readPortfolio(session, userIdOf(identity))),
});

const performanceSchema = {
  querystring: Type.Object({
    period: Period,
    benchmark: Type.Unsafe<'SPY' | 'QQQ' | 'none'>(Type.String({ enum: ['SPY', 'QQQ', 'none'], default: 'SPY' })),
  }),
  response: Performance,
};

export const portfolioPerformanceRoute = defineRoute<KurzoraServices, typeof performanceSchema>({
  method: 'GET',
  url: '/api/v1/portfolio/performance',
  scope: 'signed-in',
  summary: 'The account at each close of a period beside a benchmark, with Sharpe, Sortino and drawdown',
  schema: performanceSchema,
  handle: (context) =>
    performanceOf(context as RouteContext<KurzoraServices>, context.query.period, context.query.benchmark),
});

const analyticsSchema = { response: Analytics };

export const portfolioAnalyticsRoute = defineRoute<KurzoraServices, typeof analyticsSchema>({
  method: 'GET',
  url: '/api/v1/portfolio/analytics',
  scope: 'signed-in',
  summary: 'Metrics of the closed trades, of the curve since the last reset, exposure, months, alarms',
  schema: analyticsSchema,
  async handle(context) {
    const { account, points } = await accountCurve(context as RouteContext<KurzoraServices>, 'ALL');
    const { startingBalance, trades } = account;
    const summary = summaryOf(startingBalance, trades);
    const curve = curveMetrics([startingBalance, ...points.map(({ totalValue }) => totalValue)]);
    const limit = RISK_LIMITS.drawdownAlarm;
    return {
      summary,
      trades: tradeMetrics(trades.filter(({ closedAt }) => closedAt !== null)),
      curve,
      exposure: exposureOf(
        trades.filter(({ closedAt }) => closedAt === null),
        summary.totalValue,
      ),
      months: await context.as((session) => monthlyPerformance(session, userIdOf(context.identity))),
      alarms: curve.currentDrawdown > limit ? [{ rule: 'drawdown', limit, actual: curve.currentDrawdown }] : [],
    };
  },
});
