import type { CommandOutput, Project } from '#kernel/product.ts';
import { alertOnFailure } from './alert-on-failure.ts';
import { refreshMarket } from './live-scan.ts';
import { marketMoment } from './market-moment.ts';
import { progressBars } from './progress-bars.ts';
import { lastLiveScan } from './queries/scans.ts';
import { isFresh } from './rules/freshness.ts';
import { PHASES } from './rules/phases.ts';
import { runScan } from './scan.ts';
import { screenBusinesses } from './screen-businesses.ts';
import type { KurzoraServices } from './services.ts';

/** What the server does before it is of use: a scan where one is due, and the screen of stocks that came with it. */
export async function firstScan(
  project: Project,
  services: KurzoraServices,
  output: Pick<CommandOutput, 'note' | 'progress'>,
  signal?: AbortSignal,
): Promise<void> {
  await scanWhereDue(project, services, output, signal);
  await screenBusinesses(project);
}

/**
 * Unless the newest scan is as fresh as could be expected (then nothing is due either), fetches bars and scans, which also ends the signals whose time is up.
 */
async function scanWhereDue(
  project: Project,
  services: KurzoraServices,
  output: Pick<CommandOutput, 'note' | 'progress'>,
  signal?: AbortSignal,
): Promise<void> {
  const { marketData } = services;
  const moment = await marketMoment(project, marketData);
  const last = await project.database.asService((session) => lastLiveScan(session, marketData.source));
  const { intervalMinutes } = PHASES[services.phase];
  if (last && isFresh(last.asOf.getTime(), moment, intervalMinutes, marketData.calendar)) {
    output.note(`Signals: as of ${last.asOf.toISOString()}, still current`);
    return;
  }
  await alertOnFailure(project, () => refreshAndTell(project, services, output, signal), signal);
}

async function refreshAndTell(
  project: Project,
  { marketData }: KurzoraServices,
  output: Pick<CommandOutput, 'note' | 'progress'>,
  signal?: AbortSignal,
): Promise<void> {
  const { onProgress, done } = progressBars(output);
  try {
    const began = performance.now();
    const asOf = await refreshMarket(project, marketData, { onProgress, signal });
    done();
    const label = marketData.source === 'simulated' ? 'SIMULATED exchange' : marketData.source;
    output.note(`Market data: ${label}, up to ${new Date(asOf).toISOString()} (${secondsSince(began)} s)`);
    const { report, found } = await runScan(project, marketData, { asOf, store: 'live', onProgress, signal });
    done();
    output.note(`Signals: ${found} from ${report.scanned} stocks (${Math.max(0.1, report.seconds).toFixed(1)} s)`);
  } finally {
    done();
  }
}

const secondsSince = (began: number) => ((performance.now() - began) / 1000).toFixed(1);
