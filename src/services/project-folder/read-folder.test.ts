import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { databaseNameOf, readProjectFolder } from './read-folder.ts';
import { writtenFolder } from './testing.ts';

const NOTHING = { lookup: () => undefined };

test('config.toml is found from the folder that holds supabase/ and from supabase/ itself', () => {
  using folder = writtenFolder({ 'config.toml': 'project_id = "shop"' });
  assert.equal(readProjectFolder(folder.path, NOTHING).config.projectId, 'shop');
  assert.equal(readProjectFolder(join(folder.path, 'supabase'), NOTHING).config.projectId, 'shop');
});

test('a folder without a project is refused with what would be right', () => {
  using folder = writtenFolder({});
  assert.throws(() => readProjectFolder(folder.path, NOTHING), /is no Supabase project/);
  assert.throws(() => readProjectFolder(join(folder.path, 'nowhere'), NOTHING), /there is no folder/);
});

test('what the file leaves out is as the CLI has it', () => {
  using folder = writtenFolder({ 'config.toml': '[api]\nmax_rows = 5' });
  const { api, seed } = readProjectFolder(folder.path, NOTHING).config;
  assert.deepEqual(api, {
    enabled: true,
    port: undefined,
    schemas: ['public', 'graphql_public'],
    extraSearchPath: ['public', 'extensions'],
    maxRows: 5,
  });
  assert.deepEqual(seed, { enabled: true, sqlPaths: ['./seed.sql'] });
});

test('an unknown key is named, and a feature that is lacking says what happens instead', () => {
  using folder = writtenFolder({
    'config.toml':
      'project_id = "shop"\n[auth]\nsite_urll = "x"\n[auth.external.github]\nclient_id = "a"\n[auth.email.template.invite]\nsubject = "s"\n' +
      '[db.pooler]\nenabled = true\n[functions.hello]\nverify_jwt = false\ncolour = "red"\n[remotes.staging.api]\nanything = 1',
  });
  const { warnings } = readProjectFolder(folder.path, NOTHING);
  assert.deepEqual(
    warnings.map((text) => text.replace(/ (and has no effect|asks for.*)$/, '')),
    [
      'config.toml: the key auth.site_urll is unknown',
      'config.toml: the key functions.hello.colour is unknown',
      'config.toml: db.pooler.enabled',
    ],
  );
  assert.match(warnings[2]!, /sessions are pooled inside the server/);
});

test('env() takes the environment first, then .env, and says when neither has it', () => {
  using folder = writtenFolder({
    'config.toml': '[auth]\njwt_secret = "env(A_SECRET)"\nanon_key = "env(B_KEY)"\nservice_role_key = "env(NOT_SET)"',
    '.env': 'A_SECRET=from-the-file\nB_KEY=of-the-file',
  });
  const { config } = readProjectFolder(folder.path, {
    lookup: (name) => (name === 'A_SECRET' ? 'from-the-environment' : undefined),
  });
  assert.equal(config.jwtSecret, 'from-the-environment');
  assert.equal(config.anonKey, 'of-the-file');
  assert.equal(config.serviceRoleKey, undefined);
  assert.deepEqual(config.warnings, [
    'config.toml: the environment variable NOT_SET is not set; env(NOT_SET) stays as it is',
  ]);
});

test('TOML that cannot be read is refused with its line, and a value of the wrong kind with its key', () => {
  using broken = writtenFolder({ 'config.toml': 'project_id = "a"\n[api\nport = 1' });
  assert.throws(() => readProjectFolder(broken.path, NOTHING), /config\.toml line 2, column \d+/);
  using wrong = writtenFolder({ 'config.toml': '[api]\nport = "many"' });
  assert.throws(() => readProjectFolder(wrong.path, NOTHING), /api\.port is "many"; it must be a whole number/);
});

test('migrations come in order of their timestamps, and other names are passed over with a warning', () => {
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/20240201000000_b.sql': 'select 2;',
    'migrations/20240101000000_a.sql': '\uFEFFselect 1;\r\n\\restrict token\nselect 2;',
    'migrations/notes.sql': 'select 3;',
  });
  const { migrations, warnings } = readProjectFolder(folder.path, NOTHING);
  assert.deepEqual(
    migrations.map(({ version, name, statements }) => [version, name, statements.map(({ text }) => text)]),
    [
      ['20240101000000', 'a', ['select 1', 'select 2']],
      ['20240201000000', 'b', ['select 2']],
    ],
  );
  assert.deepEqual(warnings, ['migrations/notes.sql is passed over: its name must be <timestamp>_name.sql']);
});

test('seed patterns are read in their order, each file once, and a pattern without files is named', () => {
  using folder = writtenFolder({
    'config.toml': '[db.seed]\nsql_paths = ["./seeds/z.sql", "./seeds/*.sql", "./none/*.sql"]',
    'seeds/a.sql': '',
    'seeds/z.sql': '',
  });
  const { seeds, warnings } = readProjectFolder(folder.path, NOTHING);
  assert.deepEqual(
    seeds.map(({ label }) => label),
    ['seeds/z.sql', 'seeds/a.sql'],
  );
  assert.deepEqual(warnings, ['db.seed.sql_paths: nothing matches ./none/*.sql']);
});

test('ids that differ never share a database, and every name fits Postgres', () => {
  const ids = ['my-app', 'my_app', 'My App', 'my.app', '1st', 'ä', 'x'.repeat(200), `${'x'.repeat(200)}y`];
  const names = ids.map(databaseNameOf);
  assert.equal(new Set(names).size, ids.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9_]{0,62}$/);
  assert.equal(databaseNameOf('my_app'), 'project_my_app');
});
