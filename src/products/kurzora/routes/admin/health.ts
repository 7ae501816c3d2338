import { statfs } from 'node:fs/promises';
import Type from 'typebox';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { VERSION } from '#kernel/version.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import { lastLiveScan } from '../../queries/scans.ts';
import { operationalState } from '../../queries/staff-figures.ts';
import { isFresh } from '../../rules/freshness.ts';
import { PHASES } from '../../rules/phases.ts';
import type { KurzoraServices } from '../../services.ts';

const State = Choice(['healthy', 'degraded', 'unhealthy']);
const Check = Type.Object({
  status: State,
  message: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});
const schema = {
  response: Type.Object({
    status: State,
    checks: Type.Object({ database: Check, jobs: Check, realtime: Check, provider: Check, disk: Check }),
    errorsLastHour: Type.Integer(),
    openAlerts: Type.Integer(),
    uptime: Type.Integer(),
    memoryBytes: Type.Number(),
    version: Type.String(),
  }),
};
type Check = { status: 'healthy' | 'degraded' | 'unhealthy'; message: string; details: Record<string, unknown> };

/** Slower is degraded (section 10). */
const SLOW_MS = 500;
/** Shares of the disk that are free. */
const LITTLE = 0.1;
const NEXT_TO_NOTHING = 0.02;

export const systemHealthRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/admin/system/health',
  scope: 'signed-in',
  summary: 'Database, jobs, realtime, market data and disk: how each is, and in what figures',
  schema,
  async handle(context) {
    const asked = performance.now();
    const { state, last, ms } = await asStaff(context, 'system', 'read', async (session) => {
      const found = await operationalState(session);
      return { state: found, ms: Math.round(performance.now() - asked), last: await lastLiveScan(session) };
    });
    const { jobs, errorsLastHour, openAlerts, databaseBytes, connections } = state;
    const pool = context.project.database.stats();
    const checks = {
      database: check(ms < SLOW_MS ? 'healthy' : 'degraded', `answers in ${ms} ms`, {
        ...{ responseTimeMs: ms, databaseBytes, connections, pool },
      }),
      jobs: jobsCheck(jobs),
      realtime: realtimeCheck(context.services),
      provider: providerCheck(context, last?.asOf.getTime() ?? null),
      disk: await diskCheck(context.project.dataFolder),
    };
    const worst = Object.values(checks).map(({ status }) => status);
    const status = worst.includes('unhealthy') ? 'unhealthy' : worst.includes('degraded') ? 'degraded' : 'healthy';
    const { rss } = process.memoryUsage();
    const uptime = Math.round(process.uptime());
    return { status, checks, errorsLastHour, openAlerts, uptime, memoryBytes: rss, version: VERSION } as const;
  },
});

const check = (status: Check['status'], message: string, details: object = {}): Check => ({
  ...{ status, message },
  details: { ...details },
});

function jobsCheck(jobs: Awaited<ReturnType<typeof operationalState>>['jobs']): Check {
  if (!jobs) return check('unhealthy', 'no queue was ever opened');
  const { overdue, failed } = jobs;
  if (overdue > 0) return check('unhealthy', `${overdue} jobs wait past their moment: nobody runs them`, jobs);
  return failed > 0
    ? check('degraded', `${failed} jobs have failed for good`, jobs)
    : check('healthy', 'on time', jobs);
}

function realtimeCheck({ realtime }: KurzoraServices): Check {
  if (!realtime) return check('degraded', 'not served here');
  const { sockets, channels, changes } = realtime();
  const flows = changes.state === 'live' || changes.state === 'follower';
  const details = { sockets, channels, changes: changes.state, waiting: changes.waiting, lagMs: changes.lagMs };
  return check(flows ? 'healthy' : 'degraded', flows ? `${sockets} sockets` : `changes: ${changes.state}`, details);
}

/** Not asked anything: how old what it gave is tells more, and costs its quota nothing. */
function providerCheck(
  { services, project }: Pick<RouteContext<KurzoraServices>, 'services' | 'project'>,
  asOf: number | null,
): Check {
  const { marketData, phase } = services;
  const { source, calendar } = marketData;
  const details = { source, simulated: source === 'simulated', lastScan: asOf && new Date(asOf).toISOString() };
  if (source === 'files' && asOf !== null) return check('healthy', 'imported files do not go on', details);
  const fresh = isFresh(asOf, project.now(), PHASES[phase].intervalMinutes, calendar);
  return check(fresh ? 'healthy' : 'degraded', fresh ? 'the last scan is not overdue' : 'a scan is overdue', details);
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail / blocks;
  const details = { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  const status = free < NEXT_TO_NOTHING ? 'unhealthy' : free < LITTLE ? 'degraded' : 'healthy';
  return check(status, `${Math.floor(free * 100)} % free`, details);
}
