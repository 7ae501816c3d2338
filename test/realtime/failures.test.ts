import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Harness, startHarness, startNode } from './harness.ts';
import { type Frame, RawClient } from './raw-client.ts';

const idsOf = (client: RawClient, table: string): number[] =>
  client.frames.flatMap(({ event, payload }: Frame) =>
    event === 'postgres_changes' && payload.data.table === table ? [payload.data.record.id] : [],
  );
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('when the stream breaks', () => {
  let harness: Harness;
  let client: RawClient;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`
      create table public.log (id int primary key, owner uuid);
      create table public.other (id int primary key);
      alter publication supabase_realtime add table public.log, public.other;
      create function public.kill_walsenders() returns bigint language sql as $$
        select count(*) filter (where pg_terminate_backend(active_pid)) from pg_replication_slots where database = current_database() and active
      $$`);
    client = await RawClient.connect(harness.node);
    await client.join('log', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'log' }] });
    await client.next(({ event }) => event === 'system');
  });
  after(async () => {
    client.close();
    await harness.close();
  });

  test('every change comes once and in order though the walsender is killed again and again, and nobody is told', async () => {
    for (let id = 1; id <= 300; id++) {
      await harness.db.sql(`insert into public.log (id) values (${id})`);
      if (id % 50 === 0) await harness.db.sql('select public.kill_walsenders()');
    }
    // A transaction that is cut in the middle comes whole.
    await harness.db.sql('insert into public.log (id) select n from generate_series(301, 5000) as n');
    await harness.db.sql('select public.kill_walsenders()');
    await client.change((data) => data.record?.id === 5000);
    assert.deepEqual(idsOf(client, 'log'), upTo(5000));
    assert.ok(harness.realtime.metrics().changes.reconnects > 0);
    assert.equal(harness.realtime.metrics().changes.gaps, 0);
    const systems = client.frames.filter(({ event }) => event === 'system');
    assert.equal(systems.length, 1);
  });

  test('sessions that are killed during delivery delay it and lose nothing', async () => {
    await harness.db.sql(
      'alter table public.log enable row level security; create policy p on public.log using (true)',
    );
    const count = 400;
    for (let id = 5001; id <= 5000 + count; id++) {
      await harness.db.sql(`insert into public.log (id) values (${id})`);
      if (id % 40 === 0)
        await harness.db.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'freehold' and datname = current_database()`,
        );
    }
    await client.change((data) => data.record?.id === 5000 + count);
    assert.deepEqual(idsOf(client, 'log'), upTo(5000 + count));
    await harness.db.sql('alter table public.log disable row level security');
  });

  test('when every connection is cut at once, as a restart does, changes are late and none is lost', async () => {
    const last = 5400;
    for (let id = last + 1; id <= last + 300; id++) {
      await harness.db.sql(`insert into public.log (id) values (${id})`);
      if (id % 20 === 0)
        await harness.db.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
    }
    await client.change((data) => data.record?.id === last + 300);
    assert.deepEqual(idsOf(client, 'log'), upTo(last + 300));
    assert.equal(harness.realtime.metrics().changes.gaps, 0);
    const again = await client.join('again', { postgres_changes: [{ event: '*', schema: 'public', table: 'other' }] });
    assert.equal(again.payload.status, 'ok');
  });

  test('where changes may have been lost, those who listen are told, and it goes on', async () => {
    const before = harness.realtime.metrics().changes.gaps;
    const told = client.next(
      ({ event, payload }) => event === 'system' && /^ChangesMayBeMissing/.test(payload.message),
    );
    // An operator drops the slot, in the moment in which nobody reads from it. The service may be quicker: then nothing was lost, and it
    // is tried once more.
    while (harness.realtime.metrics().changes.gaps === before) {
      await harness.db.sql(`do $$ declare s record; begin
        for s in select slot_name, active_pid from pg_replication_slots where database = current_database() loop
          perform pg_terminate_backend(s.active_pid);
          for tries in 1..200 loop
            begin perform pg_drop_replication_slot(s.slot_name); exit; exception when object_in_use then perform pg_sleep(0.001); end;
          end loop;
        end loop; end $$`);
      await delay(50);
    }
    assert.equal((await told).payload.status, 'error');
    const again = await client.join('after', {
      postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'other' }],
    });
    assert.equal(again.payload.status, 'ok');
    await harness.db.sql('insert into public.other values (1)');
    await client.change((data) => data.table === 'other' && data.record.id === 1);
  });

  test('the slot is gone when the service has closed', async () => {
    const slots = () =>
      harness.db.sql<{ count: number }>(
        'select count(*)::int as count from pg_replication_slots where database = current_database()',
      );
    assert.equal((await slots())[0]!.count, 1);
    await harness.realtime.close();
    assert.equal((await slots())[0]!.count, 0);
  });

  test('a server that may not replicate has broadcast and presence, and says of changes why not', async () => {
    const name = `no_replication_${process.pid}`;
    await harness.db.sql(`create role ${name} login password 'x'`);
    const node = await startNode({ ...harness.db, owner: { ...harness.db.owner, user: name, password: 'x' } });
    try {
      const state = await node.realtime.ready;
      assert.equal(state.changes, 'off');
      const other = await RawClient.connect(node);
      const plain = await other.join('talk');
      assert.equal(plain.payload.status, 'ok');
      const bound = await other.join('bound', { postgres_changes: [{ event: '*', schema: 'public', table: 'log' }] });
      assert.equal(bound.payload.status, 'ok');
      const system = await other.next(({ event }) => event === 'system');
      assert.match(system.payload.message, /^RealtimeDisabledForConfiguration: /);
      other.close();
    } finally {
      await node.close();
      await harness.db.sql(`drop role ${name}`);
    }
  });
});
