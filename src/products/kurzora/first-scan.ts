import type { Project } from '#kernel/product.ts';
import { refreshMarket } from './live-scan.ts';
import { marketMoment } from './market-moment.ts';
import { lastLiveScan } from './queries/scans.ts';
import { expireDue } from './queries/supersede.ts';
import { isFresh } from './rules/freshness.ts';
import { PHASES } from './rules/phases.ts';
import { runScan } from './scan.ts';
import type { KurzoraServices } from './services.ts';

/**
 * What the server does before it is of use: ends signals whose time is up, and, unless the newest scan is as fresh as could be
 * expected, fetches bars and scans. `note` hears about each step once.
 */
export async function firstScan(
  project: Project,
  services: KurzoraServices,
  note: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { marketData } = services;
  const moment = await marketMoment(project, marketData);
  await project.database.asService((session) => expireDue(session, moment));
  const last = await project.database.asService((session) => lastLiveScan(session, marketData.source));
  const { intervalMinutes } = PHASES[services.phase];
  if (isFresh(last?.asOf.getTime() ?? null, moment, intervalMinutes, marketData.calendar)) return;
  const heard = new Set<string>();
  const onProgress = (title: string) => {
    if (!heard.has(title)) note(`${title} ...`);
    heard.add(title);
  };
  const asOf = await refreshMarket(project, marketData, { onProgress, signal });
  const { report } = await runScan(project, marketData, { asOf, store: 'live', onProgress, signal });
  note(
    `${report.signals.length} signals from ${report.scanned} stocks as of ${report.asOf} (${marketData.source} data)`,
  );
}
