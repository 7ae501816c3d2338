import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RealtimePostgresChangesPayload } from '@supabase/supabase-js';
import { type Harness, Inbox, startHarness, subscribed, userToken, VERSIONS } from './harness.ts';

type Change = RealtimePostgresChangesPayload<Record<string, unknown>>;

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';

describe('changes', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`
      create table public.todos (id bigint generated always as identity primary key, owner uuid, title text, done boolean default false);
      create table public.notes (id int primary key, owner uuid, body text);
      alter table public.notes enable row level security;
      create policy own on public.notes for select using (auth.uid() = owner);
      alter publication supabase_realtime add table public.todos, public.notes;
    `);
  });
  after(() => harness.close());

  for (const version of VERSIONS)
    test(`insert, update and delete arrive in version ${version}`, async () => {
      const inbox = new Inbox<Change>();
      const channel = harness.client({ version }).channel(`todos-${version}`);
      channel.on('postgres_changes', { event: '*', schema: 'public', table: 'todos' }, inbox.put);
      assert.deepEqual(await subscribed(channel), { status: 'SUBSCRIBED', error: undefined });
      const [row] = await harness.db.sql<{ id: string }>(
        `insert into public.todos (title, owner) values ('milk', '${ANN}') returning id`,
      );
      await harness.db.sql(`update public.todos set done = true where id = ${row!.id}`);
      await harness.db.sql(`delete from public.todos where id = ${row!.id}`);
      const [inserted, updated, deleted] = await inbox.take(3);
      const id = Number(row!.id);
      assert.equal(inserted!.eventType, 'INSERT');
      assert.deepEqual(inserted!.new, { id, owner: ANN, title: 'milk', done: false });
      assert.equal(updated!.eventType, 'UPDATE');
      assert.deepEqual(updated!.new, { id, owner: ANN, title: 'milk', done: true });
      assert.deepEqual(updated!.old, { id });
      assert.equal(deleted!.eventType, 'DELETE');
      assert.deepEqual(deleted!.old, { id });
      assert.equal(inserted!.errors, null);
      assert.match(inserted!.commit_timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

  test('under row level security each sees its own rows, and everyone the key of what was deleted', async () => {
    const seen = new Map<string, Inbox<Change>>();
    for (const [name, access] of [
      ['ann', userToken(ANN)],
      ['ben', userToken(BEN)],
      ['anon', undefined],
    ] as const) {
      const inbox = new Inbox<Change>();
      seen.set(name, inbox);
      const channel = harness.client({ token: access }).channel('notes');
      channel.on('postgres_changes', { event: '*', schema: 'public', table: 'notes' }, inbox.put);
      assert.equal((await subscribed(channel)).status, 'SUBSCRIBED');
    }
    await harness.db.sql(`insert into public.notes values (1, '${ANN}', 'a'), (2, '${BEN}', 'b'), (3, null, 'c')`);
    await harness.db.sql('delete from public.notes where id = 3');
    for (const [name, count] of [
      ['ann', 2],
      ['ben', 2],
      ['anon', 1],
    ] as const)
      await seen.get(name)!.take(count);
    const facts = (name: string) =>
      seen.get(name)!.items.map(({ eventType, new: row, old }) => [eventType, 'id' in row ? row['id'] : old]);
    assert.deepEqual(facts('ann'), [
      ['INSERT', 1],
      ['DELETE', { id: 3 }],
    ]);
    assert.deepEqual(facts('ben'), [
      ['INSERT', 2],
      ['DELETE', { id: 3 }],
    ]);
    assert.deepEqual(facts('anon'), [['DELETE', { id: 3 }]]);
  });
});
