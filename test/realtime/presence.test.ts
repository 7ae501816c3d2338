import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RealtimeChannel } from '@supabase/supabase-js';
import { type Harness, startHarness, subscribed, VERSIONS } from './harness.ts';

/** Settles when the state of the channel is as wanted. */
function presence(channel: RealtimeChannel, wanted: (keys: string[]) => boolean): Promise<string[]> {
  return new Promise((resolve) => {
    const look = () => {
      const keys = Object.keys(channel.presenceState()).sort();
      if (wanted(keys)) resolve(keys);
    };
    channel.on('presence', { event: 'sync' }, look);
  });
}

describe('presence', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.close());

  for (const version of VERSIONS)
    test(`who tracks is seen by those before and after, and is gone when it leaves (version ${version})`, async () => {
      const topic = `present-${version}`;
      const first = harness.client({ version }).channel(topic, { config: { presence: { key: 'ann' } } });
      let wanted = 2;
      const both = presence(first, (keys) => keys.length === 2);
      const left = presence(first, (keys) => keys.length === 1 && wanted === 1);
      await subscribed(first);
      assert.equal(await first.track({ name: 'Ann' }), 'ok');
      const second = harness.client({ version }).channel(topic, { config: { presence: { key: 'ben' } } });
      const seen = presence(second, (keys) => keys.length === 2);
      await subscribed(second);
      await second.track({ name: 'Ben' });
      assert.deepEqual(await both, ['ann', 'ben']);
      assert.deepEqual(await seen, ['ann', 'ben']);
      const state = first.presenceState<{ name: string }>();
      assert.deepEqual([state['ann']![0]!.name, state['ben']![0]!.name], ['Ann', 'Ben']);
      assert.equal(typeof state['ann']![0]!.presence_ref, 'string');
      wanted = 1;
      await second.unsubscribe();
      assert.deepEqual(await left, ['ann']);
    });
});
