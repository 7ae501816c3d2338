import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from 'pg';
import type { TestDatabase } from '../database.ts';
import { fixtureDatabase, fixtureSettings } from './fixture.ts';
import { type RunningServer, startServer } from './server.ts';

/** A way to the database that can be cut. */
interface Link {
  readonly port: number;
  /** Ends every connection and takes no more. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

let db: TestDatabase;
let link: Link;
before(async () => {
  db = await fixtureDatabase();
  link = await openLink(db.target);
});
after(async () => {
  await link.cut();
  await db.close();
});

const settings = () => fixtureSettings({ ...db.target, host: '127.0.0.1', port: link.port });

/** Asks until the answer is as wanted; the test's own time limit ends what never comes. */
async function until(server: RunningServer, path: string, wanted: number, allowed: readonly number[]): Promise<void> {
  for (;;) {
    const { status, headers } = await server.get(path);
    if (status === wanted) return;
    assert.ok(allowed.includes(status), `status ${status} on the way to ${wanted}`);
    if (status === 503) assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  }
}

test('a new table is served after NOTIFY, and no request is dropped while the cache is loaded again', {
  timeout: 60_000,
}, async () => {
  await using server = await startServer(settings());
  const statuses = new Map<number, number>();
  let done = false;
  const load = Array.from({ length: 4 }, async () => {
    while (!done) {
      const { status } = await server.get('/telescopes?select=name,observatories(name)');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  for (let round = 0; round < 5; round++) {
    await db.sql(`create table sky.new_${round} (id integer primary key); grant select on sky.new_${round} to anon`);
    await db.sql(`notify pgrst, 'reload schema'`);
    await until(server, `/new_${round}`, 200, [404]);
  }
  done = true;
  await Promise.all(load);
  assert.deepEqual([...statuses.keys()], [200]);
});

test('DDL is noticed without NOTIFY', { timeout: 60_000 }, async () => {
  await using server = await startServer(settings());
  await until(server, '/observatories', 200, []);
  await db.sql('create table sky.unannounced (id integer primary key); grant select on sky.unannounced to anon');
  await until(server, '/unannounced', 200, [404]);
});

test('SIGUSR1 loads the schema again', { timeout: 60_000 }, async () => {
  await using server = await startServer({ ...settings(), PGRST_DB_CHANNEL_ENABLED: 'false' });
  await until(server, '/observatories', 200, []);
  await db.sql('create table sky.signalled (id integer primary key); grant select on sky.signalled to anon');
  server.process.kill('SIGUSR1');
  await until(server, '/signalled', 200, [404]);
});

test('a database that goes away is 503 with Retry-After, and its return is noticed', { timeout: 60_000 }, async () => {
  await using server = await startServer(settings());
  await until(server, '/observatories', 200, []);
  await link.cut();
  await until(server, '/observatories', 503, [200]);
  await link.mend();
  await until(server, '/observatories', 200, [503]);
  await db.sql(`create table sky.afterwards (id integer primary key); grant select on sky.afterwards to anon`);
  await db.sql(`notify pgrst, 'reload schema'`);
  await until(server, '/afterwards', 200, [404, 503]);
});

test('a database that is away at the start is 503, then served', { timeout: 60_000 }, async () => {
  await link.cut();
  await using server = await startServer({ ...settings(), PGRST_DB_POOL_ACQUISITION_TIMEOUT: '1' });
  const { status, headers, json } = await server.get('/observatories');
  assert.equal(status, 503);
  assert.match((json as { code: string }).code, /^PGRST00[0-3]$/);
  assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal((await fetch(`${server.adminUrl}/ready`)).status, 503);
  assert.equal((await fetch(`${server.adminUrl}/live`)).status, 200);
  await link.mend();
  await until(server, '/observatories', 200, [503]);
  assert.equal((await fetch(`${server.adminUrl}/ready`)).status, 200);
});

test('connections killed in the middle cost at most their own request', { timeout: 60_000 }, async () => {
  await using server = await startServer(settings());
  await until(server, '/observatories', 200, []);
  const killer = new Client({ ...db.owner, ssl: false });
  await killer.connect();
  await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = 'authenticator'`);
  await killer.end();
  await until(server, '/observatories', 200, [503]);
});

async function openLink(target: { host: string; port: number }): Promise<Link> {
  const sockets = new Set<Socket>();
  const relay = (near: Socket) => {
    const far = connect(target.host.startsWith('/') ? { path: `${target.host}/.s.PGSQL.${target.port}` } : target);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  };
  const listenOn = async (port: number): Promise<Server> => {
    const server = createServer(relay).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server: Server | undefined = await listenOn(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    async cut() {
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      server = undefined;
    },
    async mend() {
      server ??= await listenOn(port);
    },
  };
}
