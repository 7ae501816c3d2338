import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import { marketMoment } from '../market-moment.ts';
import type { KurzoraServices } from '../services.ts';
import { settleScores } from '../settle-scores.ts';

const payload = Type.Object({});

/** After the session: what came of the scores of 20 sessions ago goes into the record. */
export const settleScoresJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:settle-scores',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:20'),
  async run(_payload, { project, services: { marketData }, log }) {
    const settled = await settleScores(project, marketData, await marketMoment(project, marketData));
    if (settled.settled > 0) log.info(settled, 'scores settled');
  },
});
