import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute, Page } from '#kernel/product.ts';
import { userIdOf } from '../../paper-trading.ts';
import { IdParams, Ticker, Trade } from '../../portfolio-contract.ts';
import { findTrade, listTrades } from '../../queries/paper-trades.ts';
import { readPlan } from '../../queries/plan.ts';
import { PLAN_LIMITS } from '../../rules/plan.ts';
import { tradesCsv } from '../../rules/portfolio-csv.ts';
import type { KurzoraServices } from '../../services.ts';

const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
const Day = Type.Optional(Type.String({ format: 'date' }));
const Filter = {
  /** Days in New York; both belong. */
  dateFrom: Day,
  dateTo: Day,
  symbol: Type.Optional(Ticker),
  status: Type.Optional(Choice(['open', 'closed'])),
  exitReason: Type.Optional(Choice(['take_profit', 'stop_loss', 'manual', 'expired', 'signal_invalidated', 'reset'])),
};

const listSchema = {
  querystring: Type.Object({
    ...Filter,
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  }),
  response: Type.Array(Trade),
};

export const listTradesRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/portfolio/trades',
  scope: 'signed-in',
  summary: 'Trades, newest first: closed ones by when they closed, open ones by when they opened',
  schema: listSchema,
  async handle({ query, as, identity }) {
    const { page, limit } = query;
    const { trades, total } = await as((session) => listTrades(session, userIdOf(identity), query));
    return new Page(trades, { total, page, limit, hasMore: page * limit < total });
  },
});

const schema = { params: IdParams, response: Trade };

export const getTradeRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/portfolio/trades/:id',
  scope: 'signed-in',
  summary: 'One trade, open or closed',
  schema,
  async handle({ params, as, identity }) {
    const trade = await as((session) => findTrade(session, userIdOf(identity), params.id));
    assertOr(trade, 'NOT_FOUND', 'there is no such trade');
    return trade;
  },
});

/** Trades in one file at most: some 10 MB. */
const MOST = 50_000;
const exportSchema = { querystring: Type.Object(Filter), response: Type.String() };

export const exportTradesRoute = defineRoute<KurzoraServices, typeof exportSchema>({
  method: 'GET',
  url: '/api/v1/portfolio/trades/export',
  scope: 'signed-in',
  summary: 'The same trades as a CSV file, newest first; from the professional plan on',
  schema: exportSchema,
  async handle({ query, as, identity, project }) {
    const userId = userIdOf(identity);
    const [plan, { trades }] = await as(async (session) => [
      await readPlan(session, userId, project.now()),
      await listTrades(session, userId, { ...query, page: 1, limit: MOST }),
    ]);
    assertOr(PLAN_LIMITS[plan].csvExport, 'PLAN_LIMIT', 'Exports come with the professional plan', {
      upgrade: 'professional',
    });
    return new Answer(200, tradesCsv(trades), {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="kurzora-trades.csv"',
    });
  },
});
