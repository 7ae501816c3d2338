/**
 * Requests per second of the data API over HTTP, beside pgbench running the same SQL: what the API sends for the request is recorded
 * and replayed, prepared and pipelined, with as many clients as the API has connections. Rounds alternate; medians are printed.
 * The API runs in a process of its own; the load comes from this one over keep-alive connections.
 *
 *     node bench/data-api.ts [--seconds 3] [--rounds 3] [--requests 0]
 *
 * Limits: list >= 60 % of pgbench, one row >= 50 %, p99 < 25 ms at 64 connections. `--requests N` sends N more and prints the memory.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget, Database, Identity, SessionOptions, Statement } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { createDataApi, createNodeListener } from '#services/data-api/api.ts';
import { DEFAULT_CONFIG } from '#services/data-api/config.ts';
import { startTestCluster } from '../test/cluster.ts';
import { processorTime } from './processor-time.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '0' },
    serve: { type: 'string' },
  },
});
const POOL_SIZE = 10;
const CONCURRENT = [8, 64];
const P99_LIMIT_MS = 25;
const log = createLog('warn');

const SCHEMA = `
create table public.todos (id bigint generated always as identity primary key, owner text not null, title text not null,
  done boolean not null default false, created_at timestamptz not null default now());
insert into public.todos (owner, title) select (i / 20)::text, 'todo number ' || i from generate_series(0, 99999) i;
create index on public.todos (owner);
alter table public.todos enable row level security;
create policy own on public.todos to anon using (owner = '77') with check (owner = '77');
create table public.clients (id int primary key, name text not null);
create table public.projects (id int primary key, name text not null, client_id int references public.clients);
create table public.tasks (id int primary key, name text not null, project_id int references public.projects);
create index on public.projects (client_id);
create index on public.tasks (project_id);
insert into public.clients select i, 'client ' || i from generate_series(1, 1000) i;
insert into public.projects select i, 'project ' || i, 1 + i % 1000 from generate_series(1, 5000) i;
insert into public.tasks select i, 'task ' || i, 1 + i % 5000 from generate_series(1, 25000) i;
create table public.notes (id bigint generated always as identity primary key, body text);
create function public.add_them(a int, b int) returns int language sql immutable as 'select a + b';
grant all on all tables in schema public to anon;
vacuum analyze;`;

interface Case {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: string;
  readonly body?: string;
  /** Of pgbench's rate. */
  readonly limit?: number;
}

const CASES: readonly Case[] = [
  {
    name: 'RLS list of 20 rows',
    method: 'GET',
    url: '/todos?select=id,title,done,created_at&order=id&limit=20',
    limit: 0.6,
  },
  { name: 'one row by key', method: 'GET', url: '/clients?id=eq.77', limit: 0.5 },
  {
    name: 'embed of two levels',
    method: 'GET',
    url: '/clients?select=id,name,projects(id,name,tasks(id,name))&id=eq.77',
  },
  {
    name: 'insert returning',
    method: 'POST',
    url: '/notes',
    headers: 'Prefer: return=representation',
    body: '{"body":"x"}',
  },
  { name: 'rpc', method: 'POST', url: '/rpc/add_them', body: '{"a":1,"b":2}' },
];

if (options.serve) await serve(JSON.parse(options.serve) as ConnectionTarget);
else await compareAll();

function api(database: Database, target: ConnectionTarget) {
  return createDataApi({ database, listenTarget: target, log, config: { ...DEFAULT_CONFIG, dbAnonRole: 'anon' } });
}

function open(target: ConnectionTarget): Database {
  return openDatabase({ target, poolSize: POOL_SIZE, statementTimeoutMs: 30_000, log });
}

/** The process under test: says its port, and its memory when asked. */
async function serve(target: ConnectionTarget): Promise<void> {
  const server = createServer(createNodeListener(api(open(target), target)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ rss: process.memoryUsage().rss, processorMs: (user + system) / 1000 });
  });
  process.once('SIGTERM', () => process.exit());
  process.send?.({ port: (server.address() as AddressInfo).port });
}

async function compareAll(): Promise<void> {
  const cluster = await startTestCluster();
  await bootstrap({ owner: cluster.target, authenticatorPassword: 'bench' });
  await withOwner(cluster.target, (client) => client.query(SCHEMA.replace('vacuum analyze;', '')));
  await withOwner(cluster.target, (client) => client.query('vacuum analyze'));
  const target = authenticatorTarget(cluster.target, 'bench');
  const child = fork(fileURLToPath(import.meta.url), ['--serve', JSON.stringify(target)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
  const postmaster = await withOwner(cluster.target, async (client) => {
    const { rows } = await client.query("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid");
    return rows[0].pid as number;
  });
  try {
    const recorded = await recordStatements(target);
    for (const each of CASES) {
      const script = writeScript(folder, recorded.get(each.name)!);
      for (const concurrent of CONCURRENT) await compare(each, { concurrent, port, target, script, child, postmaster });
    }
    await longRun(Number(options.requests), port, child);
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
    await cluster.stop();
  }
}

interface Usage {
  readonly rss: number;
  readonly processorMs: number;
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
}

async function longRun(requests: number, port: number, child: ChildProcess): Promise<void> {
  const memory = async () => `${((await usageOf(child)).rss / 1e6).toFixed(0)} MB`;
  console.log(`\nmemory of the API's process: ${await memory()}`);
  if (requests === 0) return;
  await load(CASES[0]!, 8, port, (sent) => sent < requests);
  console.log(`after ${requests} more requests: ${await memory()}`);
}

interface Recorded {
  readonly identity: Identity;
  readonly statements: readonly Statement[];
  readonly settings: Readonly<Record<string, string>>;
}

/** What the API hands to the database for each case. */
async function recordStatements(target: ConnectionTarget): Promise<Map<string, Recorded>> {
  const database = open(target);
  const seen: Recorded[] = [];
  const recording: Database = Object.create(database, {
    oneShot: {
      value: (identity: Identity, statements: readonly Statement[], given: SessionOptions = {}) => {
        seen.push({ identity, statements, settings: given.settings ?? {} });
        return database.oneShot(identity, statements, given);
      },
    },
  });
  const under = api(recording, target);
  const recorded = new Map<string, Recorded>();
  for (const each of CASES) {
    const [path = '', query = ''] = each.url.split('?');
    const headers = each.headers ? { prefer: each.headers.split(': ')[1] } : {};
    const request = { method: each.method, path, query, headers, body: Buffer.from(each.body ?? '') };
    const { status, body } = await under.handle(request);
    if (status >= 300) throw new Error(`${each.name}: ${status} ${body}`);
    recorded.set(each.name, seen.at(-1)!);
  }
  await under.close();
  await database.close();
  return recorded;
}

/** A pgbench script of the same round trip, and its variables. */
function writeScript(
  folder: string,
  { identity, statements, settings }: Recorded,
): { file: string; variables: string[] } {
  const variables: string[] = [];
  const variable = (value: string) => {
    variables.push('-D', `v${variables.length}=${value}`);
    return `:v${variables.length - 2}`;
  };
  const all = { role: identity.role, 'request.jwt.claims': JSON.stringify(identity.claims), ...settings };
  const set = Object.entries(all).map(([name, value]) => `set_config('${name}', ${variable(value)}, true)`);
  const texts = statements.map(({ text, values = [] }) =>
    text.replace(/\$(\d+)/g, (_, index: string) => variable(String(values[Number(index) - 1]))),
  );
  const file = join(folder, `${variables.length}-${Date.now()}.sql`);
  const lines = [`select ${set.join(', ')}`, ...texts].map((text) => `${text.replace(/\s+/g, ' ')};`);
  writeFileSync(file, ['\\startpipeline', ...lines, '\\endpipeline', ''].join('\n'));
  return { file, variables };
}

interface Setting {
  readonly concurrent: number;
  readonly port: number;
  readonly target: ConnectionTarget;
  readonly script: { readonly file: string; readonly variables: string[] };
  readonly child: ChildProcess;
  readonly postmaster: number;
}

/** Microseconds of processor time a request, load and server together: what a busy machine does not distort. */
async function costOf<T extends { readonly done: number }>(
  setting: Setting,
  run: () => Promise<T>,
): Promise<T & { cost: number }> {
  const spent = async () =>
    (processorTime(setting.postmaster) ?? Number.NaN) + (await usageOf(setting.child)).processorMs;
  const before = await spent();
  const result = await run();
  return { ...result, cost: (((await spent()) - before) * 1000) / result.done };
}

async function compare(each: Case, setting: Setting): Promise<void> {
  const { concurrent, port, target, script } = setting;
  const ours: (Load & { cost: number })[] = [];
  const theirs: (Figure & { cost: number })[] = [];
  const seconds = Number(options.seconds);
  await load(each, concurrent, port, (_, elapsed) => elapsed < 500);
  for (let round = 0; round < Number(options.rounds); round++) {
    ours.push(await costOf(setting, () => load(each, concurrent, port, (_, elapsed) => elapsed < seconds * 1000)));
    theirs.push(await costOf(setting, () => pgbench(target, script, seconds)));
  }
  const rate = median(ours.map((one) => one.rate));
  const p99 = median(ours.map((one) => one.p99));
  const peer = median(theirs.map((one) => one.rate));
  const ratio = rate / peer;
  const [cost, peerCost] = [median(ours.map((one) => one.cost)), median(theirs.map((one) => one.cost))];
  const verdicts = [
    ...(each.limit === undefined ? [] : [`limit ${each.limit}: ${ratio >= each.limit ? 'ok' : 'MISSED'}`]),
    ...(concurrent === 64 ? [`p99 limit ${P99_LIMIT_MS} ms: ${p99 < P99_LIMIT_MS ? 'ok' : 'MISSED'}`] : []),
  ];
  const columns = [
    `${each.name.padEnd(20)} ${String(concurrent).padStart(2)} connections`,
    `${rate.toFixed(0).padStart(6)}/s, p99 ${p99.toFixed(1).padStart(5)} ms`,
    `pgbench ${peer.toFixed(0).padStart(6)}/s, ratio ${ratio.toFixed(2)}`,
    `by processor time ${(peerCost / cost).toFixed(2)} (${cost.toFixed(0)} us a request)`,
    verdicts.join(', '),
  ];
  console.log(columns.join('  '));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

interface Figure {
  readonly rate: number;
  readonly done: number;
}

interface Load extends Figure {
  /** Milliseconds. */
  readonly p99: number;
}

/** Keeps `concurrent` connections busy with one request each, while `goesOn` says so. */
async function load(
  each: Case,
  concurrent: number,
  port: number,
  goesOn: (sent: number, elapsedMs: number) => boolean,
): Promise<Load> {
  const body = each.body ?? '';
  const request = Buffer.from(
    `${each.method} ${each.url} HTTP/1.1\r\nHost: localhost\r\n${each.headers ? `${each.headers}\r\n` : ''}${
      body ? `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` : ''
    }\r\n${body}`,
  );
  const start = performance.now();
  const times: number[] = [];
  let sent = 0;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let asked = 0;
      let missing = 0;
      const ask = () => {
        if (!goesOn(sent, performance.now() - start)) return void socket.end(resolve);
        sent++;
        asked = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true).on('error', reject).on('connect', ask);
      socket.on('data', (chunk: Buffer) => {
        missing = missing > 0 ? missing - chunk.length : missingOf(chunk);
        if (missing > 0) return;
        times.push(performance.now() - asked);
        ask();
      });
    });
  await Promise.all(Array.from({ length: concurrent }, client));
  const elapsed = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  return {
    rate: times.length / elapsed,
    done: times.length,
    p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
  };
}

/** Bytes of the body still to come after the first part of an answer. Throws when the answer is a refusal. */
function missingOf(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  if (!/^HTTP\/1\.1 2/.test(head)) throw new Error(chunk.toString());
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - (chunk.length - end - 4);
}

async function pgbench(
  { host, port, user, password, database }: ConnectionTarget,
  { file, variables }: { file: string; variables: string[] },
  seconds: number,
): Promise<Figure> {
  const run = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(POOL_SIZE),
    '-j',
    '2',
    '-T',
    String(Math.ceil(seconds)),
    '-f',
    file,
  ];
  const place = ['-h', host, '-p', String(port), '-U', user, database];
  const env = { ...process.env, PGPASSWORD: password };
  const { stdout } = await promisify(execFile)('pgbench', [...run, ...variables, ...place], { env });
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (!rate) throw new Error(`pgbench printed no rate:\n${stdout}`);
  return { rate: Number(rate), done: Number(rate) * Math.ceil(seconds) };
}
