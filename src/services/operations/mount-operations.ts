import type { FastifyInstance } from 'fastify';
import type { Events } from '#kernel/events.ts';
import type { Project } from '#kernel/product.ts';
import type { Tokens } from '#kernel/tokens.ts';
import { VERSION } from '#kernel/version.ts';
import { type HealthCheck, mountHealth } from './health.ts';
import { createMetrics, type Metrics, mountMetrics } from './metrics.ts';

/** Adds `/health`, `/ready`, `/live` and `/metrics`; returns the metrics, to which others may add their own. */
export function mountOperations(
  app: FastifyInstance,
  options: { project: Project; events: Events; tokens?: Tokens; others?: readonly HealthCheck[] },
): Metrics {
  const { project, events, tokens, others } = options;
  const metrics = createMetrics({ events, database: project.database, project: project.name });
  // In a scope of its own, which is opened after the OpenAPI document has begun to listen for routes.
  app.register(async (scoped) => {
    mountHealth(scoped, { database: project.database, version: VERSION, others, now: project.now });
    mountMetrics(scoped, { metrics, tokens });
  });
  return metrics;
}
