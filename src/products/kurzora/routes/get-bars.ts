import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import type { Timeframe } from '#services/market-data/api.ts';
import { ChartBars } from '../contract.ts';
import { marketMoment } from '../market-moment.ts';
import type { KurzoraServices } from '../services.ts';

const schema = {
  params: Type.Object({ ticker: Type.String({ minLength: 1, maxLength: 10 }) }),
  querystring: Type.Object({
    timeframe: Type.Unsafe<Timeframe>(
      Type.String({ enum: ['1m', '5m', '15m', '1H', '4H', '1D', '1W'], default: '1D' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 2_000, default: 250 }),
    /** Bars that closed later are left out, the running one is built up to here; now when absent. */
    asOf: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  response: ChartBars,
};

export const getBarsRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/market-data/:ticker/bars',
  scope: 'public',
  summary: 'Bars for a chart, newest `limit`, oldest first',
  schema,
  async handle({ params, query, project, services }) {
    const { marketData } = services;
    const now = await marketMoment(project, marketData);
    const asOf = query.asOf ? Math.min(Date.parse(query.asOf), now) : now;
    const frame = await marketData.bars(params.ticker, query.timeframe, { asOf, limit: query.limit });
    assertOr(frame, 'NOT_FOUND', `there are no ${query.timeframe} bars of ${params.ticker}`);
    const { bars, provisional } = frame;
    const column = (values: Float64Array) => Array.from(values.subarray(0, bars.length));
    return {
      ticker: params.ticker,
      timeframe: query.timeframe,
      source: marketData.source,
      provisional,
      time: column(bars.time).map((time) => time / 1000),
      open: column(bars.open),
      high: column(bars.high),
      low: column(bars.low),
      close: column(bars.close),
      volume: column(bars.volume),
    };
  },
});
