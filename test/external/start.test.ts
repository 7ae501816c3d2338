import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { type ExternalServer, externalServer, skipExternal, urlOf } from './server.ts';

const COMMAND = fileURLToPath(new URL('../../freehold', import.meta.url));
const skip = skipExternal;
const PASSWORD = 'p%/:@ x';

let server: ExternalServer;
let environment: NodeJS.ProcessEnv;
const children: ChildProcess[] = [];

/** The least an administrator gives: no superuser, no BYPASSRLS, so that forced row level security binds the owner too. */
before(async () => {
  if (skip) return;
  server = await externalServer({ max_connections: '40' });
  await server.sql(`create role shop_owner login createrole password '${PASSWORD}'`);
  await server.sql('create database shop owner shop_owner');
  await server.sql('create role service_role nologin noinherit bypassrls');
  const owner = { ...server.admin, user: 'shop_owner', password: PASSWORD, database: 'shop' };
  environment = { ...process.env, DATABASE_URL: urlOf(owner), MARKET_DATA: 'files', POLYGON_API_KEY: '' };
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server?.[Symbol.asyncDispose]();
});

interface Running {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<number | null>;
}

const dataOf = (node: string) => ['--data', join(server.folder, node)];

async function start(node: string): Promise<Running> {
  const child = spawn(COMMAND, ['start', '--port', '0', '--json', ...dataOf(node)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const stop = async () => {
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  for await (const line of createInterface({ input: child.stdout }))
    return { url: JSON.parse(line).url, process: child, stop };
  throw new Error(`freehold start ended before it was ready:\n${log.slice(-4000)}`);
}

const run = (...parameters: string[]) =>
  spawnSync(COMMAND, [...parameters, '--json', ...dataOf('node1')], { env: environment, encoding: 'utf8' });

const status = (url: string) =>
  fetch(url).then(async (response) => {
    await response.arrayBuffer();
    return response.status;
  });

/** Resolves once the address answers so; the test's own timeout bounds it. */
async function until(url: string, expected: number): Promise<void> {
  while ((await status(url)) !== expected) await delay(20);
}

function bars(days: number): string {
  const rows = Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.UTC(2021, 0, 4) + Math.floor(day / 5) * 7 * 86_400_000 + (day % 5) * 86_400_000);
    const close = 100 + day / 10 + Math.sin(day / 9) * 8;
    return `ACME,${date.toISOString().slice(0, 10)},${close - 0.5},${close + 1},${close - 1},${close},${1_000_000 + day}`;
  });
  return `symbol,date,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

test('an owner without any bypass can start, import, scan, start again, and two nodes share the server', {
  skip,
}, async () => {
  const file = join(server.folder, 'acme.csv');
  writeFileSync(file, bars(300));
  const first = await start('node1');
  assert.equal(await status(`${first.url}/ready`), 200);
  const imported = run('import', 'bars', file);
  assert.equal(imported.status, 0, imported.stderr);
  assert.ok(JSON.parse(imported.stdout)[0].stored > 200);
  const scanned = run('kurzora', 'scan', '--as-of', '2022-02-01');
  assert.equal(scanned.status, 0, scanned.stderr);
  assert.equal(JSON.parse(scanned.stdout).scanned, 1);
  // Another node with a data folder of its own: its start must not lock the first one's sessions out.
  const second = await start('node2');
  await server.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'");
  for (const { url } of [first, second]) await until(`${url}/ready`, 200);
  assert.equal(await second.stop(), 0);
  assert.equal(await first.stop(), 0);
  const again = await start('node1');
  assert.equal(await status(`${again.url}/ready`), 200);
  assert.equal(await again.stop(), 0);
});

test('without a connection to be had, or without a server, requests get 503, and 200 again afterwards', {
  skip,
}, async () => {
  const running = await start('node1');
  const ready = `${running.url}/ready`;
  const hogs = await takeEveryConnection();
  await hogs[0]!.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'");
  hogs.push(...(await takeEveryConnection()));
  await until(ready, 503);
  assert.equal(await status(`${running.url}/live`), 200);
  for (const hog of hogs) await hog.end();
  await until(ready, 200);
  for (const accident of ['SIGKILL', 'SIGINT'] as const) {
    const asking = Promise.all(Array.from({ length: 20 }, () => status(ready)));
    await server.stop(accident);
    for (const answer of await asking) assert.ok(answer === 200 || answer === 503, String(answer));
    await until(ready, 503);
    await server.start();
    await until(ready, 200);
  }
  // The one that runs the jobs holds an advisory lock; it died with the server and is taken anew.
  const elected = "select from pg_locks where locktype = 'advisory' and classid = 1 and objid = 3010837107 and granted";
  while ((await server.sql(elected, 'shop')).length === 0) await delay(50);
  await server.stop('SIGKILL');
  assert.equal(await running.stop(), 0);
  await server.start();
});

/** As a superuser, past what is reserved for superusers too. */
async function takeEveryConnection(): Promise<Client[]> {
  const taken: Client[] = [];
  for (;;) {
    const client = new Client({ host: server.folder, port: server.admin.port, user: 'admin', database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch {
      return taken;
    }
  }
}

test('a server that lets the owner in but not the sessions is named at the start', { skip }, async () => {
  const hba = join(server.folder, 'data/pg_hba.conf');
  const before = readFileSync(hba);
  writeFileSync(hba, 'local all all trust\nhost all authenticator all reject\n');
  appendFileSync(hba, 'host all all all scram-sha-256\n');
  await server.stop('SIGINT');
  await server.start();
  mkdirSync(join(server.folder, 'node1'), { recursive: true });
  const refused = run('migrate');
  writeFileSync(hba, before);
  assert.equal(refused.status, 1);
  assert.equal(refused.stdout, '');
  assert.match(refused.stderr, /sessions cannot, as "authenticator": .*pg_hba\.conf/);
});
