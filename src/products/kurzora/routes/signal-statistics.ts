import { defineRoute } from '#kernel/product.ts';
import { SignalStatistics } from '../contract.ts';
import { signalStatistics } from '../queries/signals.ts';
import type { KurzoraServices } from '../services.ts';

const schema = { response: SignalStatistics };

export const signalStatisticsRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals/statistics',
  scope: 'public',
  summary: 'Counts and averages of the active signals',
  schema,
  handle: ({ as, project }) => as((session) => signalStatistics(session, project.now())),
});
