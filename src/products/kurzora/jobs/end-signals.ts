import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { everyMinutesWhileOpen } from '#services/market-data/api.ts';
import { endDueSignals } from '../end-due-signals.ts';
import { marketMoment } from '../market-moment.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});
/** Every scan ends signals itself, with the newest bars: this job leaves it the time, and makes up for scans that failed. */
const DELAY_SECONDS = 600;

/** Ends signals that touched stop or target or whose time is up, even when no scan comes by. */
export const endSignalsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:end-signals',
  payload,
  schedule: ({ marketData }) => everyMinutesWhileOpen(marketData.calendar, 30, { delaySeconds: DELAY_SECONDS }),
  async run(_payload, { project, services: { marketData }, log }) {
    const ended = await endDueSignals(project, marketData, await marketMoment(project, marketData));
    if (ended.closed + ended.expired > 0) log.info(ended, 'signals ended');
  },
});
