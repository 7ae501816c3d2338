import Type from 'typebox';
import { defineJob, type JobContext } from '#kernel/product.ts';
import { everyMinutesWhileOpen } from '#services/market-data/api.ts';
import { alertOnFailure } from '../alert-on-failure.ts';
import { alreadyScanned, refreshMarket } from '../live-scan.ts';
import { readSettings } from '../queries/settings.ts';
import { PHASES } from '../rules/phases.ts';
import { runScan } from '../scan.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});
/** Time for the provider to publish the bar that closed. */
const DELAY_SECONDS = 5;

/** Looks at the market at the phase's interval while the exchange is open. */
export const scanJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:scan',
  payload,
  // The next interval makes up for a failed scan; repeating this one would only delay it.
  maxAttempts: 1,
  schedule: (services, _project) => ({
    description: 'every 15, 10 or 5 minutes, by phase, while the exchange is open, last at the close',
    next: (after) =>
      everyMinutesWhileOpen(services.marketData.calendar, PHASES[services.phase].intervalMinutes, {
        delaySeconds: DELAY_SECONDS,
      }).next(after),
  }),
  run: (_payload, context) => alertOnFailure(context.project, () => scanNow(context), context.signal),
});

async function scanNow({ project, services, log, signal }: JobContext<KurzoraServices>): Promise<void> {
  const { marketData } = services;
  const settings = await project.database.asService(readSettings, { readOnly: true });
  services.phase = settings.phase ?? project.config.phase;
  const began = performance.now();
  const asOf = await refreshMarket(project, marketData, { signal });
  const bars = Math.round(performance.now() - began) / 1000;
  if (await alreadyScanned(project, marketData.source, asOf)) return;
  const { report, found, parts } = await runScan(project, marketData, { asOf, store: 'live', signal });
  // The bars are here: trades are marked, and closed, now. Its own schedule makes up for a scan that failed.
  await project.jobs.add('kurzora:settle-trades', {}, { key: 'kurzora:settle-trades' });
  // The scan's own transaction has written down what to tell of; this only makes it prompt.
  await project.jobs.add('kurzora:send-alerts', {}, { key: 'kurzora:send-alerts' });
  const { scanned, skipped, seconds, stored } = report;
  log.info(
    { asOf: report.asOf, scanned, signals: found, skipped, seconds, parts: { bars, ...parts }, stored },
    'scanned',
  );
}
