import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import Type from 'typebox';
import { createEvents, type Events } from '#kernel/events.ts';
import { defineJob, type Job, type Schedule } from '#kernel/product.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { recordedLog, testProduct, testProject } from '../../../test/server.ts';
import { createJobQueue, type OwnedJobQueue } from './queue.ts';
import { type JobRunner, startJobs } from './runner.ts';

const USER = { sub: '6f7c1c5e-2f0e-4b0c-9f55-0a3f2f1a1b1c', role: 'authenticated' };
const HOUR = 3_600_000;

let db: TestDatabase;
let open: (() => Promise<void>)[] = [];
before(async () => {
  db = await testDatabase();
  await db.sql('create table mail (id serial primary key, address text not null)');
  await (await queueOf([])).close();
});
beforeEach(() => db.sql('delete from graphile_worker._private_jobs'));
afterEach(async () => {
  for (const close of open.reverse()) await close();
  open = [];
});
after(() => db.close());

function queueOf(jobs: readonly Job<unknown>[]): Promise<OwnedJobQueue> {
  return createJobQueue({ owner: db.owner, jobs, log: recordedLog().log });
}

async function openQueue(jobs: readonly Job<unknown>[]): Promise<OwnedJobQueue> {
  const queue = await queueOf(jobs);
  open.push(() => queue.close());
  return queue;
}

async function run(jobs: readonly Job<unknown>[], now: () => number = Date.now) {
  const { log, lines } = recordedLog();
  const events = createEvents();
  const project = testProject(db, log, { now });
  const runner: JobRunner = await startJobs({
    owner: db.owner,
    project,
    product: testProduct({ jobs }),
    services: {},
    events,
    log,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= runner.stop();
    return stopped;
  };
  open.push(stop);
  return { events, lines, stop };
}

const told = async (events: Events, name: 'job:succeeded' | 'job:failed') => (await once(events, name))[0];

function jobOf(name: string, work: Job<unknown>['run'], over: Partial<Job<unknown>> = {}): Job<unknown> {
  return defineJob<unknown, ReturnType<typeof Type.Object>>({
    name,
    payload: Type.Object({}),
    run: work,
    ...over,
  } as never);
}

const greet = (seen: unknown[], over: Partial<Job<unknown>> = {}) =>
  defineJob({
    name: 'greet',
    payload: Type.Object({ address: Type.String({ minLength: 3 }), times: Type.Integer({ default: 1 }) }),
    run: async (payload) => {
      seen.push(payload);
    },
    ...(over as object),
  });

const scheduleRows = () =>
  db.sql<{ key: string; run_at: Date; attempts: number }>(
    "select key, run_at, attempts from graphile_worker.jobs where key like 'schedule:%' order by 1",
  );

/** Due once at `moment`, then every hour after it. */
const hourly = (moment: number): Schedule => ({
  description: 'every hour',
  next: (after) => (after < moment ? moment : moment + (Math.floor((after - moment) / HOUR) + 1) * HOUR),
});

test('a job gets its payload with defaults; one that does not fit or is not declared is refused before it is stored', async () => {
  const seen: unknown[] = [];
  const jobs = [greet(seen)];
  const queue = await openQueue(jobs);
  await assert.rejects(queue.add('greet', { address: 'x' }), /payload of the job "greet" does not fit: \/address/);
  await assert.rejects(queue.add('unknown', {}), /no job is called "unknown"/);
  const { events } = await run(jobs);
  const done = told(events, 'job:succeeded');
  await queue.add('greet', { address: 'ann@example.org' });
  assert.equal((await done).job, 'greet');
  assert.deepEqual(seen, [{ address: 'ann@example.org', times: 1 }]);
});

test('a job that is enqueued in a session is there after its commit and gone after its rollback', async () => {
  const queue = await openQueue([greet([])]);
  const waiting = async () =>
    (await db.sql('select key from graphile_worker.jobs order by key')).map((row) => row['key']);
  await db.database.asService(async (session) => {
    await session.execute("insert into mail (address) values ('ann@example.org')");
    await queue.add('greet', { address: 'ann@example.org' }, { session, key: 'kept' });
    assert.deepEqual(await waiting(), []);
  });
  const rolledBack = db.database.asService(async (session) => {
    await queue.add('greet', { address: 'bob@example.org' }, { session, key: 'lost' });
    throw new Error('changed my mind');
  });
  await assert.rejects(rolledBack, /changed my mind/);
  assert.deepEqual(await waiting(), ['kept']);
});

test('a key keeps a waiting job single, and a later moment is kept', async () => {
  const queue = await openQueue([greet([])]);
  const runAt = new Date(Date.now() + HOUR);
  await queue.add('greet', { address: 'ann@example.org' }, { key: 'k' });
  await queue.add('greet', { address: 'bob@example.org' }, { key: 'k', runAt, maxAttempts: 4 });
  const rows = await db.sql('select run_at, max_attempts from graphile_worker.jobs');
  assert.deepEqual(rows, [{ run_at: runAt, max_attempts: 4 }]);
});

test('who may enqueue from a session: service_role all, others what the job allows, nobody a schedule', async () => {
  const jobs = [greet([], { enqueuedBy: ['authenticated'] }), jobOf('purge', async () => undefined)];
  const queue = await openQueue(jobs);
  const payload = { address: 'ann@example.org' };
  const asUser = (name: string, key?: string) =>
    db.database.asUser(USER, (session) => queue.add(name, name === 'greet' ? payload : {}, { session, key }));
  await asUser('greet');
  await db.database.asService((session) => queue.add('purge', {}, { session }));
  await assert.rejects(asUser('purge'), { code: '42501' });
  await assert.rejects(asUser('greet', 'schedule:greet'), { code: '42501' });
  await assert.rejects(
    db.database.asAnon((session) => queue.add('greet', payload, { session })),
    { code: '42501' },
  );
  const direct = db.database.asUser(USER, (session) => session.query("select graphile_worker.add_job('purge')"));
  await assert.rejects(direct, { code: '42501' });
  await openQueue([greet([])]);
  await assert.rejects(asUser('greet'), { code: '42501' });
});

test('a failure is logged once with its job, counted, tried again, and final when no attempt is left', async () => {
  const failing = jobOf('failing', async () => {
    throw new Error('no such mailbox');
  });
  const queue = await openQueue([failing]);
  const { events, lines } = await run([failing]);
  const first = told(events, 'job:failed');
  await queue.add('failing', {}, { maxAttempts: 2 });
  assert.deepEqual([(await first).final, (await first).error.message], [false, 'no such mailbox']);
  const second = told(events, 'job:failed');
  await db.sql('select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker.jobs');
  assert.equal((await second).final, true);
  const errors = lines.filter((line) => line.level >= 50);
  assert.deepEqual(
    errors.map((line) => [line['job'], line['attempt'], line['final']]),
    [
      ['failing', 1, false],
      ['failing', 2, true],
    ],
  );
});

test('a recurring job waits in the queue for its moment and is due again after each run, failed or not', async () => {
  let clock = Date.now();
  const start = clock;
  let runs = 0;
  const job = jobOf(
    'tick',
    async () => {
      runs += 1;
      clock += HOUR;
      if (runs === 2) throw new Error('this time not');
    },
    { schedule: () => hourly(start + HOUR) },
  );
  const { events } = await run([job], () => clock);
  assert.deepEqual(
    (await scheduleRows()).map((row) => [row.key, row.run_at.getTime()]),
    [['schedule:tick', start + HOUR]],
  );

  const dueNow = () =>
    db.sql(
      "select graphile_worker.add_job('schedule:tick', run_at => now(), job_key => 'schedule:tick', max_attempts => 1)",
    );
  for (const outcome of ['job:succeeded', 'job:failed'] as const) {
    const over = told(events, outcome);
    await dueNow();
    await over;
    await untilScheduled(start + HOUR * (runs + 1));
  }
  assert.equal(runs, 2);
});

/** Waits on the database, not on the clock: the row is written after the job has told that it is over. */
async function untilScheduled(due: number): Promise<void> {
  for (;;) if ((await scheduleRows()).some((row) => row.run_at.getTime() === due)) return;
}

test('after a downtime of many moments it runs once', async () => {
  const start = Date.now();
  let runs = 0;
  const count = async () => {
    runs += 1;
  };
  const job = jobOf('tick', count, { schedule: () => hourly(start - 10 * HOUR + 600_000) });
  await db.sql(
    "select graphile_worker.add_job('schedule:tick', run_at => now() - interval '10 hours', job_key => 'schedule:tick')",
  );
  const { events } = await run([job], () => start);
  await told(events, 'job:succeeded');
  await untilScheduled(start + 600_000);
  assert.equal(runs, 1);
});

test('a run that begins before its moment by our clock is not enqueued for the same moment again', async () => {
  const start = Date.now();
  const job = jobOf('tick', async () => undefined, { schedule: () => hourly(start) });
  await db.sql(
    "select graphile_worker.add_job('schedule:tick', run_at => to_timestamp($1 / 1000.0), job_key => 'schedule:tick')",
    [start],
  );
  const { events } = await run([job], () => start - 5_000);
  await told(events, 'job:succeeded');
  await untilScheduled(start + HOUR);
});

test('a changed schedule replaces the waiting run, and a job that is no longer recurring loses its own', async () => {
  const start = Date.now();
  const at = (moment: number) => jobOf('tick', async () => undefined, { schedule: () => hourly(moment) });
  const other = jobOf('other', async () => undefined, { schedule: () => hourly(start + HOUR) });
  await (await run([at(start + 5 * HOUR), other])).stop();
  await (await run([at(start + 2 * HOUR)])).stop();
  assert.deepEqual(
    (await scheduleRows()).map((row) => [row.key, row.run_at.getTime()]),
    [['schedule:tick', start + 2 * HOUR]],
  );
});

test('a job that was locked by a process that died runs again at the next start', async () => {
  const seen: unknown[] = [];
  const jobs = [greet(seen)];
  const queue = await openQueue(jobs);
  await queue.add('greet', { address: 'ann@example.org' });
  await db.sql(
    "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'worker-that-died', attempts = 1",
  );
  const { events } = await run(jobs);
  await told(events, 'job:succeeded');
  assert.equal(seen.length, 1);
});

test('a stop lets a running job finish, and one process runs the jobs of a database at a time', async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const finished: string[] = [];
  const job = jobOf('long', async () => {
    entered.resolve();
    await release.promise;
    finished.push('done');
  });
  const queue = await openQueue([job]);
  const first = await run([job]);
  const second = await run([job]);
  await queue.add('long', {});
  await entered.promise;
  const stopping = first.stop();
  await second.stop();
  release.resolve();
  await stopping;
  assert.deepEqual(finished, ['done']);
  assert.deepEqual(await db.sql('select from graphile_worker.jobs'), []);
});

test('a stop aborts a recurring job that does not end, and it is due at once at the next start', async () => {
  const entered = Promise.withResolvers<void>();
  const start = Date.now();
  const endless = jobOf(
    'endless',
    (_payload, { signal }) =>
      new Promise((_resolve, reject) => {
        entered.resolve();
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    { schedule: () => hourly(start - HOUR) },
  );
  await db.sql(
    "select graphile_worker.add_job('schedule:endless', run_at => now() - interval '1 hour', job_key => 'schedule:endless')",
  );
  const { stop } = await run([endless]);
  await entered.promise;
  await stop();
  const [row] = await scheduleRows();
  assert.equal(row!.attempts, 0);
  assert.ok(row!.run_at.getTime() <= Date.now());
});
