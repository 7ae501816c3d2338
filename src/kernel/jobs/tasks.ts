import type { JobHelpers, Task, TaskList } from 'graphile-worker';
import type { Events } from '../events.ts';
import type { Logger } from '../log.ts';
import type { Job, Project } from '../product.ts';
import { checkedPayload, SCHEDULE } from './queue.ts';
import type { Schedules } from './schedules.ts';

export interface TaskSurroundings<Services> {
  readonly project: Project;
  readonly services: Services;
  readonly log: Logger;
  readonly events: Events;
}

/**
 * The product's jobs as graphile-worker runs them: each under its name, and recurring ones a second time under
 * `schedule:<name>`, which runs it with an empty payload and enqueues its next run.
 */
export function jobTasks<Services>(
  jobs: readonly Job<Services>[],
  surroundings: TaskSurroundings<Services>,
  schedules: Schedules,
): TaskList {
  const tasks: TaskList = {};
  for (const job of jobs) {
    tasks[job.name] = taskOf(job, surroundings);
    if (job.schedule) tasks[SCHEDULE + job.name] = scheduledTask(job.name, taskOf(job, surroundings), schedules);
  }
  return tasks;
}

function taskOf<Services>(job: Job<Services>, surroundings: TaskSurroundings<Services>): Task {
  const { project, services, events } = surroundings;
  return async (payload, helpers) => {
    const log = surroundings.log.child({ job: job.name, jobId: helpers.job.id });
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      await job.run(checkedPayload(job, payload) as never, { project, services, log, signal: helpers.abortSignal });
      log.info({ seconds: seconds() }, 'job done');
      events.emit('job:succeeded', { job: job.name, seconds: seconds() });
    } catch (error) {
      const final = !hasAttempts(helpers);
      log.error({ err: error, attempt: helpers.job.attempts, final }, 'job failed');
      events.emit('job:failed', { job: job.name, seconds: seconds(), final, error });
      throw error;
    }
  };
}

/**
 * A run that fails for good is over: the next is due all the same. One that a stop of the server broke off is due again at
 * once, which means at the next start.
 */
function scheduledTask(name: string, task: Task, schedules: Schedules): Task {
  return async (_payload, helpers) => {
    let interrupted = false;
    try {
      await task({}, helpers);
    } catch (error) {
      interrupted = helpers.abortSignal?.aborted ?? false;
      if (!interrupted && hasAttempts(helpers)) throw error;
    }
    await (interrupted ? schedules.repeat(name) : schedules.rearm(name, helpers.job.run_at));
  };
}

function hasAttempts({ job }: JobHelpers): boolean {
  return job.attempts < job.max_attempts;
}
