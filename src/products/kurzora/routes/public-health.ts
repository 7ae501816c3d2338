import { defineRoute } from '#kernel/product.ts';
import { PublicHealth } from '../contract.ts';
import { lastLiveScan } from '../queries/scans.ts';
import { publicPhase } from '../queries/status.ts';
import { isFresh } from '../rules/freshness.ts';
import { PHASES } from '../rules/phases.ts';
import type { KurzoraServices } from '../services.ts';

const schema = { response: PublicHealth };
/** The database is slow from here on (kurzora.md 10). */
const SLOW_MS = 500;

export const publicHealthRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/public/health',
  scope: 'public',
  summary: 'Whether signals are being made: the database answers and the last scan is not overdue',
  schema,
  async handle({ as, project, services }) {
    const asked = performance.now();
    const { last, phase } = await as(async (session) => ({
      last: await lastLiveScan(session),
      phase: await publicPhase(session),
    }));
    const responseTimeMs = Math.round(performance.now() - asked);
    const { intervalMinutes } = PHASES[phase ?? project.config.phase];
    const { calendar } = services.marketData;
    // Imported files do not go on: whatever was scanned of them last is as fresh as they are.
    const unchanging = services.marketData.source === 'files' && last !== undefined;
    const fresh = unchanging || isFresh(last?.asOf.getTime() ?? null, project.now(), intervalMinutes, calendar);
    const slow = responseTimeMs >= SLOW_MS;
    return {
      status: fresh && !slow ? ('healthy' as const) : ('degraded' as const),
      checks: {
        database: { status: slow ? 'degraded' : 'healthy', responseTimeMs },
        scanner: { status: fresh ? 'healthy' : 'overdue', lastScan: last?.asOf.toISOString() ?? null },
      },
    };
  },
});
