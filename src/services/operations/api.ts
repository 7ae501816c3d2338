/** What an operator looks at: is it alive, is it well, what does it do. */
export type { HealthCheck, HealthReport } from './health.ts';
export type { Metrics } from './metrics.ts';
export { mountOperations } from './mount-operations.ts';
