import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { OutcomeStatistics } from '../../contract.ts';
import { outcomeStatistics, outcomesByScore } from '../../queries/statistics.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = {
  querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 3_650, default: 30 }) }),
  response: Type.Object({
    overall: OutcomeStatistics,
    /** By the score a signal was born with, lowest first; both ends belong. */
    byScore: Type.Array(Type.Object({ ...OutcomeStatistics.properties, from: Type.Integer(), to: Type.Integer() })),
  }),
};

export const signalPerformanceRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals/performance',
  scope: 'public',
  summary: 'How signals ended in the last days, of all and by score: figures of all, rows of none',
  schema,
  async handle({ query, project }) {
    return await project.database.asService(
      async (session) => ({
        overall: await outcomeStatistics(session, project.now(), query.days),
        byScore: await outcomesByScore(session, project.now(), query.days),
      }),
      { readOnly: true },
    );
  },
});
