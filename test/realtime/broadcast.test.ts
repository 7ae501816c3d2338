import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ANON_KEY, type Harness, Inbox, startHarness, subscribed, VERSIONS } from './harness.ts';

type Message = { event: string; payload: unknown; meta?: { id?: string; replayed?: boolean } };

describe('broadcast', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.close());

  for (const from of VERSIONS)
    for (const to of VERSIONS)
      test(`a message goes from a client of version ${from} to one of version ${to}, and not back`, async () => {
        const inbox = new Inbox<Message>();
        const own = new Inbox<Message>();
        const topic = `room-${from}-${to}`;
        const receiver = harness.client({ version: to }).channel(topic);
        receiver.on('broadcast', { event: '*' }, inbox.put as never);
        const sender = harness
          .client({ version: from })
          .channel(topic, { config: { broadcast: { ack: true, self: false } } });
        sender.on('broadcast', { event: '*' }, own.put as never);
        assert.equal((await subscribed(receiver)).status, 'SUBSCRIBED');
        assert.equal((await subscribed(sender)).status, 'SUBSCRIBED');
        const payload = { text: 'Grüße 😀', nested: { n: [1, null] } };
        assert.equal(await sender.send({ type: 'broadcast', event: 'hello', payload }), 'ok');
        const [message] = await inbox.take(1);
        assert.equal(message!.event, 'hello');
        assert.deepEqual(message!.payload, payload);
        assert.equal(own.items.length, 0);
      });

  for (const version of VERSIONS)
    test(`a client of version ${version} hears itself when it asks to`, async () => {
      const inbox = new Inbox<Message>();
      const channel = harness
        .client({ version })
        .channel(`self-${version}`, { config: { broadcast: { ack: true, self: true } } });
      channel.on('broadcast', { event: 'x' }, inbox.put as never);
      await subscribed(channel);
      await channel.send({ type: 'broadcast', event: 'x', payload: { a: 1 } });
      assert.deepEqual((await inbox.take(1))[0]!.payload, { a: 1 });
    });

  test('bytes arrive as bytes', async () => {
    const inbox = new Inbox<Message>();
    const receiver = harness.client().channel('bytes');
    receiver.on('broadcast', { event: 'raw' }, inbox.put as never);
    await subscribed(receiver);
    const sender = harness.client().channel('bytes');
    await subscribed(sender);
    await sender.send({ type: 'broadcast', event: 'raw', payload: new Uint8Array([0, 255, 7]).buffer });
    const [message] = await inbox.take(1);
    assert.deepEqual(new Uint8Array(message!.payload as ArrayBuffer), new Uint8Array([0, 255, 7]));
  });

  test('messages sent over REST arrive, by both forms', async () => {
    const inbox = new Inbox<Message>();
    const receiver = harness.client().channel('rest room/ü');
    receiver.on('broadcast', { event: '*' }, inbox.put as never);
    await subscribed(receiver);
    const answer = await fetch(`${harness.node.url}/realtime/v1/api/broadcast`, {
      method: 'POST',
      headers: { apikey: ANON_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ topic: 'rest room/ü', event: 'batch', payload: { n: 1 } }] }),
    });
    assert.equal(answer.status, 202);
    const sender = harness.client().channel('rest room/ü');
    assert.deepEqual(await sender.httpSend('one', { n: 2 }), { success: true });
    assert.deepEqual(await sender.httpSend('bytes', new Uint8Array([1, 2])), { success: true });
    const messages = await inbox.take(3);
    assert.deepEqual(
      messages.slice(0, 2).map(({ event, payload }) => [event, payload]),
      [
        ['batch', { n: 1 }],
        ['one', { n: 2 }],
      ],
    );
    assert.deepEqual(new Uint8Array(messages[2]!.payload as ArrayBuffer), new Uint8Array([1, 2]));
  });
});
