import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { everyMinutesWhileOpen } from '#services/market-data/api.ts';
import { marketMoment } from '../market-moment.ts';
import type { KurzoraServices } from '../services.ts';
import { settleTrades } from '../settle-trades.ts';

const payload = Type.Object({});
/** After a scan has fetched the bars of the same five minutes. */
const DELAY_SECONDS = 60;

/** Marks open paper trades to market and closes those that reached their stop or target. */
export const settleTradesJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:settle-trades',
  payload,
  schedule: ({ marketData }) => everyMinutesWhileOpen(marketData.calendar, 5, { delaySeconds: DELAY_SECONDS }),
  async run(_payload, { project, services: { marketData }, log }) {
    const settled = await settleTrades(project, marketData, await marketMoment(project, marketData));
    if (settled.marked + settled.closed > 0) log.info(settled, 'paper trades settled');
  },
});
