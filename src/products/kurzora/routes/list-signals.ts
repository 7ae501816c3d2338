import Type from 'typebox';
import { defineRoute, Page } from '#kernel/product.ts';
import { SignalSummary } from '../contract.ts';
import { withRecords } from '../queries/signal-records.ts';
import { countSignals, listSignals, seesAllSignals } from '../queries/signals.ts';
import type { KurzoraServices } from '../services.ts';

const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
const Score = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));

/** What a list shows unless a status is asked for: what can be executed. */
const OPEN = ['active', 'triggered'];

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
  async handle({ query, as, identity, project }) {
    const { page, limit, sortBy = 'score' } = query;
    const sortOrder = query.sortOrder ?? (sortBy === 'symbol' ? 'asc' : 'desc');
    const filter = { ...query, statuses: query.status ? [query.status] : OPEN, sortBy, sortOrder, page, limit };
    const [{ signals, total }, limited] = await as(async (session) => {
      const found = await listSignals(session, filter);
      const some = identity.role === 'authenticated' && !(await seesAllSignals(session));
      return [{ ...found, signals: await withRecords(session, found.signals) }, some];
    });
    const meta = { total, page, limit, hasMore: page * limit < total };
    if (!limited) return new Page(signals, meta);
    // How many there are beyond the plan is told; which, is not.
    const all = await project.database.asService((session) => countSignals(session, filter), { readOnly: true });
    return new Page(signals, { ...meta, hiddenCount: Math.max(0, all - total) });
  },
});
