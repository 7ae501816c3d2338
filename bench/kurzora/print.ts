/** A tick of the bench in words and figures. */
import type { Report } from './crowd.ts';
import type { Times } from './readers.ts';
import type { ServerLoad, TickDone } from './server.ts';

export interface Tick extends TickDone {
  /** Date.now() of the bar's close. */
  readonly closed: number;
  readonly heard: Report;
  readonly times: Times;
  readonly load: ServerLoad;
  /** Milliseconds of processor time during the tick, pages included: on a machine that others use too, these say more than the clock. */
  readonly used: { readonly own: number; readonly postgres: number };
  /** Bytes of log and rows of alerts that came during the tick. */
  readonly grown: Readonly<Record<string, number>>;
}

export interface Idle {
  readonly times: Times;
  readonly load: ServerLoad;
}

/** Everything that follows a bar's close. */
const TICK_LIMIT_MS = 30_000;
/** From the new bars to the stored signals. */
const SCAN_LIMIT_MS = 2_000;
const PAGE_LIMIT_MS = 100;
/** How long jobs/scan.ts waits for the provider to publish. */
const PUBLISHING_MS = 5_000;

export const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`;
export const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const held = (value: number, limit: number) =>
  `${(value / limit).toFixed(2)} of the limit${value <= limit ? '' : ', MISSED'}`;

export function printTick(
  number: number,
  tick: Tick,
  idle: Idle,
  copy: { readonly ms: number; readonly rows: number },
): void {
  const { closed, jobs, scanned, heard, load, used, grown } = tick;
  const { bars, load: into, score, store } = scanned.parts;
  const last = Math.max(...[...Object.values(jobs).map(({ at }) => at), ...Object.values(heard).map((it) => it.last)]);
  const whole = PUBLISHING_MS + last - closed;
  console.log(
    `\ntick ${number}: ${seconds(whole)} from the bar's close to the last delivery, ${held(whole, TICK_LIMIT_MS)} (5 s of it wait for the provider)`,
  );
  const scanMs = (bars + into + score + store) * 1000;
  console.log(
    `  scan          ${seconds(scanMs)}: bars ${bars}, memory ${into}, scores ${score}, store ${store}; ${held(scanMs, SCAN_LIMIT_MS)}`,
  );
  const { signals, stored } = scanned;
  console.log(
    `                ${signals} signals, ${JSON.stringify(stored)}; COPY of the open ones (${copy.rows} rows) takes ${ms(copy.ms)}: storing is ${((store * 1000) / copy.ms).toFixed(1)} x that`,
  );
  for (const [table, { frames, bytes, first, last: end, sockets }] of Object.entries(heard))
    console.log(
      `  ${table.padEnd(15)} ${frames} changes, ${(bytes / 1e6).toFixed(0)} MB, on ${sockets} sockets; first after ${seconds(first - closed)}, last after ${seconds(end - closed)}`,
    );
  console.log(
    `  trades marked in ${seconds(jobs['settle-trades'].seconds * 1000)}; alerts in ${seconds(jobs['send-alerts'].seconds * 1000)}: ${grown['alerts']} alerts, ${grown['messages']} messages, ${grown['notifications']} notes; log ${(grown['wal']! / 1e6).toFixed(0)} MB`,
  );
  console.log(
    `  processor       ${seconds(used.own)} of the server, ${seconds(used.postgres)} of Postgres, pages included`,
  );
  printPages('pages meanwhile', tick.times, load);
  printPages('pages idle', idle.times, idle.load);
  const [busy, calm] = [p(tick.times, 0.99), p(idle.times, 0.99)];
  console.log(`  page p99 ${ms(busy)}: ${held(busy, PAGE_LIMIT_MS)}, ${(busy / calm).toFixed(1)} x idle`);
}

function printPages(title: string, times: Times, load: ServerLoad): void {
  const count = Object.values(times.byCall).reduce((sum, list) => sum + list.length, 0);
  const slow = Object.entries(times.byCall)
    .map(([name, list]) => `${name} ${ms(at(list, 0.99))}`)
    .join(', ');
  console.log(
    `  ${title.padEnd(16)} ${count} calls, p50 ${ms(p(times, 0.5))}, p99 ${ms(p(times, 0.99))}, ${times.failures} failed; event loop p99 ${ms(load.delayP99)}, longest ${ms(load.delayMax)}; ${Math.round(load.rss / 1e6)} MB`,
  );
  console.log(`                   p99 of ${slow}`);
}

function p(times: Times, share: number): number {
  return at(
    Object.values(times.byCall)
      .flat()
      .sort((a, b) => a - b),
    share,
  );
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
