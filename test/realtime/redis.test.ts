/** What crosses processes over Redis; needs `redis-server` on PATH. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { type Harness, type Node, startHarness } from './harness.ts';
import { type Frame, RawClient } from './raw-client.ts';

const lacking = spawnSync('redis-server', ['--version']).error ? 'redis-server is not on PATH' : false;

const idsOf = (client: RawClient): number[] =>
  client.frames.flatMap(({ event, payload }: Frame) => (event === 'postgres_changes' ? [payload.data.record.id] : []));
const keyed = (key: string) => ({ presence: { key, enabled: true } });
const track = (client: RawClient, topic: string, joinRef: string | null) =>
  client.push(`realtime:${topic}`, 'presence', { type: 'presence', event: 'track', payload: {} }, joinRef);
const diff = (client: RawClient, side: 'joins' | 'leaves', key: string) =>
  client.next(({ event, payload }) => event === 'presence_diff' && key in payload[side]);
const system = (client: RawClient, message: RegExp) =>
  client.next(({ event, payload }) => event === 'system' && message.test(payload.message));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of child.stdout!.iterator({ destroyOnReturn: false }))
    if (/Ready to accept connections/.test(String(line))) break;
  child.stdout!.resume();
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

describe('several processes on Redis', { skip: lacking }, () => {
  let harness: Harness;
  let redis: ChildProcess;
  let child: ChildProcess;
  let other: Pick<Node, 'port'>;
  let port: number;
  let last = 0;
  const connectOther = () => RawClient.connect(other as Node);
  const write = (count: number) => {
    const from = last + 1;
    last += count;
    return harness.db.sql(`insert into public.log select generate_series(${from}, ${last})`);
  };
  const broadcast = (client: RawClient, event: string, joinRef: string | null, payload: object = {}) =>
    client.push('realtime:room', 'broadcast', { type: 'broadcast', event, payload }, joinRef);
  const heard = (client: RawClient, name: string) =>
    client.next(({ event, payload }) => event === 'broadcast' && payload.event === name);

  before(async () => {
    port = await freePort();
    redis = await startRedis(port);
    const busUrl = `redis://127.0.0.1:${port}`;
    harness = await startHarness({ busUrl });
    await harness.db.sql(`create table public.log (id int primary key);
      alter publication supabase_realtime add table public.log`);
    const { owner, target } = harness.db;
    // The superuser may become whom the services may become.
    const options = JSON.stringify({ owner, sessions: target, services: owner, busUrl });
    child = spawn(process.execPath, [fileURLToPath(new URL('node.fixture.ts', import.meta.url)), options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    other = JSON.parse(line.toString());
    assert.equal(harness.realtime.metrics().changes.state, 'live');
  });
  after(async () => {
    if (child) await kill(child);
    await harness?.close();
    if (redis) await kill(redis);
  });

  test('broadcasts of any size reach both, once', async () => {
    const here = await RawClient.connect(harness.node);
    const there = await connectOther();
    const ack = { broadcast: { ack: true, self: false } };
    const mine = await here.join('room', ack);
    const theirs = await there.join('room', ack);
    const filler = 'ä'.repeat(100_000);
    await broadcast(there, 'far', theirs.joinRef, { filler });
    assert.equal((await heard(here, 'far')).payload.payload.filler, filler);
    await broadcast(here, 'back', mine.joinRef);
    await broadcast(here, 'end', mine.joinRef);
    await heard(there, 'end');
    const events = there.frames.flatMap(({ event, payload }) => (event === 'broadcast' ? [payload.event] : []));
    assert.deepEqual(events, ['back', 'end']);
    here.close();
    there.close();
  });

  test('presence is the same on both, for those who come later too, and ends with its socket', async () => {
    const here = await RawClient.connect(harness.node);
    const there = await connectOther();
    const { joinRef } = await here.join('people', keyed('ann'));
    await there.join('people', keyed('ben'));
    await track(here, 'people', joinRef);
    await diff(there, 'joins', 'ann');
    const late = await connectOther();
    await late.join('people', keyed('late'));
    const state = await late.next(({ event }) => event === 'presence_state');
    assert.deepEqual(Object.keys(state.payload), ['ann']);
    here.close();
    await diff(there, 'leaves', 'ann');
    there.close();
    late.close();
  });

  test('every change comes once and in order to the process that does not decode', async () => {
    const there = await connectOther();
    await there.join('log', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'log' }] });
    await system(there, /Subscribed/);
    const from = last;
    for (let each = 0; each < 20; each++) await write(10);
    await there.change((data) => data.record.id === last);
    assert.deepEqual(
      idsOf(there),
      Array.from({ length: last - from }, (_, index) => from + index + 1),
    );
    there.close();
  });

  test('another database on the same Redis has a channel of its own', async () => {
    const busUrl = `redis://127.0.0.1:${port}`;
    await using second = await startHarness({ busUrl });
    const probe = new Redis(busUrl);
    const channels = (await probe.pubsub('CHANNELS', 'freehold:*')) as string[];
    const listeners = (await probe.pubsub('NUMSUB', ...channels)) as (string | number)[];
    probe.disconnect();
    assert.deepEqual(listeners.filter((each) => typeof each === 'number').sort(), [1, 2]);
    assert.equal(second.realtime.metrics().changes.state, 'live');
  });

  test('when Redis was away, listeners are told, presence is made whole, and everything crosses again', async () => {
    const here = await RawClient.connect(harness.node);
    const leaving = await RawClient.connect(harness.node);
    const there = await connectOther();
    const mine = await here.join('room', keyed('ann'));
    const gone = await leaving.join('room', keyed('gone'));
    const theirs = await there.join('room', { ...keyed('ben'), broadcast: { ack: true } });
    await track(leaving, 'room', gone.joinRef);
    await diff(there, 'joins', 'gone');
    await there.join('log', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'log' }] });
    await system(there, /Subscribed/);
    await write(1);
    await there.change((data) => data.record.id === last);

    await kill(redis);
    await track(there, 'room', theirs.joinRef);
    await track(here, 'room', mine.joinRef);
    leaving.close();
    await diff(here, 'leaves', 'gone');
    await write(5);
    redis = await startRedis(port);

    await system(there, /^ChangesMayBeMissing: /);
    await diff(there, 'leaves', 'gone');
    await diff(there, 'joins', 'ann');
    await diff(here, 'joins', 'ben');
    await broadcast(there, 'again', theirs.joinRef);
    await heard(here, 'again');
    // Who joins now waits until the process that decodes has said that changes flow.
    const joined = await connectOther();
    await joined.join('log', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'log' }] });
    await system(joined, /Subscribed/);
    await write(5);
    await joined.change((data) => data.record.id === last);
    await there.change((data) => data.record.id === last);
    assert.equal(new Set(idsOf(there)).size, idsOf(there).length);
    for (const client of [here, there, joined]) client.close();
  });
});
