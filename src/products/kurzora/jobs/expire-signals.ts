import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { everyMinutesWhileOpen } from '#services/market-data/api.ts';
import { marketMoment } from '../market-moment.ts';
import { expireDue } from '../queries/supersede.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});

/** Ends signals whose time is up, even when no scan comes by; the last run of a day is at the close, when most end. */
export const expireSignalsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:expire-signals',
  payload,
  schedule: ({ marketData }) => everyMinutesWhileOpen(marketData.calendar, 30, { delaySeconds: 1 }),
  async run(_payload, { project, services, log }) {
    const moment = await marketMoment(project, services.marketData);
    const expired = await project.database.asService((session) => expireDue(session, moment));
    if (expired > 0) log.info({ expired }, 'signals expired');
  },
});
