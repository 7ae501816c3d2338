import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TestDatabase } from '../database.ts';
import { fixtureDatabase, fixtureSettings, JWT_SECRET, uriOf } from './fixture.ts';
import { type RunningServer, runCommand, startServer } from './server.ts';

let db: TestDatabase;
let folder: string;
before(async () => {
  db = await fixtureDatabase();
  folder = mkdtempSync(join(tmpdir(), 'freehold-config-'));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await db.close();
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const code = async (server: RunningServer, path: string) =>
  ((await server.get(path)).json as { code?: string }).code ?? 'served';

test('a file alone configures the server, with a secret in a file of its own and a variable in a string', async () => {
  const path = file(
    'server.conf',
    `db-uri = "${uriOf(db.target)}"
     db-schemas = "sky"           # the observatory's
     db-extra-search-path = "ext"
     db-anon-role = "$(ANON)"
     jwt-secret = "@${file('secret', `${JWT_SECRET}\n`)}"
     app.settings.place = "here"`,
  );
  await using server = await startServer({ ANON: 'anon' }, path);
  assert.equal((await server.get('/observatories')).status, 200);
  assert.equal((await server.get('/rpc/setting?name=app.settings.place')).json, 'here');
});

test('settings of the login role in this database win, and follow reload config', { timeout: 60_000 }, async () => {
  const set = (name: string, value: string) =>
    db.sql(`alter role authenticator in database ${db.target.database} set pgrst.${name} = '${value}'`);
  await set('db_schemas', 'sky');
  await set('db_max_rows', '2');
  await using server = await startServer({ ...fixtureSettings(db.target), PGRST_DB_SCHEMAS: 'Ωmega' });
  const rows = async () => ((await server.get('/observatories')).json as unknown[]).length;
  assert.equal(await rows(), 2);
  await set('db_max_rows', '1');
  await db.sql(`notify pgrst, 'reload config'`);
  while ((await rows()) !== 1);
  await set('db_max_rows', '3');
  server.process.kill('SIGUSR2');
  while ((await rows()) !== 3);
  await set('openapi_mode', 'nonsense');
  server.process.kill('SIGUSR2');
  await server.logged(/failed re-loading config/);
  assert.equal(await rows(), 3);
  await db.sql(`alter role authenticator in database ${db.target.database} reset all`);
});

test('settings in the database are left alone when db-config is off', async () => {
  await db.sql(`alter role authenticator in database ${db.target.database} set pgrst.db_schemas = 'nowhere'`);
  await using server = await startServer({ ...fixtureSettings(db.target), PGRST_DB_CONFIG: 'false' });
  assert.equal(await code(server, '/observatories'), 'served');
  await db.sql(`alter role authenticator in database ${db.target.database} reset all`);
});

test('the pre-config function decides', async () => {
  await db.sql(`create function sky.settings() returns void language sql as
    $$ select set_config('pgrst.db_schemas', 'sky', true) $$; grant usage on schema sky to authenticator`);
  const settings = { ...fixtureSettings(db.target), PGRST_DB_SCHEMAS: 'Ωmega', PGRST_DB_PRE_CONFIG: 'sky.settings' };
  await using server = await startServer(settings);
  assert.equal(await code(server, '/observatories'), 'served');
});

test('tx-end rollback keeps nothing, unless it may be overridden', async () => {
  await using server = await startServer({ ...fixtureSettings(db.target), PGRST_DB_TX_END: 'rollback-allow-override' });
  const insert = (id: number, Prefer = '') =>
    server.request('POST', '/transfers', { body: { id }, headers: { Prefer } });
  const kept = async (id: number) => ((await server.get(`/transfers?id=eq.${id}`)).json as unknown[]).length;
  assert.equal((await insert(80)).status, 201);
  assert.equal(await kept(80), 0);
  assert.equal((await insert(81, 'tx=commit')).status, 201);
  assert.equal(await kept(81), 1);
});

test('aggregates, plans and OpenAPI are off where they are switched off, and a root function answers the root', async () => {
  const base = { ...fixtureSettings(db.target), PGRST_DB_AGGREGATES_ENABLED: 'false' };
  await using off = await startServer({ ...base, PGRST_OPENAPI_MODE: 'disabled' });
  assert.equal(await code(off, '/exposures?select=count()'), 'PGRST123');
  assert.equal((await off.get('/')).status, 404);
  assert.equal((await off.get('/observatories', { Accept: 'application/vnd.pgrst.plan+json' })).status, 406);
  await db.sql(`create function sky.root() returns json language sql stable as $$ select '{"own":1}'::json $$`);
  await using root = await startServer({ ...base, PGRST_DB_ROOT_SPEC: 'root' });
  assert.deepEqual((await root.get('/')).json, { own: 1 });
});

test('the admin server shows liveness, settings, schema and connections', async () => {
  await using server = await startServer(fixtureSettings(db.target));
  const page = async (path: string) => (await fetch(server.adminUrl + path)).text();
  while ((await fetch(`${server.adminUrl}/ready`)).status !== 200);
  assert.match(await page('/config'), /^db-anon-role = "anon"$/m);
  assert.ok(Object.keys(JSON.parse(await page('/schema_cache')).tables).includes('sky.observatories'));
  assert.match(await page('/metrics'), /^pgrst_db_pool_max 10$/m);
  assert.equal((await fetch(`${server.adminUrl}/nothing`)).status, 404);
  const { port } = new URL(server.adminUrl);
  const ready = await runCommand({ PGRST_ADMIN_SERVER_HOST: '127.0.0.1', PGRST_ADMIN_SERVER_PORT: port }, ['--ready']);
  assert.deepEqual([ready.code, ready.stdout], [0, `OK: http://127.0.0.1:${port}/ready\n`]);
});

test('--ready says what is missing', async () => {
  const { code: exit, stderr } = await runCommand({}, ['--ready']);
  assert.equal(exit, 1);
  assert.match(stderr, /Admin server is not running/);
});

test('--dump-config prints what is in effect, and can be read again', async () => {
  const first = await runCommand({ ...fixtureSettings(db.target), PGRST_SERVER_PORT: '3456' }, ['--dump-config']);
  assert.equal(first.code, 0);
  assert.match(first.stdout, /^server-port = 3456$/m);
  const again = await runCommand({}, ['--dump-config', file('dump.conf', first.stdout)]);
  assert.equal(again.stdout, first.stdout);
});

test('a socket file takes the place of a port, with the mode asked for, and replaces one that was left over, but no other file', async () => {
  const path = join(folder, 'api.sock');
  const socket = { PGRST_SERVER_UNIX_SOCKET: path, PGRST_SERVER_UNIX_SOCKET_MODE: '600' };
  const killed = await startServer({ ...fixtureSettings(db.target), ...socket });
  killed.process.kill('SIGKILL');
  await once(killed.process, 'exit');
  await using server = await startServer({ ...fixtureSettings(db.target), ...socket });
  assert.equal(server.url, path);
  assert.equal((statSync(path).mode & 0o777).toString(8), '600');
  const outgoing = request({ socketPath: path, path: '/observatories?select=id&id=eq.1' }).end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  answer.resume();
  const taken = { ...fixtureSettings(db.target), PGRST_SERVER_UNIX_SOCKET: file('a file', 'precious') };
  assert.match((await runCommand(taken, [])).stderr, /cannot listen on/);
  assert.equal(readFileSync(taken.PGRST_SERVER_UNIX_SOCKET, 'utf8'), 'precious');
});

test('settings of other programs in the environment are none of its business', async () => {
  const others = {
    NODE_ENV: 'production',
    PORT: 'x',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://x',
    JWT_SECRET: 'short',
  };
  await using server = await startServer({ ...fixtureSettings(db.target), ...others });
  assert.equal((await server.get('/observatories')).status, 200);
});

for (const [what, settings, complaint] of [
  ['a timeout that is none', { FREEHOLD_STATEMENT_TIMEOUT_MS: 'x' }, /FREEHOLD_STATEMENT_TIMEOUT_MS is "x"/],
  ['a wrong value', { PGRST_OPENAPI_MODE: 'x' }, /Error in config: Invalid openapi-mode\. Check your configuration\./],
  ['an unusable address', { PGRST_DB_URI: 'postgresql://h:x/y' }, /Error in config: db-uri/],
  ['a short secret', { PGRST_JWT_SECRET: 'short' }, /The JWT secret must be at least 32 characters long/],
] as const)
  test(`${what} ends the start with one message`, async () => {
    const { code: exit, stderr } = await runCommand(settings, []);
    assert.equal(exit, 1);
    assert.match(stderr, complaint);
  });

test('a wrong password ends the start, a file that is not there too', async () => {
  const target = { ...db.target, user: 'nobody_of_this_name' };
  const { code: exit, stderr } = await runCommand({ PGRST_DB_URI: uriOf(target), PGRST_SERVER_PORT: '0' }, []);
  assert.equal(exit, 1);
  assert.match(stderr, /cannot read the settings in the database/);
  const missing = await runCommand({}, [join(folder, 'none.conf')]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /there is no such file/);
});
