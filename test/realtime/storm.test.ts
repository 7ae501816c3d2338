/** Joins, each followed at once by a write, while walsenders and sessions are killed. REALTIME_JOINS says how many. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Harness, startHarness } from './harness.ts';
import { RawClient } from './raw-client.ts';

const JOINS = Number(process.env['REALTIME_JOINS'] ?? 400);
const AT_ONCE = 8;

let harness: Harness;
before(async () => {
  harness = await startHarness();
  await harness.db.sql(`create table public.storm (id int primary key, name text);
    alter table public.storm enable row level security; create policy all_of_it on public.storm for select using (true);
    alter publication supabase_realtime add table public.storm`);
});
after(() => harness.close());

for (const killing of [false, true])
  test(`a change that is committed after the answer to a join is never missed${killing ? ', whatever is killed meanwhile' : ''}`, async () => {
    let next = killing ? JOINS : 0;
    const end = next + JOINS;
    const again: number[] = [];
    let done = 0;
    const cutOff = async () => {
      if (!killing || ++done % 40 !== 0) return;
      await harness.db.sql(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and (backend_type = 'walsender' or application_name = 'freehold')`);
    };
    const one = async () => {
      const client = await RawClient.connect(harness.node);
      for (;;) {
        const id = again.pop() ?? (next < end ? next++ : undefined);
        if (id === undefined) break;
        const filter = id % 2 === 0 ? `id=eq.${id}` : `name=like.n${id}`;
        const binding = { event: 'INSERT', schema: 'public', table: 'storm', filter };
        const { payload, joinRef } = await client.join(`storm-${id}`, { postgres_changes: [binding] });
        if (payload.status !== 'ok') {
          // The database was away for too long: the client would join again, and so do we.
          assert.match(payload.response.reason, /try again|could not be joined/);
          again.push(id);
          continue;
        }
        await harness.db.sql('insert into public.storm values ($1, $2) on conflict do nothing', [id, `n${id}`]);
        await client.change((data) => data.record.id === id);
        await client.push(`realtime:storm-${id}`, 'phx_leave', {}, joinRef);
        client.frames.length = 0;
        await cutOff();
      }
      client.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    assert.equal(harness.realtime.metrics().changes.gaps, 0);
    assert.equal(harness.realtime.metrics().changes.dropped, 0);
  });
