import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from '@supabase/supabase-js';
import { token } from './fixture.ts';
import { type DataApiFixture, startFixture } from './server.ts';

let fixture: DataApiFixture;
let client: ReturnType<typeof connect>;

/** The official client, signed in; `data-api` serves at `/` what a project serves under `/rest/v1`. */
function connect(url: string, jwt: string) {
  return createClient(url, 'a key', {
    db: { schema: 'sky' },
    accessToken: async () => jwt,
    global: { fetch: (input, init) => fetch(String(input).replace('/rest/v1', ''), init) },
  });
}

before(async () => {
  fixture = await startFixture();
  client = connect(fixture.server.url, await token({ role: 'authenticated', observer: 2 }));
});
after(() => fixture[Symbol.asyncDispose]());

test('select with embeds, filters, order and range', async () => {
  const { data, error, count } = await client
    .from('observatories')
    .select('name, telescopes!inner(name, aperture)', { count: 'exact' })
    .gte('telescopes.aperture', 3)
    .order('name')
    .range(0, 0);
  assert.equal(error, null);
  assert.equal(count, 2);
  assert.deepEqual(data, [{ name: 'Mauna Kea', telescopes: [{ name: 'Keck I', aperture: 10 }] }]);
});

test('contains, overlaps, or, not, in and text search', async () => {
  const names = async (query: PromiseLike<{ data: { name: string }[] | null; error: unknown }>) => {
    const { data, error } = await query;
    assert.equal(error, null);
    return data?.map(({ name }) => name).sort();
  };
  const all = () => client.from('observers').select('name');
  assert.deepEqual(await names(all().contains('tags', ['pulsars'])), ['Jocelyn']);
  assert.deepEqual(await names(all().overlaps('tags', ['pulsars', 'rotation'])), ['Jocelyn', 'Vera']);
  assert.deepEqual(await names(all().or('id.eq.1,name.eq.Edwin')), ['Edwin', 'Vera']);
  assert.deepEqual(await names(all().not('mentor_id', 'is', null)), ['Andrea', 'Jocelyn']);
  assert.deepEqual(await names(all().in('name', ['Vera', 'a,"b'])), ['Vera']);
  assert.deepEqual(await names(all().rangeAdjacent('active', '[2016-12-25,2017-01-01)')), ['Vera']);
});

test('single, maybeSingle and their errors', async () => {
  const one = await client.from('observatories').select('name').eq('id', 1).single();
  assert.deepEqual(one.data, { name: 'Paranal' });
  const several = await client.from('observatories').select('name').single();
  assert.deepEqual([several.status, several.error?.code], [406, 'PGRST116']);
  const none = await client.from('observatories').select('name').eq('id', 99).maybeSingle();
  assert.deepEqual([none.data, none.error], [null, null]);
});

test('insert, upsert, update and delete with what they return', async () => {
  const inserted = await client
    .from('awards')
    .insert([{ observer_id: 2, title: 'A' }, { title: 'B' }])
    .select('title, observers(name)');
  assert.deepEqual(
    [inserted.status, inserted.data],
    [
      201,
      [
        { title: 'A', observers: { name: 'Jocelyn' } },
        { title: 'B', observers: null },
      ],
    ],
  );
  const upserted = await client.from('observatories').upsert({ id: 3, name: 'Pic' }).select('name, founded').single();
  assert.deepEqual(upserted.data, { name: 'Pic', founded: 1878 });
  const updated = await client.from('awards').update({ title: 'C' }).eq('title', 'B').select('title');
  assert.deepEqual(updated.data, [{ title: 'C' }]);
  const deleted = await client.from('awards').delete({ count: 'exact' }).in('title', ['A', 'C']);
  assert.deepEqual([deleted.status, deleted.count], [204, 2]);
});

test('row level security through the client', async () => {
  const own = await client.from('reports').insert({ author_id: 2, body: 'mine' }).select('body').single();
  assert.deepEqual(own.data, { body: 'mine' });
  const forged = await client.from('reports').insert({ author_id: 1, body: 'forged' });
  assert.deepEqual([forged.status, forged.error?.code], [403, '42501']);
});

test('rpc with arguments, filters, get and head', async () => {
  assert.equal((await client.rpc('add', { a: 1, b: 2 })).data, 3);
  assert.equal((await client.rpc('add', { a: 1 }, { get: true })).data, 2);
  const largest = await client.rpc('largest').select('name').gt('aperture', 3);
  assert.deepEqual(largest.data, [{ name: 'Keck I' }, { name: 'Antu' }]);
  const head = await client.rpc('largest', undefined, { head: true, count: 'exact' });
  assert.deepEqual([head.count, head.data], [4, null]);
});

test('another schema, CSV, stripped nulls and plans', async () => {
  const csv = await client.from('observatories').select('id').order('id').csv();
  assert.equal(csv.data, 'id\n1\n2\n3');
  const stripped = await client.from('observatories').select('id, place').eq('id', 3).stripNulls();
  assert.deepEqual(stripped.data, [{ id: 3 }]);
});
