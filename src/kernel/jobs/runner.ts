import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Runner, run, type TaskList } from 'graphile-worker';
import type { Client, Pool } from 'pg';
import type { Events } from '../events.ts';
import type { Logger } from '../log.ts';
import type { ConnectionTarget } from '../postgres/database.ts';
import { connectOwner, openOwnerPool } from '../postgres/owner.ts';
import type { Product, Project } from '../product.ts';
import { graphileLogger } from './queue.ts';
import { Schedules, schedulesOf } from './schedules.ts';
import { jobTasks } from './tasks.ts';

/** Advisory lock of the one process that runs the jobs of a database. */
const RUNNER_LOCK = 7_305_804_403;
const CONCURRENCY = 4;
/** How late a job that was enqueued for a moment may begin. */
const POLL_MS = 1_000;
const STANDBY_MS = 2_000;
/** A stop lets running jobs finish this long before their signal aborts. */
const GRACE_MS = 3_000;
/** And this long in all, before their rows are given back to the queue. */
const DEADLINE_MS = 6_000;

export interface JobRunner {
  /** Takes no new job, lets the running ones finish, aborts their signals after 3 s and gives up on them after 6 s. */
  stop(): Promise<void>;
}

/**
 * Runs the product's jobs, in this process or, while another process of the same database does, not at all: the runner is
 * elected by advisory lock, and takes over within 2 s when the other has gone. Resolves after the first round of the election.
 */
export async function startJobs<Services>(options: {
  owner: ConnectionTarget;
  project: Project;
  product: Product<Services>;
  services: Services;
  events: Events;
  log: Logger;
}): Promise<JobRunner> {
  const log = options.log.child({ module: 'jobs' });
  const pool = await openOwnerPool(options.owner, { max: CONCURRENCY + 2, log });
  const { services, product, events } = options;
  const project = { ...options.project, database: options.project.background };
  const schedules = new Schedules(pool, project, log, schedulesOf(product.jobs, services, project));
  const tasks = jobTasks(product.jobs, { project, services, log, events }, schedules);
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  const ended = standForElection({ owner: options.owner, pool, schedules, tasks, log }, stopping.signal, first.resolve);
  await Promise.race([first.promise, ended]);
  return {
    async stop() {
      stopping.abort();
      await ended;
      await pool.end();
    },
  };
}

interface Office {
  readonly owner: ConnectionTarget;
  readonly pool: Pool;
  readonly schedules: Schedules;
  readonly tasks: TaskList;
  readonly log: Logger;
}

async function standForElection(office: Office, stopping: AbortSignal, onFirstRound: () => void): Promise<void> {
  while (!stopping.aborted) {
    try {
      await serveTerm(office, stopping, onFirstRound);
    } catch (error) {
      office.log.warn({ err: error }, 'the job runner stopped and will stand again');
    }
    onFirstRound();
    await delay(STANDBY_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** Runs jobs until told to stop or until the connection that holds the lock breaks; returns at once when another holds it. */
async function serveTerm(office: Office, stopping: AbortSignal, onElected: () => void): Promise<void> {
  const lock = await connectOwner(office.owner);
  try {
    const { rows } = await lock.query<{ won: boolean }>('select pg_try_advisory_lock($1) as won', [RUNNER_LOCK]);
    if (!rows[0]!.won) return;
    await unlockOrphans(office.pool);
    await office.schedules.armAll();
    const runner = await run(
      {
        pgPool: office.pool,
        taskList: office.tasks,
        concurrency: CONCURRENCY,
        pollInterval: POLL_MS,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: GRACE_MS,
        // Unbatched, the worker does not wait for a job's end to be written down, and a database that is away then is a rejection
        // that nobody handles: it would end the process.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        logger: graphileLogger(office.log),
      },
      undefined,
      [],
    );
    onElected();
    await untilOver(runner, lock, stopping);
  } finally {
    await lock.end();
  }
}

/** Whoever holds the lock is the only runner, so a job that is locked now was left by one that died. */
async function unlockOrphans(pool: Pool): Promise<void> {
  await pool.query(
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker.jobs where locked_by is not null`,
  );
}

async function untilOver(runner: Runner, lock: Client, stopping: AbortSignal): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const lockLost = Promise.race([once(lock, 'end', { signal }), once(lock, 'error', { signal })]);
  const told = stopping.aborted ? Promise.resolve() : once(stopping, 'abort', { signal });
  try {
    await Promise.race([runner.promise, lockLost, told]);
  } finally {
    over.abort();
    lockLost.catch(() => undefined);
    told.catch(() => undefined);
    await stopRunner(runner);
  }
}

async function stopRunner(runner: Runner): Promise<void> {
  const deadline = setTimeout(
    () => void runner.kill('jobs are still running at the deadline').catch(() => undefined),
    DEADLINE_MS,
  );
  try {
    // Rejects when it has stopped already, which is what was wanted.
    await runner.stop().catch(() => undefined);
    await runner.promise.catch(() => undefined);
  } finally {
    clearTimeout(deadline);
  }
}
