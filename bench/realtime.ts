/**
 * Realtime: sockets and memory; broadcast out beside a bare `ws` loop that sends the same bytes; change latency; what visibility costs
 * the database, by the quick check and by the plain one. Servers, clients and Postgres are processes of their own on this machine.
 *
 *     node bench/realtime.ts [--sockets 10000] [--seconds 3] [--rounds 3] [--only sockets,broadcast,latency,visibility] [--soak MINUTES]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLog } from '#kernel/log.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { Catalogue } from '../src/services/realtime/changes/catalogue.ts';
import type { Matched } from '../src/services/realtime/changes/delivery.ts';
import type { RowChange } from '../src/services/realtime/changes/row-change.ts';
import { Subscriptions } from '../src/services/realtime/changes/subscriptions.ts';
import type { Channel } from '../src/services/realtime/channels/channel.ts';
import { userBroadcastHead } from '../src/services/realtime/socket/serialiser.ts';
import { Visibility } from '../src/services/realtime/visibility/visibility.ts';
import { publishCluster, startTestCluster } from '../test/cluster.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { ANON_KEY } from '../test/realtime/harness.ts';
import { processorTimes } from './processor-time.ts';
import type { Order } from './realtime/crowd.ts';
import type { ServerRequest } from './realtime/server.ts';

const { values: options } = parseArgs({
  options: {
    sockets: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'sockets,broadcast,latency,visibility' },
    soak: { type: 'string' },
  },
});
const SOCKETS = Number(options.sockets);
const ROUNDS = Number(options.rounds);
const PATH = `/realtime/v1/websocket?apikey=${ANON_KEY}&vsn=2.0.0&room=#`;
/** Members of the room in which broadcast is measured, and the bytes of a message. */
const CROWD = 1000;
const BODY = Buffer.from(JSON.stringify({ text: 'x'.repeat(200) }));

const cluster = await startTestCluster();
publishCluster(cluster.target);
const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
await db.sql(`set synchronous_commit = on;
  create table public.ticks (id bigint generated always as identity primary key, made float8);
  create table public.owned (id bigint primary key, owner uuid, body text);
  alter table public.owned enable row level security;
  create policy own on public.owned for select to authenticated using ((select auth.uid()) = owner);
  insert into public.owned select n, gen_random_uuid(), 'x' from generate_series(1, 10000) as n;
  analyze public.owned;
  alter publication supabase_realtime add table public.ticks, public.owned`);
const children: ChildProcess[] = [];
try {
  if (options.soak) await soak(Number(options.soak));
  else
    for (const part of options.only.split(',')) {
      if (part === 'sockets') await sockets();
      if (part === 'broadcast') await broadcast();
      if (part === 'latency') await latency();
      if (part === 'visibility') await visibility(db);
    }
} finally {
  for (const child of children) if (child.connected) child.disconnect();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  await db.close();
  await cluster.stop();
}

function start(file: string, argument: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(`realtime/${file}.ts`, import.meta.url)), [argument], {
    execArgv: ['--expose-gc'],
  });
  children.push(child);
  return child;
}

async function server(kind: Contender): Promise<{ child: ChildProcess; port: number }> {
  const child = start('server', JSON.stringify({ kind, owner: db.owner, sessions: db.target }));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function ask<T>(child: ChildProcess, request: Order | ServerRequest): Promise<T> {
  child.send(request);
  const [answer] = (await once(child, 'message')) as [T & { error?: string }];
  if (answer.error) throw new Error(answer.error);
  return answer;
}

async function stop(...some: ChildProcess[]): Promise<void> {
  for (const child of some) {
    child.disconnect();
    await once(child, 'exit');
    children.splice(children.indexOf(child), 1);
  }
}

async function sockets(): Promise<void> {
  const { child, port } = await server('freehold');
  const crowd = start('crowd', '');
  const before = await ask<{ rss: number }>(child, 'memory');
  const began = performance.now();
  const join = { topic: 'realtime:room-#', rooms: 100, config: { presence: { enabled: false } } };
  await ask(crowd, { kind: 'open', port, path: PATH, count: SOCKETS, join });
  const took = performance.now() - began;
  const after = await ask<{ rss: number }>(child, 'memory');
  const kilobytes = (after.rss - before.rss) / 1024 / SOCKETS;
  console.log(
    `sockets     ${SOCKETS} open and joined in ${(took / 1000).toFixed(1)} s; ${kilobytes.toFixed(1)} KB each (limit 12), process ${Math.round(after.rss / 1024 / 1024)} MB`,
  );
  await stop(crowd, child);
}

type Contender = 'freehold' | 'ws' | 'socket.io';

/** The bytes that reach a client are the same in ours and the bare one: kind 4 with head and body; socket.io has its own text. */
async function broadcast(): Promise<void> {
  const topic = 'realtime:room-0';
  const event = 'tick';
  const sizes = [3, 1, 1, topic.length, event.length, 0, 1];
  const push = Buffer.concat([Buffer.from(sizes), Buffer.from(`19${topic}${event}`), BODY]);
  const arriving = Buffer.concat([userBroadcastHead(topic, event, true)!, BODY]);
  const peer = Buffer.from(`42${JSON.stringify([event, JSON.parse(BODY.toString())])}`);
  const installed = existsSync(new URL('peers/socket.io/node_modules', import.meta.url));
  if (!installed) console.log('socket.io is left out: npm --prefix bench/peers/socket.io ci --ignore-scripts');
  const kinds: Contender[] = ['freehold', 'ws', ...(installed ? (['socket.io'] as const) : [])];
  const rates: Record<Contender, number[]> = { freehold: [], ws: [], 'socket.io': [] };
  const contenders = await Promise.all(
    kinds.map(async (kind) => {
      const { child, port } = await server(kind);
      const crowd = start('crowd', '');
      const join = { topic, rooms: 1, config: { presence: { enabled: false } } };
      const way =
        kind === 'freehold'
          ? { path: PATH, join }
          : kind === 'ws'
            ? { path: PATH }
            : { path: '/socket.io/?EIO=4&transport=websocket', greeting: '40' };
      await ask(crowd, { kind: 'open', port, count: CROWD + 1, ...way });
      return { kind, child, crowd };
    }),
  );
  const costs: Record<Contender, number[]> = { freehold: [], ws: [], 'socket.io': [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const { kind, crowd, child } of contenders) {
      const bytes = kind === 'freehold' ? push : kind === 'ws' ? arriving : peer;
      const frames = bytes.toString('base64');
      const opcode = kind === 'socket.io' ? 1 : 2;
      const from = await ask<{ cpu: NodeJS.CpuUsage }>(child, 'memory');
      const seconds = Number(options.seconds);
      const began = performance.now();
      const { rate } = await ask<{ rate: number }>(crowd, { kind: 'broadcast', seconds, frames, flight: 4, opcode });
      const messages = (rate * (performance.now() - began)) / 1000;
      const to = await ask<{ cpu: NodeJS.CpuUsage }>(child, 'memory');
      rates[kind].push(rate);
      costs[kind].push((to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / messages);
    }
  const ours = median(rates.freehold);
  const bare = median(rates.ws);
  console.log(
    `broadcast   ${Math.round(ours)} messages/s out, bare ws ${Math.round(bare)}: ratio ${(ours / bare).toFixed(2)} (limit 0.70); processor time a message ${median(costs.freehold).toFixed(1)} and ${median(costs.ws).toFixed(1)} us`,
  );
  if (installed) {
    const theirs = median(rates['socket.io']);
    console.log(
      `broadcast   socket.io ${Math.round(theirs)} messages/s: ours is ${(ours / theirs).toFixed(2)} of it; processor time a message ${median(costs['socket.io']).toFixed(1)} us`,
    );
  }
  for (const { crowd, child } of contenders) await stop(crowd, child);
}

/** At a rate that leaves the machine time to breathe: 5,000 messages a second out at most. */
async function latency(): Promise<void> {
  for (const count of [10, 1000, SOCKETS]) {
    const { child, port } = await server('freehold');
    const crowd = start('crowd', '');
    const config = {
      presence: { enabled: false },
      postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'ticks' }],
    };
    await ask(crowd, { kind: 'open', port, path: PATH, count, join: { topic: 'realtime:ticks', rooms: 1, config } });
    await delay(500);
    const changes = count > 1000 ? 10 : 100;
    for (let change = 0; change < changes; change++) {
      await db.sql('insert into public.ticks (made) values ($1)', [Date.now()]);
      await delay(Math.max(20, count / 5));
    }
    const latencies: number[] = [];
    for (let wait = 0; wait < 20 && latencies.length < count * changes; wait++) {
      await delay(500);
      for (const each of (await ask<{ latencies: number[] }>(crowd, { kind: 'latencies' })).latencies)
        latencies.push(each);
    }
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    console.log(
      `latency     ${count} subscribers: ${latencies.length} of ${count * changes} came; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, from before the insert to the client`,
    );
    await stop(crowd, child);
  }
}

/** Without sockets: what one change on an owner-policy table costs the database, and this process. */
async function visibility({ services, database }: TestDatabase): Promise<void> {
  const [found] = await db.sql<{ oid: string }>(`select 'public.owned'::regclass::oid::text as oid`);
  const oid = Number(found!.oid);
  const postmaster = await withOwner(cluster.target, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid`,
    );
    return rows[0]!.pid;
  });
  for (const users of [1000, 10_000]) {
    const subscriptions = new Subscriptions();
    const owners = await db.sql<{ id: number; owner: string }>(
      'select id::int, owner::text from public.owned order by id',
    );
    for (const [id, { owner }] of owners.slice(0, users).entries()) {
      const claims = { role: 'authenticated', exp: 4_102_444_800, sub: owner };
      subscriptions.add(
        { joined: true } as Channel,
        { event: '*', schema: 'public', table: 'owned', given: {} },
        id,
        claims,
      );
    }
    const measure = async (plainOnly: boolean, changes: number) => {
      const catalogue = new Catalogue(services);
      const by = new Visibility({ database, services, catalogue, log: createLog('silent') });
      by.plainOnly = plainOnly;
      const columns = [{ name: 'id', typeOid: 20, typeModifier: -1, isKey: true }];
      const relation = { oid, schema: 'public', name: 'owned', identity: 'd', columns };
      const groups = subscriptions.of('public', 'owned', 'INSERT', () => undefined);
      const one = async (id: number) => {
        const change = { type: 'INSERT', relation, row: [String(id)], xid: 3 } as unknown as RowChange;
        const candidate = { change, oid, schema: 'public', name: 'owned', groups };
        await by.prepare([candidate]);
        const table = catalogue.known(oid, ['authenticated'])!;
        const verdicts = await by.judge([{ ...candidate, table } as Matched]);
        if (typeof verdicts === 'string') throw new Error('nobody changes the tables here');
        const subjects = [...verdicts[0]!.values()].flatMap((each) => [...each]);
        if (subjects.length !== 1) throw new Error(`row ${id} is seen by ${subjects.length}`);
      };
      for (let warm = 1; warm <= 3; warm++) await one(warm);
      const from = processorTimes(postmaster)!;
      const began = performance.now();
      for (let change = 0; change < changes; change++) await one(1 + (change % users));
      const elapsed = (performance.now() - began) / changes;
      return { database: (processorTimes(postmaster)!.postgres - from.postgres) / changes, elapsed };
    };
    const fast = await measure(false, 2000);
    const plain = await measure(true, users > 1000 ? 3 : 20);
    console.log(
      `visibility  ${users} users: database ${fast.database.toFixed(3)} ms a change quick, ${plain.database.toFixed(1)} plain: ${Math.round(plain.database / fast.database)}x (limit 50); elapsed ${fast.elapsed.toFixed(2)} and ${plain.elapsed.toFixed(1)} ms`,
    );
  }
}

/** Everything at once for a long time: memory must be flat. */
async function soak(minutes: number): Promise<void> {
  const { child, port } = await server('freehold');
  const crowd = start('crowd', '');
  const config = {
    presence: { enabled: false },
    postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'ticks' }],
  };
  const end = Date.now() + minutes * 60_000;
  for (let cycle = 0; Date.now() < end; cycle++) {
    await ask(crowd, {
      kind: 'open',
      port,
      path: PATH,
      count: 500,
      join: { topic: 'realtime:ticks', rooms: 1, config },
    });
    for (let change = 0; change < 200; change++)
      await db.sql('insert into public.ticks (made) values ($1)', [Date.now()]);
    let came = 0;
    for (let wait = 0; wait < 60 && came < 100_000; wait++) {
      await delay(250);
      came += (await ask<{ latencies: number[] }>(crowd, { kind: 'latencies' })).latencies.length;
    }
    await ask(crowd, { kind: 'close' });
    const { rss } = await ask<{ rss: number }>(child, 'memory');
    console.log(`soak        cycle ${cycle}: ${came} of 100000 changes came; ${Math.round(rss / 1024 / 1024)} MB`);
  }
  await stop(crowd, child);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
