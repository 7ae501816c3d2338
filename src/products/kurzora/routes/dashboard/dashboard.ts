import Type, { type TSchema } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute, Page, type RouteContext } from '#kernel/product.ts';
import { SignalSummary } from '../../contract.ts';
import { marketMoment } from '../../market-moment.ts';
import { userIdOf } from '../../paper-trading.ts';
import { Portfolio, Trade } from '../../portfolio-contract.ts';
import { dashboardMetrics, listActivity } from '../../queries/dashboard.ts';
import { listTrades } from '../../queries/paper-trades.ts';
import { bestSignals } from '../../queries/signals.ts';
import { outcomeStatistics } from '../../queries/statistics.ts';
import type { KurzoraServices } from '../../services.ts';
import { getPortfolioRoute, portfolioPerformanceRoute, readPortfolio } from '../portfolio/portfolio.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Metrics = Type.Object({
  todaysSignals: Type.Integer(),
  activeSignals: Type.Integer(),
  averageSignalScore: Nullable(Type.Number()),
  newSignalsLastHour: Type.Integer(),
  latestSignal: Nullable(
    Type.Object({ id: Type.String(), ticker: Type.String(), score: Type.Integer(), createdAt: Type.String() }),
  ),
  bestPerformer: Nullable(Type.Object({ ticker: Type.String(), profitLossPercentage: Type.Number() })),
  unreadAlerts: Type.Integer(),
  /** Signals of everybody that reached their target among those that reached a level, 30 days, percent. */
  successRate: Nullable(Type.Number()),
});
const Limit = (most: number, usual: number) => Type.Integer({ minimum: 1, maximum: most, default: usual });

/** Of the outcomes of everybody's signals, which no customer may read one by one. */
async function readSuccessRate({ project }: Pick<RouteContext<KurzoraServices>, 'project'>): Promise<number | null> {
  const outcomes = (session: Session) => outcomeStatistics(session, project.now(), 30);
  return (await project.database.asService(outcomes, { readOnly: true })).successRate;
}

const metricsSchema = { response: Metrics };

export const dashboardMetricsRoute = defineRoute<KurzoraServices, typeof metricsSchema>({
  method: 'GET',
  url: '/api/v1/dashboard/metrics',
  scope: 'signed-in',
  summary: 'Counts of the signals one may see, the best trade, unread alerts',
  schema: metricsSchema,
  async handle({ as, identity, project, services }) {
    const moment = await marketMoment(project, services.marketData);
    const [metrics, successRate] = await Promise.all([
      as((session) => dashboardMetrics(session, userIdOf(identity), moment)),
      readSuccessRate({ project }),
    ]);
    return { ...metrics, successRate };
  },
});

const overviewSchema = {
  response: Type.Object({
    metrics: Metrics,
    portfolio: Portfolio,
    recentTrades: Type.Array(Trade),
    topSignals: Type.Array(SignalSummary),
  }),
};

export const dashboardOverviewRoute = defineRoute<KurzoraServices, typeof overviewSchema>({
  method: 'GET',
  url: '/api/v1/dashboard/overview',
  scope: 'signed-in',
  summary: 'Metrics, portfolio, the five newest trades and the five best open signals in one answer',
  schema: overviewSchema,
  async handle(context) {
    const { as, identity, project, services } = context;
    const userId = userIdOf(identity);
    const moment = await marketMoment(project, services.marketData);
    // One session whose statements are sent in one go: as many sessions would only stand in each other's way.
    const [[metrics, portfolio, { trades: recentTrades }, topSignals], successRate] = await Promise.all([
      as((session) =>
        Promise.all([
          dashboardMetrics(session, userId, moment),
          readPortfolio(session, userId),
          listTrades(session, userId, { page: 1, limit: 5 }),
          bestSignals(session, 5),
        ]),
      ),
      readSuccessRate(context),
    ]);
    return { metrics: { ...metrics, successRate }, portfolio, recentTrades, topSignals };
  },
});

export const dashboardPortfolioRoute = { ...getPortfolioRoute, url: '/api/v1/dashboard/portfolio' };
export const dashboardPerformanceRoute = { ...portfolioPerformanceRoute, url: '/api/v1/dashboard/performance' };

const recentSchema = { querystring: Type.Object({ limit: Limit(100, 10) }), response: Type.Array(Trade) };

export const recentTradesRoute = defineRoute<KurzoraServices, typeof recentSchema>({
  method: 'GET',
  url: '/api/v1/dashboard/trades/recent',
  scope: 'signed-in',
  summary: 'The newest trades, open and closed',
  schema: recentSchema,
  async handle({ as, identity, query }) {
    return (await as((session) => listTrades(session, userIdOf(identity), { page: 1, limit: query.limit }))).trades;
  },
});

const activitySchema = {
  querystring: Type.Object({
    limit: Limit(100, 20),
    offset: Type.Integer({ minimum: 0, maximum: 100_000, default: 0 }),
  }),
  response: Type.Array(
    Type.Object({
      type: Type.String(),
      tradeId: Nullable(Type.String()),
      signalId: Nullable(Type.String()),
      ticker: Type.String(),
      quantity: Nullable(Type.Integer()),
      price: Nullable(Type.Number()),
      profitLoss: Nullable(Type.Number()),
      reason: Nullable(Type.String()),
      at: Type.String(),
    }),
  ),
};

export const dashboardActivityRoute = defineRoute<KurzoraServices, typeof activitySchema>({
  method: 'GET',
  url: '/api/v1/dashboard/activity',
  scope: 'signed-in',
  summary: 'trade_opened, trade_closed and signal_bookmarked, newest first',
  schema: activitySchema,
  async handle({ as, identity, query }) {
    const { limit, offset } = query;
    const { entries, total } = await as((session) => listActivity(session, userIdOf(identity), query));
    return new Page(entries, { total, limit, offset, hasMore: offset + limit < total });
  },
});
