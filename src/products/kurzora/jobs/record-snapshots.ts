import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { atExchangeTime } from '#services/market-data/api.ts';
import { queuePortfolioAlerts } from '../alerts/queue-portfolio-alerts.ts';
import { marketMoment } from '../market-moment.ts';
import { recordSnapshots } from '../record-snapshots.ts';
import type { KurzoraServices } from '../services.ts';
import { settleTrades } from '../settle-trades.ts';

const payload = Type.Object({});

/** After the close: trades are settled with the day's last bars, then every account is recorded, and told of it where its owner wants that. */
export const recordSnapshotsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:record-snapshots',
  payload,
  schedule: ({ marketData }) => atExchangeTime(marketData.calendar, '17:00'),
  async run(_payload, { project, services: { marketData, alerts }, log }) {
    const asOf = await marketMoment(project, marketData);
    const settled = await settleTrades(project, marketData, asOf);
    log.info({ ...settled, ...(await recordSnapshots(project, marketData, asOf)) }, 'portfolios recorded');
    const { calendar } = marketData;
    const day = { calendar, date: calendar.lastClosed(asOf).date, now: project.now() };
    log.info(await queuePortfolioAlerts(project.database, alerts, day), 'portfolio summaries and warnings queued');
  },
});
