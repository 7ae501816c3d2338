import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import { screenBusinesses } from '../screen-businesses.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});

/** New stocks are screened by their business every day; ratios come from staff. */
export const screenStocksJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:screen-stocks',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:50'),
  async run(_payload, { project, log }) {
    const failed = await screenBusinesses(project);
    if (failed > 0) log.info({ failed }, 'stocks failed the Shariah screen by their business');
  },
});
