import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { assertOr } from '#kernel/errors.ts';
import type { Events } from '#kernel/events.ts';
import type { Database, PoolStats } from '#kernel/postgres/database.ts';
import type { Tokens } from '#kernel/tokens.ts';

export interface Metrics {
  /** Further metrics of services and products are registered here. */
  readonly registry: Registry;
}

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const JOB_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];
const POOL_GAUGES: Readonly<Record<keyof PoolStats, string>> = {
  open: 'Connections that are open',
  idle: 'Connections that wait for work',
  waiting: 'Sessions that wait for a connection',
  sessions: 'Sessions since the start',
  errors: 'Connections lost or destroyed since the start',
};

/** Counts what the kernel's events tell; process, memory and event-loop lag come with it. One registry per server, not per process. */
export function createMetrics(options: { events: Events; database: Database; project: string }): Metrics {
  const { events, database, project } = options;
  const registry = new Registry();
  registry.setDefaultLabels({ project });
  collectDefaultMetrics({ register: registry });
  countRequests(events, registry);
  countJobs(events, registry);
  for (const [key, help] of Object.entries(POOL_GAUGES) as [keyof PoolStats, string][])
    new Gauge({
      name: `freehold_pool_${key}`,
      help,
      registers: [registry],
      collect() {
        this.set(database.stats()[key]);
      },
    });
  return { registry };
}

function countRequests(events: Events, registry: Registry): void {
  const duration = new Histogram({
    name: 'freehold_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by the pattern of its route',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS,
    registers: [registry],
  });
  events.on('http:answered', ({ method, route, status, seconds }) => {
    duration.observe({ method, route, status: String(status) }, seconds);
  });
}

function countJobs(events: Events, registry: Registry): void {
  const duration = new Histogram({
    name: 'freehold_job_duration_seconds',
    help: 'Time one attempt of a job took',
    labelNames: ['job', 'outcome'],
    buckets: JOB_SECONDS,
    registers: [registry],
  });
  const failed = new Counter({
    name: 'freehold_jobs_failed_total',
    help: 'Jobs with no attempt left',
    labelNames: ['job'],
    registers: [registry],
  });
  events.on('job:succeeded', ({ job, seconds }) => duration.observe({ job, outcome: 'succeeded' }, seconds));
  events.on('job:failed', ({ job, seconds, final }) => {
    duration.observe({ job, outcome: 'failed' }, seconds);
    if (final) failed.inc({ job });
  });
}

/**
 * Adds `/metrics` in Prometheus' text format. It tells how the server is used, so in production it is for the machine itself
 * (a caller on the loopback that no proxy stands behind) and for holders of the service key, when `tokens` are given.
 */
export function mountMetrics(app: FastifyInstance, options: { metrics: Metrics; tokens?: Tokens }): void {
  const { registry } = options.metrics;
  app.get(
    '/metrics',
    { schema: { summary: 'Metrics in the text format of Prometheus', tags: ['operations'] } },
    async (request, reply) => {
      if (app.settings.production && !isLocal(request)) {
        const { authorization } = request.headers;
        const apikey = String(request.headers['apikey'] ?? '');
        const identity = await options.tokens?.identify({ authorization, apikey });
        assertOr(identity?.role === 'service_role', 'UNAUTHORIZED', 'Metrics need the service key');
      }
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

function isLocal(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? '';
  return /^(::ffff:)?127\.|^::1$/.test(peer) && request.headers['x-forwarded-for'] === undefined;
}
