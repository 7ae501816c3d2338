import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { ANON_KEY, type Harness, KEYS, startHarness, startNode, token, userToken } from './harness.ts';
import { RawClient } from './raw-client.ts';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';

describe('the protocol', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`create table public.mine (id int primary key, owner uuid);
      alter table public.mine enable row level security;
      create policy own on public.mine for select using (auth.uid() = owner);
      alter publication supabase_realtime add table public.mine;
      create policy ann on realtime.messages for select to authenticated using (auth.uid() = '${ANN}')`);
  });
  after(() => harness.close());

  /** Status of the answer to an upgrade that is refused. */
  function refusal(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${harness.node.port}${path}`);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
      socket.on('open', () => reject(new Error('the socket was let in')));
      socket.on('error', () => undefined);
    });
  }

  test('a socket needs a good key and a known version', async () => {
    const path = '/realtime/v1/websocket';
    assert.equal(await refusal(path), 401);
    assert.equal(await refusal(`${path}?apikey=nonsense`), 401);
    assert.equal(await refusal(`${path}?apikey=${token({ role: 'anon', exp: 1 })}`), 401);
    assert.equal(await refusal(`${path}?apikey=sb_publishable_wrong`), 401);
    assert.equal(await refusal(`${path}?apikey=${ANON_KEY}&vsn=3.0.0`), 400);
    assert.equal(await refusal(`/realtime/v1/other?apikey=${ANON_KEY}`), 404);
    for (const key of [KEYS.publishableKey, KEYS.secretKey]) (await RawClient.connect(harness.node, key)).close();
  });

  test('heartbeats are answered, leaving is confirmed and closes, and a stranger topic is an error', async () => {
    const client = await RawClient.connect(harness.node);
    const beat = await client.push('phoenix', 'heartbeat', {});
    assert.deepEqual([beat.topic, beat.payload], ['phoenix', { status: 'ok', response: {} }]);
    const joined = await client.join('a');
    assert.deepEqual(joined.payload, { status: 'ok', response: { postgres_changes: [] } });
    const left = await client.push('realtime:a', 'phx_leave', {}, joined.joinRef);
    assert.equal(left.payload.status, 'ok');
    const closed = await client.next(({ event }) => event === 'phx_close');
    assert.deepEqual([closed.topic, closed.ref, closed.joinRef], ['realtime:a', joined.joinRef, joined.joinRef]);
    assert.equal((await client.push('realtime:a', 'broadcast', {})).payload.response.reason, 'unmatched topic');
    assert.equal((await client.push('realtime:', 'phx_join', {})).payload.status, 'error');
    client.close();
  });

  test('bindings are answered in their order, as they were asked for, each with a number of its own', async () => {
    const client = await RawClient.connect(harness.node);
    const asked = [
      { event: 'INSERT', schema: 'public', table: 'mine' },
      { event: '*', schema: 'public' },
      { event: 'UPDATE', schema: 'public', table: 'mine', filter: 'id=eq.7', select: ['id'] },
      { event: 'INSERT', schema: 'public', table: 'mine' },
    ];
    const { payload } = await client.join('bindings', { postgres_changes: asked });
    const answered = payload.response.postgres_changes as { id: number }[];
    assert.deepEqual(
      answered.map(({ id: _, ...rest }) => rest),
      asked,
    );
    const ids = answered.map(({ id }) => id);
    assert.ok(ids.every((id) => Number.isInteger(id) && id > 0));
    assert.equal(ids[0], ids[3]);
    assert.equal(new Set(ids).size, 3);
    client.close();
  });

  test('a second join of a topic closes the first', async () => {
    const client = await RawClient.connect(harness.node);
    const first = await client.join('twice');
    const second = await client.join('twice');
    assert.equal(second.payload.status, 'ok');
    const closed = await client.next(({ event }) => event === 'phx_close');
    assert.equal(closed.joinRef, first.joinRef);
    client.close();
  });

  test('a new token changes who is asking; one that is not valid ends the channel', async () => {
    const client = await RawClient.connect(harness.node);
    const binding = { event: 'INSERT', schema: 'public', table: 'mine' };
    const { joinRef } = await client.join('renew', { postgres_changes: [binding] }, userToken(BEN));
    await harness.db.sql(`insert into public.mine values (1, '${ANN}'), (2, '${BEN}')`);
    await client.change((data) => data.record.id === 2);
    client.socket.send(
      JSON.stringify([joinRef, '90', 'realtime:renew', 'access_token', { access_token: userToken(ANN) }]),
    );
    await client.push('phoenix', 'heartbeat', {});
    await harness.db.sql(`insert into public.mine values (3, '${BEN}'), (4, '${ANN}')`);
    await client.change((data) => data.record.id === 4);
    const ids = client.frames.flatMap(({ event, payload }) =>
      event === 'postgres_changes' ? [payload.data.record.id] : [],
    );
    assert.deepEqual(ids, [2, 4]);
    client.socket.send(
      JSON.stringify([joinRef, '91', 'realtime:renew', 'access_token', { access_token: 'sb_ignored' }]),
    );
    const bad = token({ role: 'authenticated', sub: ANN, exp: 1 });
    client.socket.send(JSON.stringify([joinRef, '92', 'realtime:renew', 'access_token', { access_token: bad }]));
    const system = await client.next(({ event, payload }) => event === 'system' && payload.extension === 'system');
    assert.match(system.payload.message, /^InvalidJWTToken: Token has expired \d+ seconds ago$/);
    assert.equal(system.payload.status, 'error');
    await client.next(({ event }) => event === 'phx_close');
    client.close();
  });

  test('a token told to one channel reaches those of its socket that joined with the anonymous key, as old clients leave them', async () => {
    const client = await RawClient.connect(harness.node);
    const binding = { event: 'INSERT', schema: 'public', table: 'mine', filter: `owner=eq.${ANN}` };
    const { joinRef } = await client.join('told', { postgres_changes: [binding] }, ANON_KEY);
    await client.join('not told', { postgres_changes: [binding] }, ANON_KEY);
    await client.join('of another', { postgres_changes: [binding] }, userToken(BEN));
    client.socket.send(
      JSON.stringify([joinRef, '90', 'realtime:told', 'access_token', { access_token: userToken(ANN) }]),
    );
    await client.push('phoenix', 'heartbeat', {});
    await harness.db.sql(`insert into public.mine values (11, '${ANN}'), (12, '${ANN}')`);
    const of = (topic: string, id: number) =>
      client.next(
        (frame) =>
          frame.event === 'postgres_changes' &&
          frame.topic === `realtime:${topic}` &&
          frame.payload.data.record.id === id,
      );
    await Promise.all([of('told', 12), of('not told', 12)]);
    assert.ok(client.frames.every(({ event, topic }) => event !== 'postgres_changes' || !topic.endsWith('of another')));
    client.close();
  });

  test('a token that no longer reads a private topic ends the channel', async () => {
    const client = await RawClient.connect(harness.node);
    const { joinRef, payload } = await client.join('secret', { private: true }, userToken(ANN));
    assert.equal(payload.status, 'ok');
    client.socket.send(
      JSON.stringify([joinRef, '9', 'realtime:secret', 'access_token', { access_token: userToken(BEN) }]),
    );
    const system = await client.next(({ event }) => event === 'system');
    assert.match(system.payload.message, /^Unauthorized: You do not have permissions to read/);
    client.close();
  });

  test('a token that runs out ends the channel', async () => {
    const client = await RawClient.connect(harness.node);
    const brief = token({ role: 'authenticated', sub: ANN, exp: Math.floor(Date.now() / 1000) + 2 });
    assert.equal((await client.join('brief', {}, brief)).payload.status, 'ok');
    const system = await client.next(({ event }) => event === 'system');
    assert.match(system.payload.message, /^InvalidJWTToken: Token has expired/);
    await client.next(({ event }) => event === 'phx_close');
    client.close();
  });

  test('limits are told by their names', async () => {
    const node = await startNode(harness.db, {
      maxChannelsPerSocket: 2,
      joinsPerSecond: 1_000_000,
      eventsPerSecond: 20,
      maxMessageBytes: 10_000,
    });
    const client = await RawClient.connect(node);
    await client.join('one');
    const { joinRef } = await client.join('two');
    const third = await client.join('three');
    assert.equal(third.payload.response.reason, 'ChannelRateLimitReached: Too many channels');
    for (let count = 0; count < 200; count++)
      client.socket.send(JSON.stringify([joinRef, null, 'realtime:two', 'broadcast', { event: 'x', payload: {} }]));
    const system = await client.next(({ event }) => event === 'system');
    assert.equal(system.payload.message, 'MessagePerSecondRateLimitReached: Too many messages per second');
    client.socket.send('x'.repeat(20_000));
    assert.equal((await client.closed).code, 1009);
    assert.ok(node.realtime.metrics().limited > 0);
    await node.close();
  });

  test('a client that does not read is told, dropped and forgotten, and the others do not notice', async () => {
    const node = await startNode(harness.db, { maxBacklogBytes: 256 * 1024 });
    const [slow, quick, sender] = await Promise.all([1, 2, 3].map(() => RawClient.connect(node)));
    await slow!.join('crowd');
    await quick!.join('crowd');
    const { joinRef } = await sender!.join('crowd', { broadcast: { ack: true } });
    slow!.socket.pause();
    const payload = { event: 'x', payload: { filler: 'x'.repeat(20_000) } };
    let sent = 0;
    while (node.realtime.metrics().slowSockets === 0) {
      await sender!.push('realtime:crowd', 'broadcast', payload, joinRef);
      sent++;
    }
    slow!.socket.resume();
    const { code } = await slow!.closed;
    assert.ok(code === 1013 || code === 1006, `closed with ${code}`);
    await quick!.push('phoenix', 'heartbeat', {});
    assert.equal(quick!.frames.filter(({ event }) => event === 'broadcast').length, sent);
    if (code === 1013)
      assert.match(slow!.frames.find(({ event }) => event === 'system')!.payload.message, /^ConnectionTooSlow: /);
    await node.close();
  });
});
