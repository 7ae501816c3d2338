import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});

/** After the session: the day's live bars are folded into their chunks, partitions made ahead and dropped by retention. */
export const maintainBarsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:maintain-bars',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:30'),
  async run(_payload, { project, services, log }) {
    log.info(await services.marketData.maintain({ now: project.now() }), 'bars maintained');
  },
});
