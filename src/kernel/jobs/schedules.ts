import type { Pool } from 'pg';
import type { Logger } from '../log.ts';
import type { Job, Project, Schedule } from '../product.ts';
import { SCHEDULE } from './queue.ts';

/** Attempts of one recurring run unless the job says otherwise: the next run is its retry. */
const ATTEMPTS = 1;

interface Pending {
  readonly key: string;
  readonly overdue: boolean;
}

/**
 * The next run of every recurring job stands in the queue under the key `schedule:<job>`, due at the moment its schedule
 * names. While the server is down the row waits; at the next start it runs once, however many moments have passed.
 */
export class Schedules {
  readonly #pool: Pool;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #schedules: ReadonlyMap<string, { schedule: Schedule; attempts: number }>;

  constructor(
    pool: Pool,
    project: Pick<Project, 'now'>,
    log: Logger,
    schedules: ReadonlyMap<string, { schedule: Schedule; attempts: number }>,
  ) {
    this.#pool = pool;
    this.#now = project.now;
    this.#log = log;
    this.#schedules = schedules;
  }

  /** At the start: overdue runs are left to run; all others are placed anew, since a schedule may have changed. */
  async armAll(): Promise<void> {
    const keys = [...this.#schedules.keys()].map((name) => SCHEDULE + name);
    await this.#pool.query(
      `select graphile_worker.remove_job(key) from graphile_worker.jobs where key like $1 and not key = any ($2)`,
      [`${SCHEDULE}%`, keys],
    );
    const { rows } = await this.#pool.query<Pending>(
      `select key, locked_at is null and attempts < max_attempts and run_at <= $2 as overdue from graphile_worker.jobs where key = any ($1)`,
      [keys, new Date(this.#now())],
    );
    const overdue = new Set(rows.filter((row) => row.overdue).map((row) => row.key));
    for (const name of this.#schedules.keys()) if (!overdue.has(SCHEDULE + name)) await this.rearm(name);
  }

  /**
   * Enqueues the first run after now; nothing when the schedule has none. `ran` is the moment the last run was due: where
   * the database's clock is ahead of ours, that moment may still lie before us and must not come again.
   */
  async rearm(name: string, ran: Date = new Date(0)): Promise<void> {
    const due = this.#schedules.get(name)?.schedule.next(Math.max(this.#now(), ran.getTime())) ?? null;
    if (due !== null) await this.#enqueue(name, due);
  }

  /** Enqueues a run that is due now. */
  async repeat(name: string): Promise<void> {
    await this.#enqueue(name, this.#now());
  }

  async #enqueue(name: string, due: number): Promise<void> {
    const runAt = new Date(due);
    await this.#pool.query('select graphile_worker.add_job($1, run_at => $2, max_attempts => $3, job_key => $4)', [
      SCHEDULE + name,
      runAt,
      this.#schedules.get(name)?.attempts ?? ATTEMPTS,
      SCHEDULE + name,
    ]);
    this.#log.debug({ job: name, due: runAt.toISOString() }, 'next run enqueued');
  }
}

/** The schedules of the product's recurring jobs, by job name. */
export function schedulesOf<Services>(
  jobs: readonly Job<Services>[],
  services: Services,
  project: Project,
): ReadonlyMap<string, { schedule: Schedule; attempts: number }> {
  return new Map(
    jobs.flatMap((job) =>
      job.schedule
        ? [[job.name, { schedule: job.schedule(services, project), attempts: job.maxAttempts ?? ATTEMPTS }] as const]
        : [],
    ),
  );
}
