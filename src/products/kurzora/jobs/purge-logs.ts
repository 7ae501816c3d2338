import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import { purgeLogs } from '../queries/operations.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});
const KEPT_DAYS = 90;

/** Errors and usage are kept for 90 days; what staff did is kept for good. */
export const purgeLogsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:purge-logs',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:40'),
  async run(_payload, { project, log }) {
    const gone = await project.database.asService((session) => purgeLogs(session, project.now(), KEPT_DAYS));
    if (gone > 0) log.info({ gone }, 'old log entries deleted');
  },
});
