import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { failure, success } from '#kernel/http/envelope.ts';
import type { Database } from '#kernel/postgres/database.ts';

/** A dependency outside this machine; resolves when it answers. Its failure degrades, it never makes the server unready. */
export interface HealthCheck {
  readonly name: string;
  check(signal: AbortSignal): Promise<void>;
}

const Check = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded'), Type.Literal('unhealthy')]),
  /** Milliseconds the check took. */
  ms: Type.Number(),
});
type Check = Static<typeof Check>;

const HealthReport = Type.Object({
  status: Check.properties.status,
  version: Type.String(),
  /** Seconds since the start. */
  uptime: Type.Number(),
  checks: Type.Record(Type.String(), Check),
});
export type HealthReport = Static<typeof HealthReport>;

/** Slower answers of the database count as degraded, of others likewise (section 10 of Kurzora's specification). */
const DATABASE_SLOW_MS = 500;
const OTHERS_SLOW_MS = 2_000;
const GIVE_UP_MS = 5_000;
/** Checks of others are not repeated within this time: a health probe must not become a load on them. */
const OTHERS_KEPT_MS = 30_000;

/**
 * Adds `/health` (200 healthy or degraded, 503 unhealthy), `/ready` (200 or 503, by the database alone) and `/live` (always 200).
 * The state stands in the envelope under `data` and, for probes that read nothing else, as `status` beside it.
 */
export function mountHealth(
  app: FastifyInstance,
  options: { database: Database; version: string; others?: readonly HealthCheck[]; now?: () => number },
): void {
  const { database, version, others = [], now = Date.now } = options;
  const started = now();
  const checkOthers = remembered(others, now);
  const report = (checks: Record<string, Check>): HealthReport => ({
    status: overall(checks),
    version,
    uptime: Math.round((now() - started) / 1000),
    checks,
  });
  const schema = (summary: string) => ({ schema: { summary, tags: ['operations'] } });

  app.get('/health', schema('Health of the server and what it depends on'), async (_request, reply) => {
    const [db, rest] = await Promise.all([checkDatabase(database), checkOthers()]);
    return answer(reply, report({ database: db, ...rest }));
  });
  app.get(
    '/ready',
    schema('Whether requests can be served: 200 or 503, by the database alone'),
    async (_request, reply) => answer(reply, report({ database: await checkDatabase(database) })),
  );
  app.get('/live', schema('Whether the process runs: always 200'), async (_request, reply) =>
    answer(reply, report({})),
  );
}

function answer(reply: FastifyReply, report: HealthReport): FastifyReply {
  const { id } = reply.request;
  const down = report.status === 'unhealthy';
  const message = 'The database does not answer';
  const body = down ? failure({ code: 'UNAVAILABLE', message, details: report }, id) : success(report, id);
  if (down) reply.header('retry-after', '2');
  return reply
    .code(down ? 503 : 200)
    .header('cache-control', 'no-store')
    .send({ ...body, status: report.status });
}

function overall(checks: Record<string, Check>): Check['status'] {
  if (checks['database']?.status === 'unhealthy') return 'unhealthy';
  return Object.values(checks).every((check) => check.status === 'healthy') ? 'healthy' : 'degraded';
}

function checkDatabase(database: Database): Promise<Check> {
  return timed(DATABASE_SLOW_MS, (signal) => database.asAnon((session) => session.query('select 1'), { signal }));
}

async function timed(slowMs: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<Check> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const signal = AbortSignal.timeout(GIVE_UP_MS);
    await work(signal);
    return { status: ms() < slowMs ? 'healthy' : 'degraded', ms: ms() };
  } catch {
    return { status: 'unhealthy', ms: ms() };
  }
}

function remembered(others: readonly HealthCheck[], now: () => number): () => Promise<Record<string, Check>> {
  let known: { at: number; checks: Promise<Record<string, Check>> } | undefined;
  const ask = async () =>
    Object.fromEntries(
      await Promise.all(others.map(async ({ name, check }) => [name, await timed(OTHERS_SLOW_MS, check)] as const)),
    );
  return () => {
    if (!known || now() - known.at > OTHERS_KEPT_MS) known = { at: now(), checks: ask() };
    return known.checks;
  };
}
