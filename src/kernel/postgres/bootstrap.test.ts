import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { clusterTarget, type TestDatabase, testDatabase } from '../../../test/database.ts';
import { authenticatorTarget, bootstrap, scramVerifier } from './bootstrap.ts';
import { connectOwner, withOwner } from './owner.ts';

let db: TestDatabase;
before(async () => {
  db = await testDatabase();
});
after(() => db.close());

test('the roles are what Supabase has: none may log in but authenticator, which inherits nothing', async () => {
  const rows = await db.sql(
    `select rolname, rolcanlogin, rolinherit, rolbypassrls, rolsuper from pg_roles
     where rolname in ('anon', 'authenticated', 'service_role', 'authenticator') order by 1`,
  );
  const plain = { rolcanlogin: false, rolinherit: false, rolbypassrls: false, rolsuper: false };
  assert.deepEqual(rows, [
    { ...plain, rolname: 'anon' },
    { ...plain, rolname: 'authenticated' },
    { ...plain, rolname: 'authenticator', rolcanlogin: true },
    { ...plain, rolname: 'service_role', rolbypassrls: true },
  ]);
});

test('auth.* read the claims of the session, one setting per claim as well, and are null outside', async () => {
  const ask = (settings: Record<string, string>) =>
    withOwner(db.owner, async (client) => {
      await client.query('begin');
      for (const [name, value] of Object.entries(settings))
        await client.query('select set_config($1, $2, true)', [name, value]);
      return (await client.query('select auth.uid(), auth.role(), auth.email(), auth.jwt()')).rows[0];
    });
  const sub = randomUUID();
  const claims = { sub, role: 'authenticated', email: 'ann@example.org', extra: 1 };
  assert.deepEqual(await ask({ 'request.jwt.claims': JSON.stringify(claims) }), {
    uid: sub,
    role: 'authenticated',
    email: 'ann@example.org',
    jwt: claims,
  });
  const single = { 'request.jwt.claim.sub': sub, 'request.jwt.claim.role': 'anon', 'request.jwt.claim.email': 'b@c.d' };
  assert.deepEqual(await ask(single), { uid: sub, role: 'anon', email: 'b@c.d', jwt: null });
  const nobody = { uid: null, role: null, email: null, jwt: null };
  assert.deepEqual(await ask({}), nobody);
  assert.deepEqual(await ask({ 'request.jwt.claims': '' }), nobody);
});

test('what the owner creates in public is open to the three roles, and freehold to nobody', async () => {
  await db.sql('create table grant_probe (id serial primary key)');
  const rows = await db.sql(
    `select role, has_table_privilege(role, 'grant_probe', 'select, insert, update, delete') as "table",
            has_sequence_privilege(role, 'grant_probe_id_seq', 'usage') as sequence,
            has_table_privilege(role, 'freehold.job_access', 'select') as access,
            has_function_privilege(role, 'freehold.add_job(text, json, timestamptz, int, text)', 'execute') as enqueue
     from unnest(array['anon', 'authenticated', 'service_role']) as role`,
  );
  assert.deepEqual(rows, [
    { role: 'anon', table: true, sequence: true, access: false, enqueue: false },
    { role: 'authenticated', table: true, sequence: true, access: false, enqueue: true },
    { role: 'service_role', table: true, sequence: true, access: false, enqueue: true },
  ]);
});

test('sessions find functions of extensions without naming their schema', async () => {
  const found = await db.database.asAnon((session) => session.query('select length(gen_random_bytes(4)) as n'));
  assert.deepEqual(found, [{ n: 4 }]);
});

test('it may run again, from several processes, and the password of the last run holds', async () => {
  const password = 'run-again';
  await Promise.all(
    [1, 2, 3].map(async () => {
      const other = await testDatabase();
      await bootstrap({ owner: other.owner, authenticatorPassword: 'authenticator-of-tests' });
      await other.close();
    }),
  );
  assert.match(
    scramVerifier(password, Buffer.from('0123456789abcdef'), 4096),
    /^SCRAM-SHA-256\$4096:MDEyMzQ1Njc4OWFiY2RlZg==\$.{44}:.{44}$/,
  );
  const client = await connectOwner(db.target);
  assert.equal((await client.query('select current_user')).rows[0].current_user, 'authenticator');
  await client.end();
});

test('the owner of an external database who is no superuser can run it, and hears what he lacks', async () => {
  const cluster = await clusterTarget();
  const name = `owner_${randomUUID().slice(0, 8)}`;
  await db.sql(`create role ${name} login createrole bypassrls password 'p'`);
  await db.sql(
    `grant anon, authenticated, service_role, authenticator, freehold_services to ${name} with admin option`,
  );
  await db.sql(`create database ${name} owner ${name} template template0`);
  const owner = { ...cluster, user: name, password: 'p', database: name };
  try {
    await bootstrap({ owner, authenticatorPassword: 'authenticator-of-tests' });
    await bootstrap({ owner, authenticatorPassword: 'authenticator-of-tests' });
    await withOwner(authenticatorTarget(owner, 'authenticator-of-tests'), async (client) => {
      await client.query('set role authenticated');
      assert.equal((await client.query('select auth.uid() as uid')).rows[0].uid, null);
    });
    await db.sql(`alter role ${name} nocreaterole`);
    await assert.rejects(bootstrap({ owner, authenticatorPassword: 'x' }), /may not prepare the database/);
  } finally {
    await db.sql(`drop database ${name} with (force)`);
    await db.sql(`drop owned by ${name}`);
    await db.sql(`drop role ${name}`);
  }
});
