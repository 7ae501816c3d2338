import { defineRoute } from '#kernel/product.ts';
import { ScannerStatus } from '../contract.ts';
import { lastLiveScan } from '../queries/scans.ts';
import { activeCount, publicPhase } from '../queries/status.ts';
import { END_OF_DAY, ENGINE, INTRADAY } from '../rules/engine.ts';
import { PHASES } from '../rules/phases.ts';
import type { KurzoraServices } from '../services.ts';

const schema = { response: ScannerStatus };

export const getStatusRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/status',
  scope: 'public',
  summary: 'What the scanner runs on, when it last looked and what it found',
  schema,
  async handle({ as, project, services }) {
    const { marketData } = services;
    const now = project.now();
    const open = marketData.calendar.sessionAt(now);
    const found = await as(async (session) => ({
      phase: await publicPhase(session),
      last: await lastLiveScan(session),
      active: await activeCount(session),
    }));
    const phase = PHASES[found.phase ?? project.config.phase];
    const { last } = found;
    return {
      source: marketData.source,
      simulated: marketData.source === 'simulated',
      marketOpen: open !== null,
      nextChange: new Date(open ? open.close : marketData.calendar.next(now).open).toISOString(),
      phase: phase.number,
      universe: last?.scanned ?? 0,
      intervalMinutes: phase.intervalMinutes,
      timeframes: [...(last?.timeframe === END_OF_DAY.label ? END_OF_DAY : INTRADAY).timeframes],
      engine: ENGINE,
      lastScan: last
        ? {
            asOf: last.asOf.toISOString(),
            finishedAt: last.finishedAt.toISOString(),
            scanned: last.scanned,
            signals: last.signals,
            seconds: last.seconds,
            skipped: { ...last.skipped },
          }
        : null,
      activeSignals: found.active,
    };
  },
});
