import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Harness, Inbox, startHarness, subscribed, userToken } from './harness.ts';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';
type Message = { event: string; payload: Record<string, unknown>; meta?: { id?: string; replayed?: boolean } };

describe('private channels', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`
      create table public.members (room text, uid uuid, writes boolean);
      grant select on public.members to authenticated;
      insert into public.members values ('club', '${ANN}', true), ('club', '${BEN}', false);
      create policy read on realtime.messages for select to authenticated using (
        exists (select from public.members as m where m.room = (select realtime.topic()) and m.uid = (select auth.uid())));
      create policy write on realtime.messages for insert to authenticated with check (
        exists (select from public.members as m where m.room = realtime.topic() and m.uid = auth.uid() and m.writes));
    `);
  });
  after(() => harness.close());
  const secret = { config: { private: true, broadcast: { ack: true } } };

  test('who no policy lets in is told so', async () => {
    const stranger = harness.client().channel('club', secret);
    const { status, error } = await subscribed(stranger);
    assert.equal(status, 'CHANNEL_ERROR');
    assert.match(error!.message, /^Unauthorized: You do not have permissions to read from this Channel topic: club$/);
  });

  test('who may read gets what who may write sends, and cannot write itself', async () => {
    const ann = harness.client({ token: userToken(ANN) }).channel('club', secret);
    const ben = harness.client({ token: userToken(BEN) }).channel('club', secret);
    const inbox = new Inbox<Message>();
    const back = new Inbox<Message>();
    ben.on('broadcast', { event: '*' }, inbox.put as never);
    ann.on('broadcast', { event: '*' }, back.put as never);
    assert.equal((await subscribed(ann)).status, 'SUBSCRIBED');
    assert.equal((await subscribed(ben)).status, 'SUBSCRIBED');
    assert.equal(await ben.send({ type: 'broadcast', event: 'no', payload: {} }), 'error');
    assert.equal(await ann.send({ type: 'broadcast', event: 'yes', payload: { n: 1 } }), 'ok');
    assert.deepEqual((await inbox.take(1))[0]!.payload, { n: 1 });
    assert.equal(back.items.length, 0);
    await assert.rejects(ben.httpSend('no', {}), /Unauthorized/);
    assert.deepEqual(await ann.httpSend('rest', { n: 2 }), { success: true });
    assert.deepEqual((await inbox.take(2))[1]!.payload, { n: 2 });
  });

  test('what SQL sends arrives on private and public channels', async () => {
    const inbox = new Inbox<Message>();
    const ann = harness.client({ token: userToken(ANN) }).channel('club', secret);
    ann.on('broadcast', { event: '*' }, inbox.put as never);
    await subscribed(ann);
    const open = new Inbox<Message>();
    const anybody = harness.client().channel('club');
    anybody.on('broadcast', { event: '*' }, open.put as never);
    await subscribed(anybody);
    await harness.db.sql(`select realtime.send('{"n": 3}', 'from sql', 'club', true)`);
    await harness.db.sql(`select realtime.send('{"n": 4}', 'from sql', 'club', false)`);
    const [first] = await inbox.take(1);
    assert.equal(first!.event, 'from sql');
    assert.equal(first!.payload['n'], 3);
    assert.equal(typeof first!.meta!.id, 'string');
    assert.equal((await open.take(1))[0]!.payload['n'], 4);
    assert.equal(inbox.items.length, 1);
  });

  test('messages that were kept are replayed to who joins later', async () => {
    const since = Date.now() - 60_000;
    await harness.db.sql(`select realtime.send('{"n": 5}', 'kept', 'club', true)`);
    const inbox = new Inbox<Message>();
    const ann = harness
      .client({ token: userToken(ANN) })
      .channel('club', { config: { private: true, broadcast: { replay: { since, limit: 1 } } } });
    ann.on('broadcast', { event: 'kept' }, inbox.put as never);
    await subscribed(ann);
    const [message] = await inbox.take(1);
    assert.equal(message!.payload['n'], 5);
    assert.equal(message!.meta!.replayed, true);
  });

  test('a trigger tells a topic what happened to a row', async () => {
    await harness.db.sql(`
      create table public.things (id int primary key, name text);
      create function public.tell() returns trigger language plpgsql security definer as $$ begin
        perform realtime.broadcast_changes('club', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null; end $$;
      create trigger tell after insert or update or delete on public.things for each row execute function public.tell()`);
    const inbox = new Inbox<Message>();
    const ann = harness.client({ token: userToken(ANN) }).channel('club', secret);
    ann.on('broadcast', { event: 'UPDATE' }, inbox.put as never);
    await subscribed(ann);
    await harness.db.sql(`insert into public.things values (1, 'a'); update public.things set name = 'b'`);
    const [message] = await inbox.take(1);
    const { id: _, ...payload } = message!.payload;
    assert.deepEqual(payload, {
      schema: 'public',
      table: 'things',
      operation: 'UPDATE',
      record: { id: 1, name: 'b' },
      old_record: { id: 1, name: 'a' },
    });
  });

  test('a message that is sent to be kept arrives once, does not come back, and is replayed', async () => {
    const since = Date.now() - 1000;
    const ann = harness.client({ token: userToken(ANN) }).channel('club', secret);
    const ben = harness.client({ token: userToken(BEN) }).channel('club', secret);
    const back = new Inbox<Message>();
    const inbox = new Inbox<Message>();
    ann.on('broadcast', { event: '*' }, back.put as never);
    ben.on('broadcast', { event: '*' }, inbox.put as never);
    await subscribed(ann);
    await subscribed(ben);
    assert.equal(await ann.send({ type: 'broadcast', event: 'keep', payload: { n: 6 }, persist: true }), 'ok');
    assert.deepEqual(await ben.httpSend('no', { n: 0 }, { persist: true }).catch(() => 'refused'), 'refused');
    assert.deepEqual(await ann.httpSend('keep', { n: 7 }, { persist: true }), { success: true });
    const [six, seven] = await inbox.take(2);
    assert.deepEqual([six!.payload, seven!.payload], [{ n: 6 }, { n: 7 }]);
    assert.deepEqual(
      (await back.take(1)).map(({ payload }) => payload),
      [{ n: 7 }],
    );
    const late = harness
      .client({ token: userToken(BEN) })
      .channel('club', { config: { private: true, broadcast: { replay: { since } } } });
    const replayed = new Inbox<Message>();
    late.on('broadcast', { event: 'keep' }, replayed.put as never);
    await subscribed(late);
    assert.deepEqual(
      (await replayed.take(2)).map(({ payload, meta }) => [payload, meta!.replayed]),
      [
        [{ n: 6 }, true],
        [{ n: 7 }, true],
      ],
    );
  });

  test('partitions of messages are made ahead, and dropped when their days are over', async () => {
    await harness.db.sql(`create table realtime.messages_2020_01_01 partition of realtime.messages
      for values from ('2020-01-01') to ('2020-01-02')`);
    const [row] = await harness.db.sql<{ forgotten: number; ahead: number }>(
      `select realtime.forget_messages() as forgotten, (select count(*)::int from pg_class
         where relname = 'messages_' || to_char(current_date + 3, 'YYYY_MM_DD')) as ahead`,
    );
    assert.deepEqual(row, { forgotten: 1, ahead: 1 });
  });
});
