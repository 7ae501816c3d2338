import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Harness, SERVICE_KEY, startHarness } from './harness.ts';
import { RawClient } from './raw-client.ts';

/** A column of each kind with values whose text is awkward. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  int2: ["'-32768'", '7'],
  int4: ['2147483647'],
  int8: ['9007199254740993', '-1'],
  numeric: ['1.50', '-0.001', "'NaN'", "'Infinity'", '12345678901234567890.123'],
  float4: ['1.5', "'-Infinity'", '1e30'],
  float8: ['0.1', "'NaN'", '1e-300', "'-0'"],
  bool: ['true', 'false'],
  text: [`'a "quoted" \\ text\twith 😀'`, "''"],
  'varchar(20)': ["'x y'"],
  'char(4)': ["'ab'"],
  uuid: ["'11111111-1111-4111-8111-111111111111'"],
  json: [`'{"b" : 1, "a": [1, 2,  null]}'`],
  jsonb: [`'{"b": 1.10, "a": {"x": "ü"}}'`],
  date: ["'2024-02-29'", "'0044-03-15 BC'", "'infinity'"],
  time: ["'12:34:56.789'"],
  timetz: ["'12:34:56+02'"],
  timestamp: ["'2024-02-29 12:34:56.123456'", "'-infinity'", "'0044-03-15 00:00:00 BC'"],
  timestamptz: ["'2024-02-29 12:34:56.5+05:30'", "'infinity'", "'0044-03-15 00:00:00+00 BC'"],
  interval: ["'1 year 2 mons 3 days 04:05:06'"],
  bytea: ["'\\xdeadbeef'"],
  inet: ["'10.0.0.1/8'"],
  int4range: ["'[1,5)'"],
  point: ["'(1,2)'"],
  money: ["'12.34'"],
  'int4[]': ["'{1,NULL,3}'", "'{}'", "'{{1,2},{3,4}}'", "'[0:1]={5,6}'"],
  'text[]': [`'{a,"b c","d\\"e\\\\f",NULL,"NULL",""}'`],
  'bool[]': ["'{t,f}'"],
  'jsonb[]': [`array['{"a": 1}', '[2]']::jsonb[]`],
  'timestamptz[]': ["'{2024-01-01 00:00:00+00}'"],
  'numeric[]': ["'{1.10,NaN}'"],
  'box[]': ["'{(1,1),(0,0);(2,2),(1,1)}'"],
  'public.mood': ["'fine'"],
  'public.mood[]': ["'{fine,bad}'"],
  'public.positive': ['5'],
  'public.tags': ["'{a,b}'"],
  'public.pair': ["row(1, 'x')"],
  'public.pair[]': ["array[row(1, 'x')::public.pair, null]"],
};

describe('decoding', () => {
  let harness: Harness;
  let client: RawClient;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`
      create type public.mood as enum ('fine', 'bad');
      create domain public.positive as int check (value > 0);
      create domain public.tags as text[];
      create type public.pair as (a int, b text);
    `);
    client = await RawClient.connect(harness.node, SERVICE_KEY);
  });
  after(async () => {
    client.close();
    await harness.close();
  });

  test('values of every type are what to_jsonb makes of them', async () => {
    const definitions = Object.keys(COLUMNS).map((type, index) => `c${index} ${type}`);
    await harness.db.sql(`create table public.types (id serial primary key, ${definitions.join(', ')});
      alter table public.types replica identity full; alter publication supabase_realtime add table public.types`);
    await client.join('types', { postgres_changes: [{ event: '*', schema: 'public', table: 'types' }] });
    const longest = Math.max(...Object.values(COLUMNS).map((values) => values.length));
    for (let round = 0; round <= longest; round++) {
      const values = Object.entries(COLUMNS).map(([type, each]) => `${each[round] ?? 'null'}::${type}`);
      const [row] = await harness.db.sql<{ id: number; json: string }>(
        `insert into public.types values (default, ${values.join(', ')}) returning id, to_jsonb(types)::text as json`,
      );
      const frame = await client.change((data) => data.record?.id === row!.id);
      const expected = JSON.parse(row!.json);
      for (const [index, type] of Object.keys(COLUMNS).entries())
        assert.deepEqual(frame.payload.data.record[`c${index}`], expected[`c${index}`], `${type}, value ${round}`);
    }
    const [types] = await harness.db.sql<{ names: string[] }>(
      `select array_agg(t.typname::text order by attnum) as names from pg_attribute join pg_type as t on t.oid = atttypid
       where attrelid = 'public.types'::regclass and attnum > 0`,
    );
    const [frame] = client.frames.filter(({ event }) => event === 'postgres_changes');
    assert.deepEqual(
      frame!.payload.data.columns.map((column: { type: string }) => column.type),
      types!.names,
    );
  });

  test('a large value that did not change is filled in under full replica identity, and left out otherwise', async () => {
    await harness.db.sql(`create table public.toasted (id int primary key, big text, n int);
      alter table public.toasted alter column big set storage external;
      alter publication supabase_realtime add table public.toasted`);
    await client.join('toast', { postgres_changes: [{ event: 'UPDATE', schema: 'public', table: 'toasted' }] });
    await harness.db.sql(
      `insert into public.toasted values (1, repeat('x', 10000), 0); update public.toasted set n = 1`,
    );
    const plain = await client.change((data) => data.table === 'toasted' && data.record.n === 1);
    assert.deepEqual(plain.payload.data.record, { id: 1, n: 1 });
    await harness.db.sql(`alter table public.toasted replica identity full; update public.toasted set n = 2`);
    const full = await client.change((data) => data.table === 'toasted' && data.record.n === 2);
    assert.equal(full.payload.data.record.big.length, 10_000);
    assert.equal(full.payload.data.old_record.n, 1);
  });

  test('the stream lives through columns that come, go and change, truncates, and publications made anew', async () => {
    await harness.db.sql(`create table public.moving (id int primary key, a text);
      alter publication supabase_realtime add table public.moving`);
    await client.join('moving', { postgres_changes: [{ event: '*', schema: 'public', table: 'moving' }] });
    const inserted = (id: number) => client.change((data) => data.table === 'moving' && data.record?.id === id);
    await harness.db.sql(`insert into public.moving values (1, 'x')`);
    assert.deepEqual((await inserted(1)).payload.data.record, { id: 1, a: 'x' });
    await harness.db.sql(
      `alter table public.moving add b jsonb default '{"n": 1}'; insert into public.moving values (2, 'y')`,
    );
    assert.deepEqual((await inserted(2)).payload.data.record, { id: 2, a: 'y', b: { n: 1 } });
    await harness.db.sql(`alter table public.moving drop a; alter table public.moving alter b type text;
      insert into public.moving values (3, 'z'); truncate public.moving; insert into public.moving values (4, 'w')`);
    assert.deepEqual((await inserted(3)).payload.data.record, { id: 3, b: 'z' });
    assert.deepEqual((await inserted(4)).payload.data.record, { id: 4, b: 'w' });
    await harness.db.sql(
      `begin; drop publication supabase_realtime; create publication supabase_realtime for all tables; commit;`,
    );
    await harness.db.sql(`insert into public.moving values (5, 'v')`);
    assert.deepEqual((await inserted(5)).payload.data.record, { id: 5, b: 'v' });
  });

  test('a change in a partition reaches those who listen to the table above it', async () => {
    await harness.db.sql(`create table public.parted (id int primary key, n int) partition by range (id);
      create table public.parted_low partition of public.parted for values from (0) to (100);
      create table public.parted_high partition of public.parted for values from (100) to (200)`);
    const reply = await client.join('parted', {
      postgres_changes: [{ event: '*', schema: 'public', table: 'parted' }],
    });
    assert.equal(reply.payload.status, 'ok');
    await harness.db.sql('insert into public.parted values (1, 1), (150, 2)');
    for (const id of [1, 150])
      assert.deepEqual(
        (await client.change((data) => data.table === 'parted' && data.record?.id === id)).payload.data.record,
        { id, n: id === 1 ? 1 : 2 },
      );
  });

  test('a transaction of many rows arrives whole and in order', async () => {
    await harness.db.sql(`create table public.many (id int primary key, filler text)`);
    await client.join('many', { postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'many' }] });
    await harness.db.sql(`insert into public.many select n, repeat('x', 200) from generate_series(1, 20000) as n`);
    await client.change((data) => data.table === 'many' && data.record.id === 20_000);
    const ids = client.frames.flatMap(({ event, payload }) =>
      event === 'postgres_changes' && payload.data.table === 'many' ? [payload.data.record.id] : [],
    );
    assert.deepEqual(
      ids,
      Array.from({ length: 20_000 }, (_, index) => index + 1),
    );
  });
});
