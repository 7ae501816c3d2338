import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import { signed, startSuite } from '../suite.ts';

const ready = await startSuite('supabase-js');
const open = new Set<SupabaseClient>();
after(async () => {
  for (const each of open) {
    await each.removeAllChannels();
    await each.realtime.disconnect();
  }
});
let serial = 0;
const password = 'password123';

/** Settles when the channel says how its join ended. */
const joined = (channel: RealtimeChannel): Promise<string> =>
  new Promise((resolve) => {
    channel.subscribe((status, error) => resolve(error ? `${status}: ${error.message}` : status));
  });
/** What arrives; `at` waits until that many have. */
function inbox<T>() {
  const items: T[] = [];
  const waiting: (() => void)[] = [];
  return {
    items,
    put: (item: T) => {
      items.push(item);
      for (const wake of waiting.splice(0)) wake();
    },
    at: async (index: number): Promise<T> => {
      while (items.length <= index) await new Promise<void>((resolve) => waiting.push(resolve));
      return items[index]!;
    },
  };
}

for (const vsn of ['1.0.0', '2.0.0'])
  describe(`realtime, version ${vsn}`, () => {
    const client = (key = ready.anonKey, options: Parameters<typeof createClient>[2] = {}): SupabaseClient => {
      const made = createClient(ready.url, key, {
        realtime: { heartbeatIntervalMs: 500, vsn },
        auth: { persistSession: false, autoRefreshToken: false },
        ...options,
      }) as SupabaseClient;
      open.add(made);
      return made;
    };
    const signedUp = async () => {
      const supabase = client();
      const email = `realtime-${vsn}-${Date.now()}-${++serial}@example.com`;
      const { data, error } = await supabase.auth.signUp({ email, password });
      assert.equal(error, null);
      return { supabase, user: data.user! };
    };
    const topic = () => `channel-${crypto.randomUUID()}`;
    const own = { broadcast: { self: true } };

    for (const isPrivate of [true, false])
      test(`a ${isPrivate ? 'private' : 'public'} channel broadcasts to who is signed in`, async () => {
        const { supabase } = await signedUp();
        const channel = supabase.channel(topic(), { config: { ...own, private: isPrivate } });
        const heard = inbox<{ event: string; type: string; payload: unknown }>();
        channel.on('broadcast', { event: '*' }, heard.put as never);
        assert.equal(await joined(channel), 'SUBSCRIBED');
        await channel.send({ type: 'broadcast', event: 'test-event', payload: { message: 'test' } });
        const message = await heard.at(0);
        assert.deepEqual(
          [message.type, message.event, message.payload],
          ['broadcast', 'test-event', { message: 'test' }],
        );
        assert.equal(supabase.realtime.getChannels().length, 1);
        assert.equal(await supabase.removeChannel(channel), 'ok');
        assert.equal(supabase.realtime.getChannels().length, 0);
      });

    test('a private channel is closed to who is not signed in', async () => {
      const channel = client().channel(topic(), { config: { private: true } });
      assert.match(await joined(channel), /^CHANNEL_ERROR: .*Unauthorized/);
    });

    test('joining one topic again after leaving it works, and two topics share a socket', async () => {
      const supabase = client();
      const name = topic();
      for (let round = 0; round < 3; round += 1) {
        const channel = supabase.channel(name);
        assert.equal(await joined(channel), 'SUBSCRIBED');
        assert.equal(await channel.unsubscribe(), 'ok');
      }
      assert.equal(await joined(supabase.channel(topic())), 'SUBSCRIBED');
      assert.equal(await joined(supabase.channel(topic())), 'SUBSCRIBED');
      assert.deepEqual(await supabase.removeAllChannels(), ['ok', 'ok']);
    });

    test('changes arrive as the client shows them, for each what it may see', async () => {
      const { supabase, user } = await signedUp();
      const everything = inbox<Record<string, unknown>>();
      const mine = inbox<Record<string, unknown>>();
      const channel = supabase
        .channel(topic())
        .on('postgres_changes', { event: '*', schema: 'public', table: 'todos' }, everything.put as never)
        .on(
          'postgres_changes',
          { event: 'INSERT', schema: 'public', table: 'todos', filter: `user_id=eq.${user.id}` },
          mine.put as never,
        );
      assert.equal(await joined(channel), 'SUBSCRIBED');
      // One after the other: whether a row may be seen is asked when it is told of, and who deletes it at once hides what came before.
      const { data } = await supabase.from('todos').insert({ task: 'watched', user_id: user.id }).select().single();
      const inserted = await everything.at(0);
      await supabase.from('todos').update({ is_complete: true }).eq('id', data.id);
      const updated = await everything.at(1);
      await supabase.from('todos').delete().eq('id', data.id);
      const deleted = await everything.at(2);
      const { commit_timestamp, ...rest } = inserted;
      assert.match(String(commit_timestamp), /^\d{4}-/);
      assert.deepEqual(rest, {
        schema: 'public',
        table: 'todos',
        eventType: 'INSERT',
        new: data,
        old: {},
        errors: null,
      });
      assert.deepEqual(
        [updated['eventType'], (updated['new'] as { is_complete: boolean }).is_complete],
        ['UPDATE', true],
      );
      assert.deepEqual([deleted['eventType'], deleted['old']], ['DELETE', { id: data.id }]);
      assert.equal(((await mine.at(0))['new'] as { id: string }).id, data.id);
      assert.equal(mine.items.length, 1);
    });

    test('what a trigger broadcasts arrives on a private channel', async () => {
      const { supabase, user } = await signedUp();
      const id = crypto.randomUUID();
      const heard = inbox<{ event: string; payload: Record<string, unknown> }>();
      const channel = supabase
        .channel(`topic:${id}`, { config: { private: true } })
        .on('broadcast', { event: 'INSERT' }, heard.put as never);
      assert.equal(await joined(channel), 'SUBSCRIBED');
      await supabase.from('todos').insert({ id, task: 'told', user_id: user.id });
      const { payload } = await heard.at(0);
      assert.deepEqual([payload['operation'], payload['table'], payload['schema']], ['INSERT', 'todos', 'public']);
      assert.equal((payload['record'] as { id: string }).id, id);
      assert.equal(payload['old_record'], null);
    });

    test('presence syncs, joins and leaves', async () => {
      const name = topic();
      const watching = client().channel(name, { config: { presence: { key: 'watcher' } } });
      const came = inbox<{ key: string; newPresences: Record<string, unknown>[] }>();
      const left = inbox<{ key: string }>();
      const synced = inbox<void>();
      watching
        .on('presence', { event: 'sync' }, synced.put as never)
        .on('presence', { event: 'join' }, came.put as never)
        .on('presence', { event: 'leave' }, left.put as never);
      assert.equal(await joined(watching), 'SUBSCRIBED');
      const entering = client().channel(name, { config: { presence: { key: 'ann' } } });
      entering.on('presence', { event: 'sync' }, () => undefined);
      assert.equal(await joined(entering), 'SUBSCRIBED');
      assert.equal(await entering.track({ name: 'Ann' }), 'ok');
      const join = await came.at(0);
      assert.equal(join.key, 'ann');
      assert.equal(join.newPresences[0]!['name'], 'Ann');
      assert.ok(join.newPresences[0]!['presence_ref']);
      await synced.at(0);
      assert.deepEqual(Object.keys(watching.presenceState()), ['ann']);
      assert.equal(await entering.untrack(), 'ok');
      assert.equal((await left.at(0)).key, 'ann');
      assert.deepEqual(watching.presenceState(), {});
    });

    test('messages are sent without a socket, by five forms', async () => {
      const { supabase } = await signedUp();
      for (const isPrivate of [false, true]) {
        const name = topic();
        const config = { config: { private: isPrivate } };
        const heard = inbox<{ event: string; payload: unknown }>();
        const receiving = supabase.channel(name, config).on('broadcast', { event: '*' }, heard.put as never);
        assert.equal(await joined(receiving), 'SUBSCRIBED');
        const sender = client(ready.serviceRoleKey).channel(name, config);
        await sender.socket.setAuth();
        assert.deepEqual(await sender.httpSend('object', { a: [1, null, 'ß'] }), { success: true });
        assert.deepEqual(await sender.httpSend('a name/with ü', { a: 2 }, { timeout: 5000 }), { success: true });
        assert.deepEqual(await sender.httpSend('buffer', new Uint8Array([1, 2, 255]).buffer), { success: true });
        assert.deepEqual(await sender.httpSend('view', new Uint8Array([3])), { success: true });
        const bytes = vsn === '2.0.0';
        await heard.at(bytes ? 3 : 1);
        const shown = heard.items.map(({ event, payload }) => [
          event,
          payload instanceof ArrayBuffer ? [...new Uint8Array(payload)] : payload,
        ]);
        assert.deepEqual(shown, [
          ['object', { a: [1, null, 'ß'] }],
          ['a name/with ü', { a: 2 }],
          ...(bytes
            ? [
                ['buffer', [1, 2, 255]],
                ['view', [3]],
              ]
            : []),
        ]);
      }
      await assert.rejects(client().channel(topic()).httpSend('nothing', null), /Payload is required/);
      const forbidden = client().channel(topic(), { config: { private: true } });
      await assert.rejects(forbidden.httpSend('x', {}), /Unauthorized|permission/i);
    });

    test('a token of one’s own making connects', async () => {
      const token = await signed({ sub: '1234567890', role: 'anon', iss: 'supabase-demo' });
      const supabase = client(ready.anonKey, {
        accessToken: async () => token,
        realtime: { heartbeatIntervalMs: 500, vsn },
      });
      assert.equal(await joined(supabase.channel(topic())), 'SUBSCRIBED');
      assert.equal(supabase.realtime.accessTokenValue, token);
    });

    test('a heartbeat is answered', async () => {
      const beats = inbox<string>();
      const supabase = client();
      supabase.realtime.onHeartbeat((status) => {
        if (status === 'ok') beats.put(status);
      });
      assert.equal(await joined(supabase.channel(topic())), 'SUBSCRIBED');
      assert.equal(await beats.at(1), 'ok');
    });

    test('keys of the new kind connect', async () => {
      assert.equal(await joined(client(ready.publishableKey).channel(topic())), 'SUBSCRIBED');
    });
  });
