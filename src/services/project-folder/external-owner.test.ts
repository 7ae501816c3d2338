import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLog } from '#kernel/log.ts';
import { bootstrap } from '#kernel/postgres/bootstrap.ts';
import { migrate } from '#kernel/postgres/migrate.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { startTestCluster } from '../../../test/cluster.ts';
import { applyProject, PLATFORM_SCHEMAS } from './api.ts';
import { readProjectFolder } from './read-folder.ts';
import { writtenFolder } from './testing.ts';

// A server of its own: the others' roles would belong to a superuser.
const cluster = await startTestCluster();
after(() => cluster.stop());
const database = 'the "new" app';
await withOwner(cluster.target, async (client) => {
  await client.query(`create role app login createrole bypassrls password 'of-the-owner'`);
  await client.query(`create database "the ""new"" app" owner app`);
});

test('on a server where nobody is superuser, the owner of the database makes the platform and runs the project', async () => {
  const owner = { ...cluster.target, database, user: 'app', password: 'of-the-owner' };
  const log = createLog('error');
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': `
      create table profiles (id uuid primary key references auth.users on delete cascade, name text);
      create function handle_new_user() returns trigger language plpgsql security definer set search_path = '' as
        $$ begin insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'name'); return new; end $$;
      create trigger on_new_user after insert on auth.users for each row execute function handle_new_user();
      create policy own on storage.objects for select using (owner_id = auth.uid()::text);
      alter publication supabase_realtime add table profiles;
      alter database postgres set timezone to 'UTC';`,
    'seed.sql': `insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'a@b.c', '{"name": "Ada"}');`,
  });
  await bootstrap({ owner, authenticatorPassword: 'authenticator-of-tests' });
  await migrate({ owner, migrations: [PLATFORM_SCHEMAS], log });
  const { migrations, seeds } = readProjectFolder(folder.path, { lookup: () => undefined });
  const applied = await applyProject({ owner, migrations, seeds, note: () => undefined });
  assert.deepEqual(applied, { migrations: ['migrations/1_a.sql'], seeds: ['seed.sql'] });
  const { rows } = await withOwner(owner, (client) => client.query('select name from profiles'));
  assert.deepEqual(rows, [{ name: 'Ada' }]);
});
