import type { Project } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { type Ended, endSignals, openTickers } from './queries/end-signals.ts';
import { lockScans } from './queries/scans.ts';
import { HISTORY_DAYS } from './rules/engine.ts';

const DAY = 86_400_000;

/** Ends signals that touched stop or target, or reached their expiry, by `asOf` (epoch ms), as far as the stored bars tell. */
export async function endDueSignals(project: Project, marketData: MarketData, asOf: number): Promise<Ended> {
  const { source } = marketData;
  const symbols = await project.database.asService((session) => openTickers(session, source), { readOnly: true });
  // As far back as a scan wants them, so that the next scan need not read them again.
  await marketData.load({ symbols, from: asOf - HISTORY_DAYS * DAY });
  return await project.database.asService(async (session) => {
    await lockScans(session);
    return await endSignals(session, marketData, { asOf, source });
  });
}
