import Type from 'typebox';
import { defineRoute, Page } from '#kernel/product.ts';
import { SignalSummary } from '../contract.ts';
import { listSignals } from '../queries/signals.ts';
import type { KurzoraServices } from '../services.ts';

const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
const Score = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));

const schema = {
  querystring: Type.Object({
    timeframe: Type.Optional(Choice(['1H', '4H', '1D', '1W'])),
    minScore: Score,
    maxScore: Score,
    sector: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    market: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
    shariahCompliant: Type.Optional(Type.Boolean()),
    status: Type.Optional(Choice(['active', 'triggered', 'expired', 'archived', 'cancelled', 'closed'])),
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    sortBy: Type.Optional(Choice(['score', 'timestamp', 'symbol'])),
    sortOrder: Type.Optional(Choice(['asc', 'desc'])),
  }),
  response: Type.Array(SignalSummary),
};

export const listSignalsRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals',
  scope: 'public',
  summary: 'Signals, best first; with a timeframe, scores are that timeframe’s',
  schema,
  async handle({ query, as }) {
    const { page, limit, status = 'active', sortBy = 'score' } = query;
    const sortOrder = query.sortOrder ?? (sortBy === 'symbol' ? 'asc' : 'desc');
    const filter = { ...query, status, sortBy, sortOrder, page, limit };
    const { signals, total } = await as((session) => listSignals(session, filter));
    return new Page(signals, { total, page, limit, hasMore: page * limit < total });
  },
});
