/**
 * Requests per second of the data API over HTTP, beside pgbench running the same SQL: all that the API sends for the request, its prelude
 * included, is recorded and replayed, prepared and pipelined, with as many clients as the API has connections. Beside it PostGraphile and
 * parse-server on the same Postgres, where they are installed (bench/peers). Rounds alternate; medians are printed. Every server runs in a
 * process of its own.
 *
 *     node bench/data-api.ts [--seconds 3] [--rounds 3] [--only 'one row'] [--peers no] [--requests 0]
 *
 * Limits: list >= 60 % of pgbench, one row >= 50 %, p99 < 25 ms at 64 connections, >= 5x the peers. `--requests N` sends N more and prints
 * the memory along the way: < 250 MB, flat.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget, Database, Identity, SessionOptions, Statement } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { prelude } from '#kernel/postgres/session-settings.ts';
import { createDataApi, createNodeListener } from '#services/data-api/api.ts';
import { DEFAULT_CONFIG } from '#services/data-api/config.ts';
import { startTestCluster } from '../test/cluster.ts';
import { CASES, type Case, SCHEMA } from './data-api-cases.ts';
import { LOAD_PROGRAM, type Load, load, loadByHand } from './http-load.ts';
import { type Peer, startPeer } from './peers/start-peer.ts';
import { processorTimes } from './processor-time.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'yes' },
    serve: { type: 'string' },
  },
});
const POOL_SIZE = 10;
const CONCURRENT = [8, 64];
const P99_LIMIT_MS = 25;
const PEER_LIMIT = 5;
const MEMORY_LIMIT_MB = 250;
const log = createLog('warn');

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
  const peers = await startPeers(target, cluster.target);
  const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
  const postmaster = await withOwner(cluster.target, async (client) => {
    const { rows } = await client.query("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid");
    return rows[0].pid as number;
  });
  console.log(`load by ${LOAD_PROGRAM}; load average ${loadavg()[0]?.toFixed(1)} at the start`);
  try {
    const recorded = await recordStatements(target);
    for (const each of CASES.filter(({ name }) => name.includes(options.only))) {
      const script = writeScript(folder, recorded.get(each.name)!);
      for (const concurrent of CONCURRENT)
        await compare(each, { concurrent, port, target, script, child, postmaster, peers });
    }
    await longRun(Number(options.requests), port, child);
    console.log(`load average ${loadavg()[0]?.toFixed(1)} at the end`);
  } finally {
    child.kill();
    for (const peer of peers) peer.process.kill();
    rmSync(folder, { recursive: true });
    await cluster.stop();
  }
}

/** parse-server makes its own tables, so it logs in as their owner. */
async function startPeers(login: ConnectionTarget, owner: ConnectionTarget): Promise<Peer[]> {
  if (options.peers === 'no') return [];
  const started = [
    await startPeer('postgraphile', login, POOL_SIZE),
    await startPeer('parse-server', owner, POOL_SIZE),
  ];
  return started.filter((peer) => peer !== undefined);
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

/** Every kind of request in turn. */
async function longRun(requests: number, port: number, child: ChildProcess): Promise<void> {
  const megabytes = async () => Math.round((await usageOf(child)).rss / 1e6);
  let most = await megabytes();
  console.log(`\nmemory of the API's process: ${most} MB`);
  const part = Math.ceil(requests / 20);
  for (let sent = 0; sent < requests; sent += part) {
    const each = CASES[(sent / part) % CASES.length] as Case;
    await loadByHand(each, 16, port, (asked) => asked < part);
    const now = await megabytes();
    most = Math.max(most, now);
    console.log(`after ${sent + part} more requests: ${now} MB (${each.name})`);
  }
  if (requests > 0)
    console.log(`at most ${most} MB, limit ${MEMORY_LIMIT_MB}: ${most < MEMORY_LIMIT_MB ? 'ok' : 'MISSED'}`);
}

interface Recorded {
  readonly identity: Identity;
  readonly statements: readonly Statement[];
  readonly options: SessionOptions;
}

/** What the API hands to the database for each case. */
async function recordStatements(target: ConnectionTarget): Promise<Map<string, Recorded>> {
  const database = open(target);
  const seen: Recorded[] = [];
  const recording: Database = Object.create(database, {
    oneShot: {
      value: (identity: Identity, statements: readonly Statement[], given: SessionOptions = {}) => {
        seen.push({ identity, statements, options: given });
        return database.oneShot(identity, statements, given);
      },
    },
  });
  const under = api(recording, target);
  const recorded = new Map<string, Recorded>();
  for (const each of CASES) {
    const [path = '', query = ''] = each.url.split('?');
    const named = Object.entries(each.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    const headers = Object.fromEntries([['host', '127.0.0.1'], ...named]);
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
function writeScript(folder: string, { identity, statements, options }: Recorded): Script {
  const variables: string[] = [];
  const variable = (value: string) => {
    variables.push('-D', `v${variables.length}=${value}`);
    return `:v${variables.length - 2}`;
  };
  const all = [...prelude(identity, options, false), ...statements];
  const lines = all.map(({ text, values = [] }) => {
    const filled = text.replace(/\$(\d+)/g, (_, index: string) => variable(String(values[Number(index) - 1])));
    return `${filled.replace(/\s+/g, ' ')};`;
  });
  const file = join(folder, `${variables.length}-${Date.now()}.sql`);
  writeFileSync(file, ['\\startpipeline', ...lines, '\\endpipeline', ''].join('\n'));
  return { file, variables };
}

interface Script {
  readonly file: string;
  readonly variables: readonly string[];
}

interface Setting {
  readonly concurrent: number;
  readonly port: number;
  readonly target: ConnectionTarget;
  readonly script: Script;
  readonly child: ChildProcess;
  readonly postmaster: number;
  readonly peers: readonly Peer[];
}

/** Microseconds of processor time a request: what a busy machine distorts least. */
interface Cost {
  readonly load: number;
  readonly server: number;
  readonly postgres: number;
}

type Measured<T> = T & { readonly cost: Cost };

async function costOf<T extends { readonly done: number }>(
  { postmaster }: Setting,
  server: ChildProcess | undefined,
  run: () => Promise<T>,
): Promise<Measured<T>> {
  const spent = async () => {
    const { own, postgres } = processorTimes(postmaster) ?? { own: Number.NaN, postgres: Number.NaN };
    return { load: own, postgres, server: server ? (await usageOf(server)).processorMs : 0 };
  };
  const before = await spent();
  const result = await run();
  const after = await spent();
  const each = (key: keyof Cost) => ((after[key] - before[key]) * 1000) / result.done;
  return { ...result, cost: { load: each('load'), server: each('server'), postgres: each('postgres') } };
}

function totalOf({ load: ofLoad, server, postgres }: Cost): number {
  return ofLoad + server + postgres;
}

async function compare(each: Case, setting: Setting): Promise<void> {
  const { concurrent, port, target, script, child } = setting;
  const ours: Measured<Load>[] = [];
  const theirs: Measured<Figure>[] = [];
  const seconds = Number(options.seconds);
  const rivals = setting.peers.flatMap((peer) => {
    const request = each.peers?.[peer.name];
    return request ? [{ peer, request, loads: [] as Measured<Load>[] }] : [];
  });
  await load(each, concurrent, port, 1);
  for (let round = 0; round < Number(options.rounds); round++) {
    ours.push(await costOf(setting, child, () => load(each, concurrent, port, seconds)));
    theirs.push(await costOf(setting, undefined, () => pgbench(target, script, seconds)));
    for (const { peer, request, loads } of rivals)
      loads.push(await costOf(setting, peer.process, () => load(request, concurrent, peer.port, seconds)));
  }
  report(each, concurrent, ours, theirs);
  for (const { peer, loads } of rivals) reportPeer(peer.name, ours, loads);
}

function report(each: Case, concurrent: number, ours: Measured<Load>[], theirs: Measured<Figure>[]): void {
  const rate = median(ours.map((one) => one.rate));
  const p99 = median(ours.map((one) => one.p99));
  const peer = median(theirs.map((one) => one.rate));
  const ratio = rate / peer;
  const of = (key: keyof Cost) => median(ours.map(({ cost }) => cost[key])).toFixed(0);
  const cost = median(ours.map((one) => totalOf(one.cost)));
  const peerCost = median(theirs.map((one) => totalOf(one.cost)));
  const verdicts = [
    ...(each.limit === undefined ? [] : [`limit ${each.limit}: ${ratio >= each.limit ? 'ok' : 'MISSED'}`]),
    ...(concurrent === 64 ? [`p99 limit ${P99_LIMIT_MS} ms: ${p99 < P99_LIMIT_MS ? 'ok' : 'MISSED'}`] : []),
  ];
  const columns = [
    `${each.name.padEnd(20)} ${String(concurrent).padStart(2)} connections`,
    `${rate.toFixed(0).padStart(6)}/s, p99 ${p99.toFixed(1).padStart(5)} ms`,
    `pgbench ${peer.toFixed(0).padStart(6)}/s, ratio ${ratio.toFixed(2)}`,
    `by processor time ${(peerCost / cost).toFixed(2)}`,
    `us a request: server ${of('server')}, Postgres ${of('postgres')}, load ${of('load')}; pgbench in all ${peerCost.toFixed(0)}`,
    verdicts.join(', '),
  ];
  console.log(columns.join('  '));
}

function reportPeer(name: string, ours: Measured<Load>[], theirs: Measured<Load>[]): void {
  const times = median(ours.map((one) => one.rate)) / median(theirs.map((one) => one.rate));
  const cost = median(theirs.map((one) => totalOf(one.cost))) / median(ours.map((one) => totalOf(one.cost)));
  const rate = median(theirs.map((one) => one.rate)).toFixed(0);
  const verdict = times >= PEER_LIMIT ? 'ok' : 'MISSED';
  console.log(
    `    ${name.padEnd(14)} ${rate.padStart(6)}/s: ours is ${times.toFixed(1)} times that, limit ${PEER_LIMIT}: ${verdict}; ${cost.toFixed(1)} times by processor time`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

interface Figure {
  readonly rate: number;
  readonly done: number;
}

async function pgbench(
  { host, port, user, password, database }: ConnectionTarget,
  { file, variables }: Script,
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
