import Type from 'typebox';
import type { Identity, Session } from '#kernel/postgres/database.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import { SignalSummary } from '../contract.ts';
import { islamicPreferences } from '../queries/shariah.ts';
import { withRecords } from '../queries/signal-records.ts';
import { countSignals, listSignals, seesAllSignals } from '../queries/signals.ts';
import type { KurzoraServices } from '../services.ts';

const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
const Score = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));

/** What a list shows unless a status is asked for: what can be executed. */
const OPEN = ['active', 'triggered'];

/** From here to 5 percent a stock passes, but not for who takes no marginal ones. */
const MARGINAL_PERCENT = 3;

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
    const asked = { ...query, statuses: query.status ? [query.status] : OPEN, sortBy, sortOrder, page, limit };
    const [{ signals, total }, limited, filter] = await as(async (session) => {
      const screened = await screenedFor(session, identity, query.shariahCompliant);
      const filter = { ...asked, ...screened };
      const found = await listSignals(session, filter);
      const some = identity.role === 'authenticated' && !(await seesAllSignals(session));
      return [{ ...found, signals: await withRecords(session, found.signals) }, some, filter] as const;
    });
    const screened = filter.shariahCompliant === true;
    const meta = { total, page, limit, hasMore: page * limit < total, ...(screened && { shariahCompliant: true }) };
    if (!limited) return new Page(signals, meta);
    // How many there are beyond the plan is told; which, is not.
    const all = await project.database.asService((session) => countSignals(session, filter), { readOnly: true });
    return new Page(signals, { ...meta, hiddenCount: Math.max(0, all - total) });
  },
});

/** Who holds to the Shariah screen strictly sees what passes it, unless the question says otherwise (section 11). */
async function screenedFor(session: Session, { role, claims }: Identity, asked: boolean | undefined) {
  if (asked !== undefined || role !== 'authenticated') return {};
  const wishes = await islamicPreferences(session, claims['sub'] as string);
  if (!wishes?.strictMode) return {};
  return { shariahCompliant: true, ...(!wishes.acceptMarginal && { mostImpure: MARGINAL_PERCENT }) };
}
