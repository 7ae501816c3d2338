import { defineRoute } from '#kernel/product.ts';
import { PublicPerformance } from '../contract.ts';
import { scoreRecord } from '../public-performance.ts';
import { newestEvaluations } from '../queries/score-evaluations.ts';
import { outcomeStatistics } from '../queries/statistics.ts';
import { ENGINE } from '../rules/engine.ts';
import { PROTOCOL } from '../rules/record/protocol.ts';
import type { KurzoraServices } from '../services.ts';

const schema = { response: PublicPerformance };
/** Days of endings that are counted (kurzora.md 4.12). */
const WINDOW_DAYS = 30;

export const publicPerformanceRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/public/performance',
  scope: 'public',
  summary: 'The record: what scores were worth, with intervals and base rates, and how signals ended',
  schema,
  async handle({ as, project, services }) {
    const { source } = services.marketData;
    const stored = await as((session) => newestEvaluations(session, { engine: ENGINE, source }));
    // As the service: figures of all signals are for everyone, rows of them are not.
    const outcomes = await project.database.asService(
      (session) => outcomeStatistics(session, project.now(), WINDOW_DAYS),
      { readOnly: true },
    );
    const { atrPeriod, multiple, horizon, costRate } = PROTOCOL;
    return {
      engine: ENGINE,
      source,
      simulated: source === 'simulated',
      outcomes,
      records: stored.map(scoreRecord),
      protocol: { atrPeriod, multiple, horizon, costRate },
    };
  },
});
