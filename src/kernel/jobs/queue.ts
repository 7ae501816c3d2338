import { Logger as GraphileLogger, makeWorkerUtils, type WorkerUtils } from 'graphile-worker';
import type { Pool } from 'pg';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Logger } from '../log.ts';
import type { ConnectionTarget } from '../postgres/database.ts';
import { openOwnerPool } from '../postgres/owner.ts';
import type { Job, JobQueue } from '../product.ts';

/** The parts of a job that enqueueing needs, whatever its services are. */
export type DeclaredJob = Pick<Job, 'name' | 'maxAttempts' | 'enqueuedBy'> & { readonly payload: TSchema };

/** Prefix of keys and tasks that belong to schedules; products cannot use it. */
export const SCHEDULE = 'schedule:';
/** Retries are spaced e^attempt seconds apart: ten of them last about six hours. */
const DEFAULT_ATTEMPTS = 10;
const CONNECTIONS = 3;

export interface OwnedJobQueue extends JobQueue {
  close(): Promise<void>;
}

/**
 * Opens the queue in the project's database: installs graphile-worker's schema when it is missing or old, writes down who may
 * enqueue what. `add` throws on a job that is not declared and on a payload that does not fit its schema, before anything is stored.
 */
export async function createJobQueue(options: {
  owner: ConnectionTarget;
  jobs: readonly DeclaredJob[];
  log: Logger;
}): Promise<OwnedJobQueue> {
  const log = options.log.child({ module: 'jobs' });
  const pool = await openOwnerPool(options.owner, { max: CONNECTIONS, log });
  try {
    const worker = await makeWorkerUtils({ pgPool: pool, logger: graphileLogger(log) });
    await worker.migrate();
    await writeAccess(pool, options.jobs);
    return queueOf(new Map(options.jobs.map((job) => [job.name, job])), worker, pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function queueOf(jobs: ReadonlyMap<string, DeclaredJob>, worker: WorkerUtils, pool: Pool): OwnedJobQueue {
  return {
    async add(name, payload, { key, runAt, maxAttempts, session } = {}) {
      const job = jobs.get(name);
      if (!job) throw new Error(`no job is called "${name}"`);
      const checked = checkedPayload(job, payload);
      const attempts = maxAttempts ?? job.maxAttempts ?? DEFAULT_ATTEMPTS;
      if (session) {
        await session.execute('select freehold.add_job($1, $2::json, $3::timestamptz, $4::int, $5)', [
          name,
          JSON.stringify(checked),
          runAt ?? null,
          attempts,
          key ?? null,
        ]);
      } else await worker.addJob(name, checked, { runAt, jobKey: key, maxAttempts: attempts });
    },
    async close() {
      await worker.release();
      await pool.end();
    },
  };
}

/** The payload with its defaults, or an Error that says what does not fit. */
export function checkedPayload(job: DeclaredJob, payload: unknown): unknown {
  const filled = Value.Default(job.payload, Value.Clone(payload ?? {}));
  const [fault] = Value.Errors(job.payload, filled);
  if (fault)
    throw new Error(
      `the payload of the job "${job.name}" does not fit: ${fault.instancePath || 'it'} ${fault.message}`,
    );
  return filled;
}

async function writeAccess(pool: Pool, jobs: readonly DeclaredJob[]): Promise<void> {
  const rows = jobs.flatMap((job) => (job.enqueuedBy ?? []).map((role) => ({ job: job.name, role })));
  await pool.query(
    `with wanted as (select * from json_to_recordset($1) as w(job text, role text)),
          gone as (delete from freehold.job_access a where not exists (select from wanted w where w.job = a.job and w.role = a.role))
     insert into freehold.job_access (job, role) select job, role from wanted on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

const LEVELS = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;

/** graphile-worker's log in ours. Failed tasks are left out: `jobTasks` reports them once, with the product's context. */
export function graphileLogger(log: Logger): GraphileLogger {
  return new GraphileLogger((scope) => (level, message, meta) => {
    if (meta && 'failure' in meta && meta['failure']) return;
    log[LEVELS[level as keyof typeof LEVELS] ?? 'debug'](
      { ...scope, ...(meta?.['error'] ? { err: meta['error'] } : {}) },
      message,
    );
  });
}
