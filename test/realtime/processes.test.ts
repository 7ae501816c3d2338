import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { Assembler, cut } from '../../src/services/realtime/bus/chunks.ts';
import { testDatabase } from '../database.ts';
import { type Harness, type Node, startHarness, startNode } from './harness.ts';
import { type Frame, RawClient } from './raw-client.ts';

const idsOf = (client: RawClient): number[] =>
  client.frames.flatMap(({ event, payload }: Frame) => (event === 'postgres_changes' ? [payload.data.record.id] : []));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a message of any size is cut into pieces that a NOTIFY takes, and put together again', () => {
  const text = 'ä😀x'.repeat(5000);
  const pieces = cut('node', 7, text);
  assert.ok(pieces.length > 1);
  for (const piece of pieces) assert.ok(Buffer.byteLength(piece) < 8000);
  const assembler = new Assembler();
  const wholes = pieces.map((piece) => assembler.take(piece)).filter((whole) => whole !== undefined);
  assert.deepEqual(wholes, [{ node: 'node', text }]);
  assert.deepEqual(new Assembler().take(cut('n', 1, '')[0]!), { node: 'n', text: '' });
});

describe('several processes', () => {
  let harness: Harness;
  let second: Node;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`create table public.log (id int primary key);
      alter publication supabase_realtime add table public.log`);
    second = await startNode(harness.db);
    await second.realtime.ready;
  });
  after(async () => {
    await second.close();
    await harness.close();
  });

  test('one decodes and the other listens', () => {
    assert.equal(harness.realtime.metrics().changes.state, 'live');
    assert.equal(second.realtime.metrics().changes.state, 'follower');
  });

  test('broadcasts and messages from SQL reach both, once', async () => {
    const here = await RawClient.connect(harness.node);
    const there = await RawClient.connect(second);
    await here.join('room');
    const { joinRef } = await there.join('room', { broadcast: { ack: true, self: false } });
    const filler = 'x'.repeat(20_000);
    await there.push('realtime:room', 'broadcast', { type: 'broadcast', event: 'far', payload: { filler } }, joinRef);
    const far = await here.next(({ event, payload }) => event === 'broadcast' && payload.event === 'far');
    assert.equal(far.payload.payload.filler, filler);
    here.close();
    there.close();
  });

  test('presence is the same on both, for those who come later too, and ends with its socket', async () => {
    const here = await RawClient.connect(harness.node);
    const there = await RawClient.connect(second);
    const config = (key: string) => ({ presence: { key, enabled: true } });
    const { joinRef } = await here.join('people', config('ann'));
    await there.join('people', config('ben'));
    await here.push('realtime:people', 'presence', { type: 'presence', event: 'track', payload: { n: 1 } }, joinRef);
    const joined = await there.next(({ event, payload }) => event === 'presence_diff' && 'ann' in payload.joins);
    assert.equal(joined.payload.joins.ann.metas[0].n, 1);
    const late = await RawClient.connect(second);
    await late.join('people', config('late'));
    const state = await late.next(({ event }) => event === 'presence_state');
    assert.deepEqual(Object.keys(state.payload), ['ann']);
    here.close();
    await there.next(({ event, payload }) => event === 'presence_diff' && 'ann' in payload.leaves);
    there.close();
    late.close();
  });

  test('a process that comes later hears who is there', async () => {
    const here = await RawClient.connect(harness.node);
    const { joinRef } = await here.join('early', { presence: { key: 'ann', enabled: true } });
    await here.push('realtime:early', 'presence', { type: 'presence', event: 'track', payload: {} }, joinRef);
    const third = await startNode(harness.db);
    const client = await RawClient.connect(third);
    await client.join('early', { presence: { key: 'x', enabled: true } });
    const state = await client.next(({ event }) => event === 'presence_state');
    assert.deepEqual(Object.keys(state.payload), ['ann']);
    client.close();
    here.close();
    await third.close();
  });

  test('every change comes once and in order to both, though the one that decodes stops in the middle', async () => {
    const first = await startNode(harness.db);
    await first.realtime.ready;
    const there = await RawClient.connect(second);
    const binding = { event: 'INSERT', schema: 'public', table: 'log' };
    await there.join('log', { postgres_changes: [binding] });
    let id = 0;
    const write = async (count: number) => {
      for (let each = 0; each < count; each++) await harness.db.sql(`insert into public.log values (${++id})`);
    };
    await write(50);
    // The harness' own process leads; it loses its connections as if it had died, and comes back as a listener or not.
    const led = harness.realtime.metrics().changes.state;
    assert.equal(led, 'live');
    const started = Date.now();
    await harness.node.realtime.close();
    await write(200);
    await there.change((data) => data.record.id === id);
    assert.deepEqual(idsOf(there), upTo(id));
    assert.ok(Date.now() - started < 10_000);
    const states = [first, second].map(({ realtime }) => realtime.metrics().changes.state).sort();
    assert.deepEqual(states, ['follower', 'live']);
    there.close();
    await first.close();
  });

  test('when the process that decodes is killed, another goes on within two seconds and nothing is missed', async (t) => {
    const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
    await db.sql(`set synchronous_commit = on; create table public.log (id int primary key);
      alter publication supabase_realtime add table public.log`);
    // The superuser may become whom the services may become.
    const targets = { owner: db.owner, sessions: db.target, services: db.owner };
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('node.fixture.ts', import.meta.url)), JSON.stringify(targets)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(JSON.parse(line.toString()).state, 'live');
    const survivor = await startNode(db);
    await survivor.realtime.ready;
    assert.equal(survivor.realtime.metrics().changes.state, 'follower');
    const client = await RawClient.connect(survivor);
    await client.join('log', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'log' }] });
    for (let id = 1; id <= 50; id++) await db.sql(`insert into public.log values (${id})`);
    child.kill('SIGKILL');
    const killed = performance.now();
    for (let id = 51; id <= 100; id++) await db.sql(`insert into public.log values (${id})`);
    await client.change((data) => data.record.id === 100);
    const took = performance.now() - killed;
    assert.deepEqual(idsOf(client), upTo(100));
    assert.equal(client.frames.filter(({ event }) => event === 'system').length, 1);
    t.diagnostic(`handed over in ${Math.round(took)} ms`);
    client.close();
    await survivor.close();
    await db.close();
  });
});
