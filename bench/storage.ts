/**
 * Storage beside a plain node:http server that does the least there is to do with a file: write it under another name, sync it, rename it;
 * open it and pipe it. Both in processes of their own on the same disk, rounds alternate, medians are printed. Before, in a
 * process that has done nothing yet, the memory while many uploads run; then small files.
 *
 *     node bench/storage.ts [--rounds 3] [--megabytes 16] [--uploads 100] [--size 50]
 *
 * Limits: upload and download >= 50 % of the plain server at 1 and at 32 connections; memory < 300 MB with 100 uploads of 50 MB at once.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { Agent, createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { bootstrap, servicesTarget } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { DEFAULT_STORAGE_SETTINGS, openStorage } from '#services/storage/api.ts';
import { startTestCluster } from '../test/cluster.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '16' },
    uploads: { type: 'string', default: '100' },
    size: { type: 'string', default: '50' },
    serve: { type: 'string' },
    folder: { type: 'string', default: '' },
  },
});
const MIB = 1024 * 1024;
const SMALL_BYTES = 4096;
const SMALL_REQUESTS = 1000;
const CONNECTIONS = [1, 32];
const SHARE_LIMIT = 0.5;
const MEMORY_LIMIT_MB = 300;
const PASSWORD = 'password of the benchmark';
const log = createLog('error');
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
/** Sent again and again; the first bytes differ, or storage would keep one blob for all. */
const PIECE = randomBytes(64 * 1024);

if (options.serve === 'plain') await serve(plainServer(options.folder));
else if (options.serve) await serve(await storageServer(JSON.parse(options.serve) as ConnectionTarget, options.folder));
else await compare();

async function storageServer(target: ConnectionTarget, folder: string): Promise<RequestListener> {
  const services = openDatabase({ target, poolSize: 10, statementTimeoutMs: 30_000, log });
  const identity = { role: 'service_role', claims: { role: 'service_role' } };
  const settings = { ...DEFAULT_STORAGE_SETTINGS, fileSizeLimit: 1024 * MIB };
  const options = { services, folder, settings, verify: () => identity, signingSecret: randomUUID(), log };
  return (await openStorage(options)).listener;
}

function plainServer(folder: string): RequestListener {
  return async (message, response) => {
    const path = join(folder, basename(message.url ?? ''));
    if (message.method === 'GET') {
      response.setHeader('content-length', (await stat(path)).size);
      await pipeline(createReadStream(path), response);
      return;
    }
    const temporary = `${path}.${randomUUID()}`;
    await pipeline(message, createWriteStream(temporary));
    await using file = await open(temporary, 'r+');
    await file.datasync();
    await rename(temporary, path);
    response.end();
  };
}

/** Says its port to the parent, and its memory whenever it is asked. */
async function serve(listener: RequestListener): Promise<void> {
  // Between rounds connections idle for longer than Node keeps them.
  const server = createServer({ keepAliveTimeout: 600_000 }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', () => process.send!({ rss: process.memoryUsage().rss }));
  process.send!({ port: (server.address() as AddressInfo).port });
}

interface Peer {
  readonly child: ChildProcess;
  readonly url: (name: string) => string;
}

async function startPeer(serve: string, folder: string, path: string): Promise<Peer> {
  const child = fork(fileURLToPath(import.meta.url), ['--serve', serve, '--folder', folder]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, url: (name) => `http://127.0.0.1:${port}${path}${name}` };
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
  await using cluster = await startTestCluster().then((it) => ({ ...it, [Symbol.asyncDispose]: () => it.stop() }));
  const owner = cluster.target;
  await bootstrap({ owner, authenticatorPassword: PASSWORD });
  await migrate({ owner, migrations: [PLATFORM_SCHEMAS], log });
  await withOwner(owner, (client) => client.query("insert into storage.buckets (id, name) values ('b', 'b')"));
  // As in use: test clusters do not sync.
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
    await withOwner(owner, (client) => client.query(`alter system set ${setting} = on`));
  await withOwner(owner, (client) => client.query('select pg_reload_conf()'));
  const plain = await startPeer('plain', mkdtempSync(join(folder, 'plain-')), '/');
  const target = JSON.stringify(servicesTarget(owner, PASSWORD));
  const ours = await startPeer(target, mkdtempSync(join(folder, 'ours-')), '/storage/v1/object/b/');
  try {
    console.log(`load average at the start: ${loadavg()[0]!.toFixed(1)}`);
    await memory(ours);
    await throughput(ours, plain);
    await smallFiles(ours, plain);
    console.log(`load average at the end: ${loadavg()[0]!.toFixed(1)}`);
  } finally {
    for (const { child } of [ours, plain]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughput(ours: Peer, plain: Peer): Promise<void> {
  const bytes = Number(options.megabytes) * MIB;
  for (const connections of CONNECTIONS)
    for (const [what, act] of [
      ['upload', put],
      ['download', get],
    ] as const) {
      const rates = await alternate([ours, plain], async (peer) => {
        const seconds = await timed(connections, connections === 1 ? 4 : 32, (i) => act(peer.url(`large-${i}`), bytes));
        return ((connections === 1 ? 4 : 32) * bytes) / MIB / seconds;
      });
      report(`${what} of ${options.megabytes} MB, ${connections} at once, MB/s`, rates, SHARE_LIMIT);
    }
}

async function smallFiles(ours: Peer, plain: Peer): Promise<void> {
  for (const [what, act] of [
    ['upload', put],
    ['download', get],
  ] as const) {
    const rates = await alternate([ours, plain], async (peer) => {
      const seconds = await timed(32, SMALL_REQUESTS, (i) => act(peer.url(`small-${i}`), SMALL_BYTES));
      return SMALL_REQUESTS / seconds;
    });
    report(`${what} of 4 KB, 32 at once, requests/s`, rates);
  }
}

async function memory(ours: Peer): Promise<void> {
  const [uploads, bytes] = [Number(options.uploads), Number(options.size) * MIB];
  const before = await rssOf(ours);
  let peak = before;
  let running = true;
  const watching = (async () => {
    while (running) peak = Math.max(peak, await rssOf(ours));
  })();
  await timed(uploads, uploads, (i) => put(ours.url(`many-${i}`), bytes));
  running = false;
  await watching;
  const text = `memory while ${uploads} uploads of ${options.size} MB run: ${mb(peak)} MB (before: ${mb(before)})`;
  console.log(`${text}, limit ${MEMORY_LIMIT_MB}: ${peak / MIB < MEMORY_LIMIT_MB ? 'held' : 'MISSED'}`);
}

function mb(bytes: number): number {
  return Math.round(bytes / MIB);
}

async function rssOf({ child }: Peer): Promise<number> {
  child.send('memory');
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
  return rss;
}

/** Medians of every peer's rounds, which take turns. */
async function alternate(peers: readonly Peer[], measure: (peer: Peer) => Promise<number>): Promise<number[]> {
  const rounds: number[][] = peers.map(() => []);
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [i, peer] of peers.entries()) rounds[i]!.push(await measure(peer));
  return rounds.map((each) => each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)]!);
}

function report(what: string, [ours = 0, plain = 0]: number[], limit?: number): void {
  const share = ours / plain;
  const verdict = limit === undefined ? '' : `, limit ${limit}: ${share >= limit ? 'held' : 'MISSED'}`;
  console.log(`${what}: ${ours.toFixed(0)}, plain node:http ${plain.toFixed(0)}, share ${share.toFixed(2)}${verdict}`);
}

/** Seconds for so many requests, so many at once. */
async function timed(connections: number, requests: number, act: (i: number) => Promise<void>): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < requests) await act(next++);
  };
  await Promise.all(Array.from({ length: Math.min(connections, requests) }, worker));
  return (performance.now() - started) / 1000;
}

async function put(url: string, bytes: number): Promise<void> {
  const headers = {
    'content-length': bytes,
    'content-type': 'application/octet-stream',
    authorization: 'Bearer x',
    'x-upsert': 'true',
  };
  const sending = request(url, { method: 'PUT', agent, headers });
  const answered = once(sending, 'response');
  sending.write(randomBytes(Math.min(16, bytes)));
  for (let left = bytes - 16; left > 0; left -= PIECE.length)
    if (!sending.write(left >= PIECE.length ? PIECE : PIECE.subarray(0, left))) await once(sending, 'drain');
  sending.end();
  const [response] = await answered;
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  response.resume();
  await once(response, 'end');
}

async function get(url: string, bytes: number): Promise<void> {
  const sending = request(url, { agent, headers: { authorization: 'Bearer x' } }).end();
  const [response] = await once(sending, 'response');
  let received = 0;
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(response, 'end');
  if (received !== bytes) throw new Error(`${url} gave ${received} bytes, not ${bytes}`);
}
