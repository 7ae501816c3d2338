import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { newInstallation, type Ready } from './freehold.ts';

const NOTES = fileURLToPath(new URL('notes/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'freehold-notes-'));
cpSync(NOTES, folder, { recursive: true });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
addSigningKey(privateKey);
const installation = newInstallation();
after(() => {
  installation.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** As `supabase gen signing-key` leaves it. */
function addSigningKey(key: KeyObject): void {
  const jwk = { ...key.export({ format: 'jwk' }), kid: 'first', alg: 'ES256', use: 'sig', key_ops: ['sign', 'verify'] };
  writeFileSync(join(folder, 'supabase', 'signing_keys.json'), JSON.stringify([jwk]));
  const config = join(folder, 'supabase', 'config.toml');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('[auth]\n', '[auth]\nsigning_keys_path = "./signing_keys.json"\n'));
}

const withSession = { auth: { persistSession: false, autoRefreshToken: false } };
const client = ({ url }: Ready, key: string) => createClient(url, key, withSession);

test('a folder starts as it is: what it relied on is there, and its rows are seen as its policies say', async () => {
  await installation.started([folder], async (ready) => {
    const anyone = await client(ready, ready.anonKey).from('notes').select('title, slug, profiles(display_name)');
    assert.deepEqual(anyone.data, [
      { title: 'On the engine', slug: 'on-the-engine', profiles: { display_name: 'Ada' } },
    ]);
    for (const key of [ready.serviceRoleKey, ready.secretKey]) {
      const service = await client(ready, key).from('notes').select('title').order('title');
      assert.deepEqual(service.data, [{ title: 'Not yet' }, { title: 'On the engine' }]);
    }
    const published = await client(ready, ready.publishableKey).rpc('note_count');
    assert.equal(published.data, 1);
    const totals = await client(ready, ready.secretKey).from('notes').select('count()');
    assert.deepEqual(totals.data, [{ count: 2 }], 'the setting of authenticator in the migration counts');
    assert.ok(ready.warnings.some((text) => text.includes('pg_graphql is not on this server')));
    assert.ok(ready.warnings.some((text) => text.includes('NOTES_SITE_URL is not set')));
    assert.ok(ready.warnings.some((text) => text.includes('migrations/README.sql is passed over')));
    await holdsTheGatewayTo(ready);
    await letsAdaSeeHerDrafts(ready);
  });
});

/** Signed with the project's own key or with its secret, a token is the person it names; signed with another key it is nobody. */
async function letsAdaSeeHerDrafts(ready: Ready): Promise<void> {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const secret = new TextEncoder().encode(DEVELOPMENT_JWT_SECRET);
  const signed = (alg: string, key: KeyObject | Uint8Array) =>
    new SignJWT({ sub: '11111111-1111-4111-8111-111111111111', role: 'authenticated' })
      .setProtectedHeader({ alg, ...(alg === 'ES256' && { kid: 'first' }) })
      .setExpirationTime('5m')
      .sign(key);
  const seen = async (token: string) => {
    const headers = { apikey: ready.publishableKey, authorization: `Bearer ${token}` };
    const answer = await fetch(`${ready.url}/rest/v1/notes?select=title&order=title`, { headers });
    return [answer.status, (await answer.json()).length];
  };
  assert.deepEqual(await seen(await signed('ES256', privateKey)), [200, 2]);
  assert.deepEqual(await seen(await signed('HS256', secret)), [200, 2]);
  assert.deepEqual(await seen(await signed('ES256', stranger)), [401, undefined]);
}

/** What stands before every service. */
async function holdsTheGatewayTo({ url, anonKey }: Ready): Promise<void> {
  const bare = await fetch(`${url}/rest/v1/notes?select=title`);
  assert.equal(bare.status, 200, 'without a key one is anon in development');
  const wrong = await fetch(`${url}/rest/v1/notes`, { headers: { apikey: 'sb_secret_guess' } });
  assert.deepEqual([wrong.status, (await wrong.json()).message], [401, 'Invalid API key']);
  const parameter = await fetch(`${url}/graphql/v1?apikey=${anonKey}`);
  assert.deepEqual([parameter.status, (await parameter.json()).code], [501, 'not_implemented']);
  const preflight = await fetch(`${url}/rest/v1/notes`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'apikey,x-anything',
    },
  });
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'apikey,x-anything');
  const forged = `${anonKey.slice(0, -2)}xx`;
  const bearer = await fetch(`${url}/rest/v1/notes`, { headers: { authorization: `Bearer ${forged}` } });
  assert.equal(bearer.status, 401);
}

test('a second start changes nothing, a new migration runs, and --reset begins anew', async () => {
  const titles = async (ready: Ready) => {
    const { data } = await client(ready, ready.secretKey).from('notes').select('title').order('title');
    return data!.map(({ title }) => title);
  };
  const author = '11111111-1111-4111-8111-111111111111';
  await installation.started([folder], async (ready) => {
    assert.deepEqual(await titles(ready), ['Not yet', 'On the engine'], 'the seed did not run again');
    const { error } = await client(ready, ready.secretKey).from('notes').insert({ title: 'Mine', author });
    assert.equal(error, null);
  });
  const next = join(folder, 'supabase', 'migrations', '20240103000000_more.sql');
  writeFileSync(next, `insert into notes (author, title) values ('${author}', 'Of the migration');`);
  await installation.started([join(folder, 'supabase')], async (ready) => {
    assert.deepEqual(await titles(ready), ['Mine', 'Not yet', 'Of the migration', 'On the engine']);
  });
  rmSync(next);
  const lost = await installation.run(['start', folder, '--port', '0']);
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /files are missing: 20240103000000[\s\S]*--reset/);
  await installation.started([folder, '--reset'], async (ready) => {
    assert.deepEqual(await titles(ready), ['Not yet', 'On the engine']);
  });
});

test('in production the published secret is refused, keys are the installation’s own, and a request needs one', async () => {
  const refused = await installation.run(['start', folder, '--port', '0'], { NODE_ENV: 'production' });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /JWT_SECRET is not set/);
  const variables = { NODE_ENV: 'production', JWT_SECRET: 'of this installation alone, 32 characters' };
  const work = async (ready: Ready) => {
    const bare = await fetch(`${ready.url}/rest/v1/notes`);
    assert.deepEqual([bare.status, (await bare.json()).message], [401, 'No API key found in request']);
    const { data } = await client(ready, ready.publishableKey).from('notes').select('title');
    assert.deepEqual(data, [{ title: 'On the engine' }]);
    const demo = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz';
    assert.equal((await fetch(`${ready.url}/rest/v1/notes`, { headers: { apikey: demo } })).status, 401);
  };
  await installation.started([folder], work, variables);
});

test('migrate --check reads a folder without a database and exits with 1 when a start would fail', async () => {
  const good = await installation.run(['migrate', '--check', folder, '--json']);
  const report = JSON.parse(good.stdout);
  assert.deepEqual([good.code, report.migrations, report.faults], [0, 2, []]);
  assert.deepEqual(report.extensions, ['uuid-ossp', 'pg_graphql']);
  const bad = join(folder, 'supabase', 'migrations', '20240104000000_bad.sql');
  writeFileSync(bad, `select 1;\ncreate extension vector;\ncreate table docs (e vector(3));`);
  const failing = await installation.run(['migrate', '--check', folder]);
  rmSync(bad);
  assert.equal(failing.code, 1);
  assert.match(failing.stdout, /20240104000000_bad\.sql line 3: "vector\(3\)" needs the extension vector/);
});
