import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { context, propagation, type TextMapPropagator } from '@opentelemetry/api';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import '@supabase/supabase-js/tracing';
import { startSuite } from '../suite.ts';

const ready = await startSuite('supabase-js');
const open = new Set<SupabaseClient>();
const client = (key = ready.anonKey, options: Parameters<typeof createClient>[2] = {}): SupabaseClient => {
  const made = createClient(ready.url, key, {
    realtime: { heartbeatIntervalMs: 500 },
    auth: { persistSession: false, autoRefreshToken: false },
    ...options,
  }) as SupabaseClient;
  open.add(made);
  return made;
};
after(async () => {
  for (const each of open) {
    await each.realtime.disconnect();
  }
});
let serial = 0;
const newAddress = () => `test-${Date.now()}-${++serial}@example.com`;
const password = 'password123';

async function signedUp(through = client()) {
  const email = newAddress();
  const { data, error } = await through.auth.signUp({ email, password });
  assert.equal(error, null);
  return { client: through, email, user: data.user!, session: data.session! };
}

describe('the data API', () => {
  const supabase = client();

  test('reads', async () => {
    const { data, error } = await supabase.from('todos').select('*').limit(5);
    assert.equal(error, null);
    assert.equal(data!.length, 5);
    assert.deepEqual(Object.keys(data![0]!), ['id', 'task', 'is_complete', 'inserted_at', 'user_id']);
  });

  test('writes, and deletes what it wrote', async () => {
    const made = await supabase
      .from('todos')
      .insert({ task: 'Integration Test Todo', is_complete: false })
      .select()
      .single();
    assert.deepEqual([made.error, made.status, made.statusText], [null, 201, 'Created']);
    assert.deepEqual([made.data.task, made.data.is_complete], ['Integration Test Todo', false]);
    const gone = await supabase.from('todos').delete().eq('id', made.data.id);
    assert.deepEqual([gone.error, gone.status, gone.data], [null, 204, null]);
    const fetched = await supabase.from('todos').select('*').eq('id', made.data.id).single();
    assert.equal(fetched.data, null);
    assert.deepEqual([fetched.error!.code, fetched.status], ['PGRST116', 406]);
    const maybe = await supabase.from('todos').select('*').eq('id', made.data.id).maybeSingle();
    assert.deepEqual([maybe.data, maybe.error], [null, null]);
  });

  test('lets people touch what is theirs and nothing else', async () => {
    const ann = await signedUp();
    const ben = await signedUp();
    const own = await ann.client.from('todos').insert({ task: 'of ann', user_id: ann.user.id }).select().single();
    assert.equal(own.error, null);
    const forged = await ann.client.from('todos').insert({ task: 'of ben', user_id: ben.user.id }).select().single();
    assert.deepEqual(
      [forged.status, forged.error!.code, forged.error!.message],
      [403, '42501', 'new row violates row-level security policy for table "todos"'],
    );
    const change = (who: typeof ann) =>
      who.client.from('todos').update({ is_complete: true }).eq('id', own.data.id).select();
    assert.deepEqual((await change(ben)).data, []);
    assert.equal((await change(ann)).data!.length, 1);
    await ann.client.from('todos').delete().eq('id', own.data.id);
    const nobody = await supabase.from('posts').insert({ title: 'x', author: ann.user.id });
    assert.deepEqual([nobody.status, nobody.error!.code], [401, '42501']);
  });

  test('follows relationships', async () => {
    const { client: ann, user, email } = await signedUp();
    const { data: post, error } = await ann
      .from('posts')
      .insert({ title: 'First', author: user.id, tags: ['a', 'b'] })
      .select('id, title, tags, author:user_profiles(username)')
      .single();
    assert.equal(error, null);
    const name = email.split('@')[0];
    assert.deepEqual(post, { id: post!.id, title: 'First', tags: ['a', 'b'], author: { username: name } });
    const service = client(ready.serviceRoleKey);
    await service.from('post_categories').insert([
      { post_id: post!.id, category_id: 1 },
      { post_id: post!.id, category_id: 2 },
    ]);
    const found = await supabase
      .from('posts')
      .select('title, categories!inner(name), user_profiles!inner(username)')
      .eq('user_profiles.username', name!)
      .eq('categories.name', 'code')
      .single();
    assert.deepEqual(found.data, {
      title: 'First',
      categories: [{ name: 'code' }],
      user_profiles: { username: name },
    });
    const back = await supabase.from('user_profiles').select('posts(title)').eq('id', user.id).single();
    assert.deepEqual(back.data, { posts: [{ title: 'First' }] });
    const none = await supabase.from('todos').select('*, posts(*)');
    assert.deepEqual([none.status, none.error!.code], [400, 'PGRST200']);
  });

  test('counts, calls functions, changes schemas', async () => {
    const counted = await supabase.from('todos').select('*', { count: 'exact', head: true });
    assert.deepEqual([counted.data, counted.error, counted.count! >= 5], [null, null, true]);
    const { client: ann, user, email } = await signedUp();
    const me = await ann.rpc('whoami');
    assert.deepEqual(me.data, { uid: user.id, role: 'authenticated', email, current: 'authenticated' });
    const nobody = await supabase.rpc('whoami');
    assert.deepEqual(nobody.data, { uid: null, role: 'anon', email: null, current: 'anon' });
    assert.deepEqual((await supabase.schema('other').from('things').select('name')).data, [
      { name: 'in another schema' },
    ]);
    const hidden = await supabase.schema('auth').from('users').select();
    assert.deepEqual([hidden.status, hidden.error!.code], [406, 'PGRST106']);
    const missing = await supabase.rpc('no_such_function');
    assert.deepEqual([missing.status, missing.error!.code], [404, 'PGRST202']);
  });

  test('is given up after the time that the client sets', async () => {
    const hasty = client(ready.anonKey, { db: { timeout: 150 } });
    const { error } = await hasty.rpc('slow', { seconds: 3 });
    assert.match(error!.message, /abort|timed? ?out/i);
  });

  test('tells SQL where a request belongs', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const w3c: TextMapPropagator = {
      inject: (_, carrier, setter) => {
        setter.set(carrier, 'traceparent', traceparent);
        setter.set(carrier, 'tracestate', 'vendor=value');
        setter.set(carrier, 'baggage', 'tenant=42');
      },
      extract: (current) => current,
      fields: () => ['traceparent', 'tracestate', 'baggage'],
    };
    propagation.setGlobalPropagator(w3c);
    const traced = client(ready.anonKey, { tracePropagation: { enabled: true } });
    const header = async (name: string) => (await traced.rpc('get_request_header', { name })).data;
    await context.with(context.active(), async () => {
      assert.equal(await header('traceparent'), traceparent);
      assert.equal(await header('tracestate'), 'vendor=value');
      assert.equal(await header('baggage'), 'tenant=42');
      const { data } = await traced.functions.invoke('echo', { body: { a: 1 } });
      assert.equal(data.traceparent, traceparent);
    });
    propagation.disable();
    assert.match((await supabase.rpc('get_request_header', { name: 'x-client-info' })).data, /^supabase-js/);
    assert.equal((await supabase.rpc('get_request_header', { name: 'traceparent' })).data, null);
  });

  test('takes the keys of the new kind', async () => {
    const publishable = await client(ready.publishableKey).rpc('whoami');
    assert.equal(publishable.data.current, 'anon');
    const secret = await client(ready.secretKey).rpc('whoami');
    assert.equal(secret.data.current, 'service_role');
    const ann = await signedUp(client(ready.publishableKey));
    assert.equal((await ann.client.rpc('whoami')).data.current, 'authenticated');
  });
});

describe('accounts', () => {
  const supabase = client();

  test('are made, and have a session at once', async () => {
    const email = newAddress();
    const { data, error } = await supabase.auth.signUp({
      email,
      password,
      options: { data: { username: `of ${email}` } },
    });
    assert.equal(error, null);
    assert.equal(data.user!.email, email);
    assert.ok(data.session);
    const profile = await supabase.from('user_profiles').select('username').eq('id', data.user!.id).single();
    assert.equal(profile.data!.username, `of ${email}`, 'the trigger on auth.users has run');
  });

  test('are signed in to and out of', async () => {
    const { email, client: first } = await signedUp();
    await first.auth.signOut();
    const { data, error } = await supabase.auth.signInWithPassword({ email, password });
    assert.equal(error, null);
    assert.equal(data.user!.email, email);
    assert.equal(data.session!.user.email, email);
    const { error: out } = await supabase.auth.signOut();
    assert.equal(out, null);
    assert.equal((await supabase.auth.getSession()).data.session, null);
  });

  test('are asked for', async () => {
    const { client: ann, email } = await signedUp();
    const { data, error } = await ann.auth.getUser();
    assert.equal(error, null);
    assert.equal(data.user!.email, email);
    const nobody = await client().auth.getUser();
    assert.equal(nobody.error!.name, 'AuthSessionMissingError');
  });

  test('are not opened with a wrong password', async () => {
    const { data, error } = await supabase.auth.signInWithPassword({ email: 'invalid@example.com', password: 'wrong' });
    assert.deepEqual(data, { user: null, session: null });
    assert.deepEqual(
      [error!.message, error!.status, error!.code],
      ['Invalid login credentials', 400, 'invalid_credentials'],
    );
  });

  test('are not made with a password that is too short, nor twice', async () => {
    const { error } = await client().auth.signUp({ email: newAddress(), password: '123' });
    assert.deepEqual([error!.status, error!.code], [422, 'weak_password']);
    const { email } = await signedUp();
    const twice = await client().auth.signUp({ email, password });
    assert.deepEqual([twice.error!.status, twice.error!.code], [422, 'user_already_exists']);
  });

  test('are managed by the service', async () => {
    const admin = client(ready.serviceRoleKey).auth.admin;
    const email = newAddress();
    const { data, error } = await admin.createUser({
      email,
      password,
      email_confirm: true,
      app_metadata: { plan: 'x' },
    });
    assert.equal(error, null);
    assert.equal((await admin.getUserById(data.user!.id)).data.user!.app_metadata['plan'], 'x');
    assert.ok((await admin.listUsers()).data.users.some((user) => user.email === email));
    assert.equal((await admin.deleteUser(data.user!.id)).error, null);
    const refused = await client().auth.admin.listUsers();
    assert.ok([401, 403].includes(refused.error!.status!));
  });
});

describe('storage', () => {
  const bucket = 'test-bucket';
  const content = new Blob(['Hello, Supabase Storage!'], { type: 'text/plain' });
  let supabase: SupabaseClient;
  before(() => {
    supabase = client();
  });

  for (const [who, key] of [
    ['anybody, as the policies have it', ready.anonKey],
    ['the service', ready.serviceRoleKey],
  ] as const)
    test(`takes a file from ${who}, lists it, gives it and removes it`, async () => {
      const files = client(key).storage.from(bucket);
      const path = `test-file-${++serial}.txt`;
      const uploaded = await files.upload(path, content, { upsert: true });
      assert.equal(uploaded.error, null);
      assert.equal(uploaded.data!.path, path);
      const listed = await files.list();
      assert.equal(listed.error, null);
      assert.ok(listed.data!.some(({ name }) => name === path));
      assert.equal(await (await files.download(path)).data!.text(), 'Hello, Supabase Storage!');
      const { data: address } = await files.createSignedUrl(path, 60);
      assert.equal(await (await fetch(address!.signedUrl)).text(), 'Hello, Supabase Storage!');
      const { data: many } = await files.createSignedUrls([path], 60);
      assert.equal((await fetch(many![0]!.signedUrl!)).status, 200);
      const removed = await files.remove([path]);
      assert.equal(removed.error, null);
      assert.equal(removed.data!.length, 1);
    });

  test('refuses who no policy lets', async () => {
    const { client: ann } = await signedUp();
    const { error } = await ann.storage.from(bucket).upload('no.txt', content);
    assert.equal(error!.message, 'new row violates row-level security policy');
    assert.deepEqual((await ann.storage.from(bucket).list()).data, []);
    assert.deepEqual((await supabase.storage.from('no-such').list()).data, []);
  });
});

describe('functions', () => {
  test('are called with the key, and with the session of who is signed in', async () => {
    const { data, error } = await client().functions.invoke('echo', { body: { hello: 'world' } });
    assert.equal(error, null);
    assert.deepEqual(data, { method: 'POST', body: { hello: 'world' }, traceparent: null, authorization: true });
    const { client: ann } = await signedUp();
    assert.equal((await ann.functions.invoke('echo', { method: 'GET' })).data.method, 'GET');
  });
});
