import { defineRoute } from '#kernel/product.ts';
import { SignalStatistics } from '../contract.ts';
import { outcomeStatistics, signalStatistics } from '../queries/statistics.ts';
import type { KurzoraServices } from '../services.ts';

const schema = { response: SignalStatistics };
/** Days of outcomes that are counted (kurzora.md 4.12). */
const WINDOW_DAYS = 30;

export const signalStatisticsRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals/statistics',
  scope: 'public',
  summary: 'Counts and averages of the active signals, and how signals ended in the last 30 days',
  schema,
  async handle({ as, project }) {
    const now = project.now();
    const active = await as((session) => signalStatistics(session, now));
    // As the service: what became of all signals is for everyone (public/performance), single outcomes are not.
    const outcomes = await project.database.asService((session) => outcomeStatistics(session, now, WINDOW_DAYS), {
      readOnly: true,
    });
    return { ...active, outcomes };
  },
});
