import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../test/database.ts';
import { PLATFORM_SCHEMAS } from './api.ts';

const db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
after(() => db.close());

const ADA = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const asAda = { sub: ADA, role: 'authenticated' };
await db.sql(`insert into auth.users (id, email, phone, email_confirmed_at) values
  ('${ADA}', 'ada@example.com', null, '2026-01-02'), ('${BOB}', 'bob@example.com', null, null)`);
await db.sql(`insert into storage.buckets (id, name) values ('files', 'files')`);

test('the columns that seeds and triggers of apps name are there', async () => {
  const named =
    'instance_id id aud role email encrypted_password email_confirmed_at invited_at confirmation_token confirmation_sent_at ' +
    'recovery_token recovery_sent_at email_change_token_new email_change email_change_sent_at last_sign_in_at raw_app_meta_data ' +
    'raw_user_meta_data is_super_admin created_at updated_at phone phone_confirmed_at phone_change phone_change_token ' +
    'phone_change_sent_at confirmed_at email_change_token_current email_change_confirm_status banned_until ' +
    'reauthentication_token reauthentication_sent_at is_sso_user deleted_at is_anonymous';
  const rows = await db.sql<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = 'auth' and table_name = 'users' order by ordinal_position`,
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    named.split(' '),
  );
});

test('every table of the platform has row level security, and nobody but the service reads accounts', async () => {
  const bare = await db.sql(
    `select oid::regclass::text as name from pg_class
     where relnamespace in ('auth'::regnamespace, 'storage'::regnamespace, 'realtime'::regnamespace)
       and relkind in ('r', 'p') and not relrowsecurity`,
  );
  assert.deepEqual(bare, []);
  const tables = await db.sql<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'`,
  );
  assert.ok(tables.length >= 20);
  for (const { name } of tables)
    for (const role of ['anon', 'authenticated', 'service_role'])
      await assert.rejects(
        db.database.as({ role, claims: { role } }, (session) => session.query(`select from ${name}`)),
        { code: '42501' },
        `${role} reads ${name}`,
      );
});

test('a person who confirmed an address is confirmed, and an address belongs to one account', async () => {
  assert.deepEqual(await db.sql('select email, confirmed_at is not null as confirmed from auth.users order by email'), [
    { email: 'ada@example.com', confirmed: true },
    { email: 'bob@example.com', confirmed: false },
  ]);
  await assert.rejects(db.sql(`insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.com')`), {
    code: '23505',
  });
});

test('functions that policies call know folders, names and endings', async () => {
  const rows = await db.sql(
    `select n, storage.foldername(n) as folder, storage.filename(n) as file, storage.extension(n) as ending
     from unnest(array['a/b/c.tar.png', 'c', '', 'a/']) as n`,
  );
  assert.deepEqual(rows, [
    { n: 'a/b/c.tar.png', folder: ['a', 'b'], file: 'c.tar.png', ending: 'png' },
    { n: 'c', folder: [], file: 'c', ending: 'c' },
    { n: '', folder: [], file: null, ending: null },
    { n: 'a/', folder: ['a'], file: '', ending: '' },
  ]);
});

test('objects are closed until a policy opens them, and then only so far', async () => {
  const insert = (name: string) => (session: { execute(text: string): Promise<number> }) =>
    session.execute(`insert into storage.objects (bucket_id, name) values ('files', '${name}')`);
  await assert.rejects(db.database.asUser(asAda, insert(`${ADA}/a.txt`)), { code: '42501' });
  await db.sql(`create policy own on storage.objects for all to authenticated
    using (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text)`);
  assert.equal(await db.database.asUser(asAda, insert(`${ADA}/a.txt`)), 1);
  await assert.rejects(db.database.asUser(asAda, insert(`${BOB}/a.txt`)), { code: '42501' });
});

test('search shows the folders and objects of one level, as the caller sees them', async () => {
  await db.sql(`insert into storage.objects (bucket_id, name) values
    ('files', 'top/one.txt'), ('files', 'top/deep/two.txt'), ('files', 'top/deep/three.txt'), ('files', 'top/1%_x')`);
  const list = `select name, id is null as folder from storage.search('top/', 'files', 100, 2)`;
  assert.deepEqual(await db.sql(list), [
    { name: 'deep', folder: true },
    { name: '1%_x', folder: false },
    { name: 'one.txt', folder: false },
  ]);
  assert.deepEqual(await db.database.asUser(asAda, (session) => session.query(list)), []);
  const found = await db.sql(`select name from storage.search('top/', 'files', 100, 2, 0, '1%_')`);
  assert.deepEqual(found, [{ name: '1%_x' }]);
});

test('what SQL broadcasts lands in today’s partition, and a policy on the topic decides who reads it', async () => {
  await db.sql(`select realtime.send('{"x": 1}', 'ping', 'room:1', true)`);
  assert.deepEqual(
    await db.sql(
      `select topic, event, private, extension, payload ->> 'id' = id::text as named, tableoid::regclass::text like '%messages_2%' as today
       from realtime.messages`,
    ),
    [{ topic: 'room:1', event: 'ping', private: true, extension: 'broadcast', named: true, today: true }],
  );
  await db.sql(
    `create policy room on realtime.messages for select to authenticated using (realtime.topic() = 'room:1')`,
  );
  const seenOn = (topic: string) =>
    db.database.asUser(asAda, (session) => session.query('select from realtime.messages'), {
      settings: { 'realtime.topic': topic },
    });
  assert.equal((await seenOn('room:1')).length, 1);
  assert.equal((await seenOn('room:2')).length, 0);
});

test('a trigger tells a topic what happened to a row, old and new', async () => {
  await db.sql(`create table things (id int primary key, name text)`);
  await db.sql(`create function tell() returns trigger language plpgsql as $$ begin
    perform realtime.broadcast_changes('things', tg_op, tg_op, tg_table_name, tg_table_schema, new, old); return null; end $$`);
  await db.sql('create trigger tell after insert or update on things for each row execute function tell()');
  await db.sql(`insert into things values (1, 'a')`);
  await db.sql(`update things set name = 'b'`);
  const rows = await db.sql<{ payload: Record<string, unknown> }>(
    `select payload - 'id' as payload from realtime.messages where topic = 'things' order by inserted_at`,
  );
  const row = { table: 'things', schema: 'public' };
  assert.deepEqual(
    rows.map(({ payload }) => payload),
    [
      { ...row, operation: 'INSERT', record: { id: 1, name: 'a' }, old_record: null },
      { ...row, operation: 'UPDATE', record: { id: 1, name: 'b' }, old_record: { id: 1, name: 'a' } },
    ],
  );
});

test('tables in public are open to the three roles without a grant, and a migration finds every role it may name', async () => {
  await db.sql('create table granted (id int)');
  for (const role of ['anon', 'authenticated', 'service_role'])
    assert.deepEqual(
      await db.database.as({ role, claims: { role } }, (session) => session.query('select * from granted')),
      [],
    );
  const roles =
    'postgres, supabase_admin, supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, dashboard_user';
  await db.sql(`grant select on granted to ${roles}`);
});

test('the publication, the GraphQL endpoint and the functions of extensions are there', async () => {
  await db.sql('alter publication supabase_realtime add table auth.users');
  await db.sql('alter publication supabase_realtime drop table auth.users');
  const [row] = await db.sql(
    `select extensions.uuid_generate_v4() is not null as uuid, graphql_public.graphql(query => '{ a }') ? 'errors' as graphql,
            extensions.crypt('a', extensions.gen_salt('bf')) like '$2a$%' as hash`,
  );
  assert.deepEqual(row, { uuid: true, graphql: true, hash: true });
});
