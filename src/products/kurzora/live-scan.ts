import type { Project } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { marketMoment } from './market-moment.ts';
import { lastLiveScan } from './queries/scans.ts';
import { readSettings } from './queries/settings.ts';
import { PHASES } from './rules/phases.ts';
import { runScan, type ScanRequest, type ScanResult } from './scan.ts';

export interface LiveScanOptions extends Omit<ScanRequest, 'asOf' | 'store'> {
  readonly store?: 'live' | 'report';
}

/** Fetches what is new up to now, then scans from that moment. */
export async function refreshAndScan(
  project: Project,
  marketData: MarketData,
  options: LiveScanOptions = {},
): Promise<ScanResult> {
  const { store = 'live', ...request } = options;
  const asOf = await refreshMarket(project, marketData, options);
  return await runScan(project, marketData, { ...request, asOf, store });
}

/** Brings the bars of the phase's universe up to now; answers the moment a live scan looks from. */
export async function refreshMarket(
  project: Project,
  marketData: MarketData,
  { phase, tickers, signal, onProgress }: Pick<LiveScanOptions, 'phase' | 'tickers' | 'signal' | 'onProgress'> = {},
): Promise<number> {
  const now = project.now();
  if (marketData.source === 'files') return await marketMoment(project, marketData);
  const settings = await project.database.asService(readSettings, { readOnly: true });
  if (marketData.source === 'polygon' && !settings.polygonEnabled) return now;
  const { stocks } = PHASES[phase ?? settings.phase ?? project.config.phase];
  const universe = await marketData.universe(stocks);
  const symbols = tickers ?? universe.map(({ ticker }) => ticker);
  await marketData.refresh({
    now,
    symbols: symbols.length > 0 ? symbols : undefined,
    onProgress: (done, total) => onProgress?.('fetching bars', done, total),
    signal,
  });
  return now;
}

/** True when a live scan of this source looked from this very moment: nothing new can come of another. */
export async function alreadyScanned(project: Project, source: string, asOf: number): Promise<boolean> {
  const last = await project.database.asService((session) => lastLiveScan(session, source), { readOnly: true });
  return last?.asOf.getTime() === asOf;
}
