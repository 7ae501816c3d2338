/**
 * Kurzora as `freehold start` runs it, in a process of its own: embedded Postgres with its usual settings, phase 3 of the simulated
 * exchange, its real jobs, on a clock that the parent sets. Jobs run when the parent says so, not by their schedules.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { readConfig } from '#kernel/config.ts';
import { startJobs } from '#kernel/jobs/runner.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import type { Job, Product } from '#kernel/product.ts';
import { everyMinutesWhileOpen, nyseCalendar } from '#services/market-data/api.ts';
import { kurzora } from '../../src/products/kurzora/product.ts';
import type { KurzoraServices } from '../../src/products/kurzora/services.ts';
import { addressOf } from '../../src/server/listen.ts';
import { openProject, openServer } from '../../src/server/open-project.ts';
import { keysOf, serve } from '../../src/server/serve.ts';
import { createSimulatedExchange } from '../../src/services/market-data/simulated/simulated-exchange.ts';
import { listStocks } from '../../src/services/market-data/store/stocks.ts';
import { processorTimes } from '../processor-time.ts';

export type Request =
  /** The clock goes to the next close of a five-minute bar, and a scan begins: answers when it and the jobs that it calls for are over. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'sql'; readonly text: string; readonly values?: readonly unknown[] }
  | { readonly kind: 'load' };

export interface ServerLoad {
  /** Of the event loop since last asked, milliseconds. */
  readonly delayP99: number;
  readonly delayMax: number;
  readonly rss: number;
  /** Milliseconds of processor time since the start. */
  readonly own: number;
  readonly postgres: number;
}

/** Date.now() when each job was over, and how long it ran. */
export type JobsDone = Readonly<Record<'scan' | 'settle-trades' | 'send-alerts', { at: number; seconds: number }>>;

export interface TickDone {
  readonly jobs: JobsDone;
  readonly scanned: Scanned;
}

export interface Scanned {
  readonly parts: Readonly<Record<'bars' | 'load' | 'score' | 'store', number>>;
  readonly signals: number;
  readonly stored: Readonly<Record<string, number>>;
}

const { folder, symbols } = JSON.parse(process.argv[2]!) as { folder: string; symbols: number };
const config = readConfig({ dataFolder: folder, port: '0' }, { PHASE: '3', MARKET_DATA: 'simulated' });
const calendar = nyseCalendar();
const bars = everyMinutesWhileOpen(calendar, 5);
/** Some session of the past, so that tokens and plans, which Postgres judges by its own clock, hold. */
let now = calendar.previous(calendar.lastClosed(Date.now())).open + 3_600_000;

const scans: Scanned[] = [];
const log = pino(
  { level: 'info' },
  new Writable({
    write(chunk, _encoding, done) {
      const line = JSON.parse(String(chunk));
      if (line.msg === 'scanned') scans.push(line);
      if (line.level >= 40) process.stderr.write(chunk);
      done();
    },
  }),
);
const timed: Product<KurzoraServices> = {
  ...kurzora,
  jobs: kurzora.jobs.map(({ schedule: _, ...job }) => job as Job<KurzoraServices>),
  async open(project) {
    Object.assign(project, { now: () => now });
    const stocks = await createSimulatedExchange({ seed: config.simulationSeed, calendar }).universe(symbols);
    await project.database.asService((session) => listStocks(session, 'simulated', stocks));
    return kurzora.open(project);
  },
};

await using running = new AsyncDisposableStack();
const server = running.adopt(await openServer(config, log), (it) => it.stop());
const open = running.adopt(await openProject({ config, log, server, product: timed }), (it) => it.close());
const { project, services, owner, events } = open;
const keys = keysOf(config);
const app = await serve({ config, log, open: open as never, keys, web: folder }, running);
await continueFromLastScan();
const say = { note: (text: string) => console.error(`  ${text}`), progress: () => ({ advance() {}, done() {} }) };
await kurzora.start!(project, services, say, new AbortController().signal);
running.adopt(await startJobs({ owner, project, product: timed, services, events, log }), (it) => it.stop());

const [{ pid }] = (await sql("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid")) as [
  { pid: number },
];
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const over = Promise.withResolvers<void>();
process.on('disconnect', over.resolve);
process.on('message', async (request: Request) => {
  try {
    process.send!((await answer(request)) ?? {});
  } catch (error) {
    process.send!({ error: String((error as Error).stack) });
  }
});
process.send!({ url: addressOf(app), anonKey: keys.anonKey, serviceRoleKey: keys.serviceRoleKey });
await over.promise;

async function continueFromLastScan(): Promise<void> {
  const [last] = await sql('select max(as_of) as at from public.signal_scans');
  if (last!['at']) now = (last!['at'] as Date).getTime();
}

function sql(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  return withOwner(owner, async (client) => (await client.query(text, values as unknown[])).rows ?? []);
}

async function answer(request: Request): Promise<unknown> {
  if (request.kind === 'sql') return { rows: await sql(request.text, request.values) };
  if (request.kind === 'load') return load();
  now = bars.next(now)!;
  return { jobs: await scan(), scanned: scans.at(-1)! };
}

/** Through the queue, as its schedule would have it; answers when the jobs that it calls for are over too. */
async function scan(): Promise<JobsDone> {
  const finished: Partial<Record<keyof JobsDone, JobsDone['scan']>> = {};
  const over = Promise.withResolvers<void>();
  const succeeded = ({ job, seconds }: { job: string; seconds: number }) => {
    finished[job.replace('kurzora:', '') as keyof JobsDone] = { at: Date.now(), seconds };
    if (finished.scan && finished['settle-trades'] && finished['send-alerts']) over.resolve();
  };
  const failed = ({ error }: { error: unknown }) => over.reject(error);
  events.on('job:succeeded', succeeded).on('job:failed', failed);
  try {
    await project.jobs.add('kurzora:scan', {}, { key: 'kurzora:scan' });
    await over.promise;
    return finished as JobsDone;
  } finally {
    events.off('job:succeeded', succeeded).off('job:failed', failed);
  }
}

function load(): ServerLoad {
  const used = processorTimes(pid)!;
  const seen = { delayP99: delay.percentile(99) / 1e6 - 1, delayMax: delay.max / 1e6 - 1 };
  delay.reset();
  return { ...seen, rss: process.memoryUsage().rss, ...used };
}
