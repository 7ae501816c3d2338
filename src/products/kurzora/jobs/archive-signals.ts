import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import { archiveExpired } from '../queries/end-signals.ts';
import { ARCHIVE_AFTER_DAYS } from '../rules/lifecycle.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});

/** Takes signals out of view a week after they expired; they are kept for good. */
export const archiveSignalsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:archive-signals',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:00'),
  async run(_payload, { project, log }) {
    const archived = await project.database.asService((session) =>
      archiveExpired(session, project.now(), ARCHIVE_AFTER_DAYS),
    );
    if (archived > 0) log.info({ archived }, 'signals archived');
  },
});
