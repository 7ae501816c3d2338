import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { typesOf } from '../../src/server/gen-types.ts';
import { testDatabase } from '../database.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCHEMA = `
  create type mood as enum ('calm', 'very loud');
  create type pair as (a int, b text);
  create schema private;
  create type private.hidden as enum ('x');
  create table shops (id int primary key, address text not null, spots point[]);
  create view shop_names as select id, address from shops;
  create table orders (
    id bigint generated always as identity primary key, shop int not null references shops, mood mood not null default 'calm',
    tags text[], "Odd Name" jsonb, doubled numeric generated always as (2 * 3) stored
  );
  create table receipts (order_id bigint primary key references orders, secret private.hidden);
  create function order_count(shop int, since timestamptz default now()) returns bigint language sql as 'select 1::bigint';
  create function orders_of(shop int) returns setof orders language sql as 'select * from orders where shop = $1';
  create function label(orders) returns text language sql as 'select $1.id::text';
  create function stats() returns table (n bigint, mood mood) language sql as 'select 1::bigint, null::mood';
  create function doubled(n int) returns int language sql as 'select 2 * n';
  create function doubled(t text) returns pair[] language sql as 'select null::pair[]';
  create function nobody_calls() returns trigger language plpgsql as 'begin return new; end';
`;

/** A program of an app: it must compile, and every line under an expected error must not. */
const PROGRAM = `
  import { createClient } from '@supabase/supabase-js';
  import { Constants, type CompositeTypes, type Database, type Enums, type Tables, type TablesInsert, type TablesUpdate } from './types.ts';
  type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const same = <T extends true>(): T => true as T;
  const client = createClient<Database>('http://localhost', 'key');
  const { data } = await client.from('orders').select('id, mood, label, shops(address)').single();
  if (data) {
    same<Equal<typeof data.mood, 'calm' | 'very loud'>>();
    same<Equal<typeof data.shops.address, string>>();
    same<Equal<typeof data.label, string | null>>();
  }
  const back = await client.from('orders').select('receipts(order_id)').single();
  if (back.data) same<Equal<typeof back.data.receipts, { order_id: number } | null>>();
  const names = await client.from('shop_names').select('*, orders(id)');
  same<Equal<NonNullable<typeof names.data>[number]['id'], number | null>>();
  const count = await client.rpc('order_count', { shop: 1 });
  same<Equal<typeof count.data, number | null>>();
  const rows = await client.rpc('orders_of', { shop: 1 }).select('id');
  same<Equal<NonNullable<typeof rows.data>[number]['id'], number>>();
  const insert: TablesInsert<'orders'> = { shop: 1, tags: ['a'] };
  const update: TablesUpdate<'shops'> = { address: 'b' };
  const pair: CompositeTypes<'pair'> = { a: 1, b: null };
  const mood: Enums<'mood'> = Constants.public.Enums.mood[1];
  const view: Tables<'shop_names'> = { id: null, address: null };
  // @ts-expect-error there is no such column
  await client.from('orders').insert({ shop: 1, nothing: 2 });
  // @ts-expect-error the database numbers orders
  const numbered: TablesInsert<'orders'> = { shop: 1, id: 5 };
  // @ts-expect-error the parameter is required
  await client.rpc('orders_of', {});
  // @ts-expect-error triggers cannot be called
  await client.rpc('nobody_calls');
  console.log(insert, update, pair, mood, view, numbered);
`;

const folder = mkdtempSync(join(tmpdir(), 'freehold-types-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a program written with the generated types compiles against the official client, and its mistakes do not', async () => {
  await using db = await testDatabase();
  await db.sql(SCHEMA);
  const types = await typesOf(db.owner, ['public']);
  assert.match(types, /secret: string \| null/, 'an enum of a schema that is not generated is a text');
  const compiler = {
    target: 'esnext',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: [],
  };
  const files = {
    'types.ts': types,
    'program.ts': PROGRAM,
    'package.json': '{"type": "module"}',
    'tsconfig.json': JSON.stringify({ compilerOptions: compiler, files: ['program.ts'] }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const errors = await promisify(execFile)(tsc, ['-p', folder]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  assert.equal(errors, '');
});
