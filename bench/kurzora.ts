/**
 * Kurzora at phase 3: 6,000 stocks every five minutes with 500 people signed in and 500 live sockets, on one machine. A tick is a bar's
 * close: bars written, scanned, stored, changes delivered, trades marked, alerts queued, while pages are read. Server, sockets, readers
 * and Postgres are processes of their own. With --data the installation stays and the next run goes on from it.
 *
 *     node bench/kurzora.ts [--symbols 6000] [--people 500] [--ticks 3] [--rate 60] [--data FOLDER]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Listener, Report, Watch } from './kurzora/crowd.ts';
import { printTick, seconds, type Tick } from './kurzora/print.ts';
import type { Times } from './kurzora/readers.ts';
import type { ServerLoad, TickDone } from './kurzora/server.ts';

const { values: options } = parseArgs({
  options: {
    symbols: { type: 'string', default: '6000' },
    people: { type: 'string', default: '500' },
    ticks: { type: 'string', default: '3' },
    rate: { type: 'string', default: '60' },
    data: { type: 'string' },
  },
});
const PASSWORD = 'A-password-of-the-bench-1';
/** Seconds of reading before the first tick, and between ticks: what p99 is without one. */
const IDLE_SECONDS = 15;
/** Changes arrive in the order of their commits: once a row of this table has come, everything before it has. */
const MARKS = `
  create table if not exists public.bench_marks (id bigint generated always as identity primary key);
  grant select on public.bench_marks to authenticated;
  do $$ begin
    if not exists (select from pg_publication_tables where pubname = 'supabase_realtime' and tablename = 'bench_marks') then
      alter publication supabase_realtime add table public.bench_marks;
    end if;
  end $$`;
const MARKED = 'bench_marks';
const LOOK_MS = 100;
const TRADES_EACH = 3;
const FACTS = `select pg_current_wal_lsn() - '0/0'::pg_lsn as wal, (select count(*) from public.signal_alerts)::int as alerts,
  (select count(*) from public.notification_queue)::int as messages, (select count(*) from public.notifications)::int as notifications`;

const folder = options.data ?? mkdtempSync(join(tmpdir(), 'freehold-bench-'));
const children: ChildProcess[] = [];
try {
  await run();
} finally {
  for (const child of children) if (child.connected) child.disconnect();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  if (options.data === undefined) rmSync(folder, { recursive: true, force: true });
}

interface Person {
  readonly id: string;
  readonly token: string;
}

async function run(): Promise<void> {
  const began = performance.now();
  const server = start('server', JSON.stringify({ folder, symbols: Number(options.symbols) }));
  const { url, anonKey } = await hear<{ url: string; anonKey: string }>(server);
  console.log(`server ready after ${seconds(performance.now() - began)}`);
  // A first tick takes the bars into memory; what it raised was before these people came.
  await ask(server, { kind: 'tick' });
  const people = await signIn(url, anonKey);
  await furnish(server, people);
  const crowd = start('crowd');
  await ask(crowd, { kind: 'open', port: Number(new URL(url).port), anonKey, listeners: people.map(listenerOf) });
  console.log(`${people.length} people signed in, each on a socket with the channels of his pages`);
  const readers = start('readers');
  await ask(readers, { kind: 'begin', url, anonKey, people, rate: Number(options.rate) });
  const parts = { server, crowd, readers };
  for (let index = 1; index <= Number(options.ticks); index++) {
    await everythingArrived(parts);
    // Every five minutes there is one: what a tick writes first to a page then costs the most.
    await sql(server, 'checkpoint');
    await ask(readers, { kind: 'times' });
    await ask(server, { kind: 'load' });
    await delay(IDLE_SECONDS * 1000);
    const idle = {
      times: await ask<Times>(readers, { kind: 'times' }),
      load: await ask<ServerLoad>(server, { kind: 'load' }),
    };
    printTick(index, await tick(parts), idle, await copyOfTheSame(server));
  }
}

function start(file: string, argument = ''): ChildProcess {
  // Sessions of their own, among which Linux shares the processors: people's browsers are no part of the server.
  const child = fork(fileURLToPath(new URL(`kurzora/${file}.ts`, import.meta.url)), [argument], { detached: true });
  children.push(child);
  return child;
}

async function hear<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(() => [{ error: 'a process of the bench ended' }]);
  ended.catch(() => undefined);
  const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [T & { error?: string }];
  over.abort();
  if (answer.error) throw new Error(answer.error);
  return answer;
}

async function ask<T>(child: ChildProcess, order: object): Promise<T> {
  child.send(order);
  return await hear<T>(child);
}

async function sql(server: ChildProcess, text: string, values?: readonly unknown[]): Promise<Record<string, number>[]> {
  return (await ask<{ rows: Record<string, number>[] }>(server, { kind: 'sql', text, values })).rows;
}

/** Accounts made and signed in through /auth/v1, eight at a time. */
async function signIn(url: string, anonKey: string): Promise<Person[]> {
  const people: Person[] = [];
  const count = Number(options.people);
  let next = 0;
  const post = async (path: string, body: object) => {
    const headers = { apikey: anonKey, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/auth/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { ok: answer.ok, text: await answer.text() };
  };
  const worker = async () => {
    while (next < count) {
      const person = { email: `person${next++}@example.com`, password: PASSWORD };
      const made = await post('signup', person);
      const answer = made.ok ? made : await post('token?grant_type=password', person);
      if (!answer.ok) throw new Error(answer.text);
      const session = JSON.parse(answer.text);
      people.push({ id: session.user.id, token: session.access_token });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return people.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Half of them starters, half professionals; each with open trades of signals and a few closed ones. */
async function furnish(server: ChildProcess, people: readonly Person[]): Promise<void> {
  const ids = people.map(({ id }) => id);
  await sql(
    server,
    `update public.users u set subscription_status = 'active', subscription_tier = case when nth % 2 = 0 then 'starter' else 'professional' end::public.subscription_tier
     from unnest($1::uuid[]) with ordinality as p(id, nth) where u.id = p.id`,
    [ids],
  );
  // The simulated exchange makes ten times the signals above 80 that a market does: told is who asks for the few best, some eight a day.
  await sql(
    server,
    `update public.users set notification_settings = notification_settings || '{"minimum_score": 95}' where id = any ($1::uuid[])`,
    [ids],
  );
  await sql(
    server,
    `insert into public.paper_trades (user_id, ticker, trade_type, quantity, entry_price, current_price, stop_loss, take_profit, is_open, exit_price, closed_at)
     select p.id, s.ticker, 'buy', 1, s.current_price, s.current_price, s.current_price / 2, s.current_price * 2, nth > 2, s.current_price, case when nth <= 2 then now() end
     from unnest($1::uuid[]) with ordinality as p(id, place)
     cross join generate_series(1, $2::int + 2) as nth
     join (select ticker, current_price, row_number() over (order by ticker) - 1 as number, count(*) over () as total
           from public.trading_signals where status in ('active', 'triggered')) s on s.number = (place * 31 + nth * 97) % s.total
     where (select count(*) from public.paper_trades t where t.user_id = p.id and t.is_open) < $2`,
    [ids, TRADES_EACH],
  );
  await sql(server, MARKS);
  await sql(server, 'analyze public.trading_signals, public.indicators, public.paper_trades, public.users');
}

/** Everybody's two channels on paper_trades as the real client has them; a fifth also watches signals, a fifth the scans. */
function listenerOf({ id, token }: Person, index: number): Listener {
  const own: Watch = { name: 'portfolio-changes', table: 'paper_trades', event: '*', filter: `user_id=eq.${id}` };
  const channels = [own, { ...own, name: 'paper_trades_changes' }];
  if (index % 10 === 0) channels.push({ name: 'signals', table: 'trading_signals', event: '*' });
  if (index % 10 === 1)
    channels.push({ name: 'signals', table: 'trading_signals', event: '*', filter: 'final_score=gte.80' });
  if (index === 0) channels.push({ name: 'marks', table: MARKED, event: 'INSERT' });
  if (index % 5 === 2) channels.push({ name: 'scans', table: 'signal_scans', event: 'INSERT' });
  return { token, channels };
}

interface Parts {
  readonly server: ChildProcess;
  readonly crowd: ChildProcess;
  readonly readers: ChildProcess;
}

/** A bar has closed: the jobs run, one after the other as they call for each other, and everything arrives. */
async function tick({ server, crowd, readers }: Parts): Promise<Tick> {
  await ask(crowd, { kind: 'heard' });
  const loadBefore = await ask<ServerLoad>(server, { kind: 'load' });
  const [before] = await sql(server, FACTS);
  await ask(readers, { kind: 'times' });
  const closed = Date.now();
  const done = await ask<TickDone>(server, { kind: 'tick' });
  const heard = await everythingArrived({ server, crowd });
  const times = await ask<Times>(readers, { kind: 'times' });
  const load = await ask<ServerLoad>(server, { kind: 'load' });
  const [after] = await sql(server, FACTS);
  const grown = Object.fromEntries(
    Object.entries(after!).map(([name, value]) => [name, Number(value) - Number(before![name])]),
  );
  const used = { own: load.own - loadBefore.own, postgres: load.postgres - loadBefore.postgres };
  return { closed, ...done, heard, times, load, used, grown };
}

/** What was heard since last asked, added up, once nothing more is under way. */
async function everythingArrived({ server, crowd }: Pick<Parts, 'server' | 'crowd'>): Promise<Report> {
  await sql(server, `insert into public.${MARKED} default values`);
  const sum: Report = {};
  while (!sum[MARKED]) {
    await delay(LOOK_MS);
    for (const [table, it] of Object.entries(await ask<Report>(crowd, { kind: 'heard' }))) {
      const known = sum[table];
      sum[table] = known
        ? { ...it, frames: known.frames + it.frames, bytes: known.bytes + it.bytes, first: known.first }
        : it;
      sum[table].sockets = Math.max(known?.sockets ?? 0, it.sockets);
    }
  }
  delete sum[MARKED];
  return sum;
}

/** Milliseconds that Postgres takes to COPY the open signals and their indicator rows into tables of the same make: the floor of storing. */
async function copyOfTheSame(server: ChildProcess): Promise<{ readonly ms: number; readonly rows: number }> {
  const open = `select id from public.trading_signals where status in ('active', 'triggered')`;
  const pieces = [
    ['trading_signals', `select * from public.trading_signals where id in (${open})`],
    ['indicators', `select * from public.indicators where signal_id in (${open})`],
  ] as const;
  // As Postgres calls it, to whom the folders above its own may be closed.
  const file = '/proc/self/cwd/bench.copy';
  let rows = 0;
  let spent = 0;
  for (const [table, query] of pieces) {
    await sql(server, `copy (${query}) to '${file}'`);
    await sql(server, `create table public.copied (like public.${table} including all)`);
    const began = performance.now();
    await sql(server, `copy public.copied from '${file}'`);
    spent += performance.now() - began;
    const [counted] = await sql(server, 'select count(*)::int as rows from public.copied');
    rows += counted!['rows']!;
    await sql(server, 'drop table public.copied');
    rmSync(join(folder, 'postgres', 'bench.copy'));
  }
  return { ms: spent, rows };
}
