import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { PLATFORM_SCHEMAS } from '../api.ts';
import { readProjectFolder } from '../read-folder.ts';
import { type WrittenFolder, writtenFolder } from '../testing.ts';
import { applyProject } from './apply.ts';

async function apply(db: TestDatabase, folder: WrittenFolder) {
  const { migrations, seeds } = readProjectFolder(folder.path, { lookup: () => undefined });
  const notes: string[] = [];
  const report = await applyProject({ owner: db.owner, migrations, seeds, note: (text) => notes.push(text) });
  return { ...report, notes };
}

const prepared = () => testDatabase({ migrations: [PLATFORM_SCHEMAS] });

test('each migration runs once and is written down as the CLI does; seeds run before the first success only', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': 'create table a (n int);\n-- nothing\ninsert into a values (1);',
    'seed.sql': 'insert into a values (2);',
  });
  const first = await apply(db, folder);
  assert.deepEqual([first.migrations, first.seeds], [['migrations/1_a.sql'], ['seed.sql']]);
  const second = await apply(db, folder);
  assert.deepEqual([second.migrations, second.seeds], [[], []]);
  assert.deepEqual(await db.sql('select n from a order by n'), [{ n: 1 }, { n: 2 }]);
  assert.deepEqual(await db.sql('select * from supabase_migrations.schema_migrations'), [
    { version: '1', statements: ['create table a (n int)', 'insert into a values (1)'], name: 'a' },
  ]);
  folder.write('migrations/2_b.sql', 'insert into a values (3);');
  folder.write('seed.sql', 'insert into a values (4);');
  const third = await apply(db, folder);
  assert.deepEqual([third.migrations, third.seeds], [['migrations/2_b.sql'], []]);
  assert.equal((await db.sql('select from a')).length, 3);
});

test('a migration that fails names file, line and SQLSTATE, leaves nothing of itself, and what came before it', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': 'create table a (n int);',
    'migrations/2_b.sql': `insert into a values (1);\n\n-- ünïcode 😀\ninsert into a\n  select '😀' is null,\n  nothing_like_this from a;`,
  });
  await assert.rejects(apply(db, folder), {
    name: 'OperatorError',
    message: /^migrations\/2_b\.sql line 6: column "nothing_like_this" does not exist \(SQLSTATE 42703\)/,
  });
  assert.deepEqual(await db.sql('select n from a'), []);
  folder.write('migrations/2_b.sql', 'insert into a values (7);');
  assert.deepEqual((await apply(db, folder)).migrations, ['migrations/2_b.sql']);
});

test('a constraint that is checked at the end belongs to the file too', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql':
      'create table a (n int primary key, up int references a deferrable initially deferred);\ninsert into a values (1, 9);',
  });
  await assert.rejects(apply(db, folder), /migrations\/1_a\.sql line 2: .*\(SQLSTATE 23503\)/);
});

test('a file that commits by itself or builds an index concurrently runs outside a transaction', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': 'begin;\ncreate table a (n int);\ncommit;\ncreate index concurrently a_n on a (n);',
    'migrations/2_b.sql': 'create table b (n int);\nvacuum b;\nselect 1 / 0;',
  });
  await assert.rejects(apply(db, folder), (error: Error & { remedy: string }) => {
    assert.match(error.message, /migrations\/2_b\.sql line 3: division by zero \(SQLSTATE 22012\)/);
    assert.match(error.remedy, /what stands before that line stays/);
    return true;
  });
  assert.deepEqual(await db.sql('select version from supabase_migrations.schema_migrations'), [{ version: '1' }]);
  assert.equal((await db.sql(`select from pg_indexes where indexname = 'a_n'`)).length, 1);
});

test('a file that changes its session changes nothing for the next, and may end as another role', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': `select pg_catalog.set_config('search_path', '', false);\nset default_transaction_read_only = on;\nset role anon;`,
    'migrations/2_b.sql': 'create table b (id uuid default uuid_generate_v4(), who text default current_user);',
  });
  await apply(db, folder);
  assert.deepEqual(await db.sql(`select tableowner from pg_tables where schemaname = 'public' and tablename = 'b'`), [
    { tableowner: db.owner.user },
  ]);
});

test('what is lacking is said before anything runs', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': 'create table a (n int);',
    'migrations/2_b.sql': `create extension pg_cron;\nselect cron.schedule('a', '* * * * *', 'select 1');`,
    'migrations/3_c.sql': 'create extension quite_unknown;',
  });
  await assert.rejects(apply(db, folder), (error: Error) => {
    assert.match(error.message, /nothing was run/);
    assert.match(error.message, /migrations\/2_b\.sql line 2: "cron\.schedule" needs the extension pg_cron/);
    assert.match(error.message, /migrations\/3_c\.sql line 1: the extension "quite_unknown" is not installed/);
    return true;
  });
  assert.deepEqual(await db.sql(`select from pg_tables where tablename = 'a'`), []);
});

test('settings of the login role and of the database stay with this project', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': `alter role authenticator set pgrst.db_plan_enabled = 'true';\nalter database postgres set "app.colour" = 'red';`,
  });
  await apply(db, folder);
  const settings = await db.sql<{ database: string; setconfig: string[] }>(
    `select datname as database, setconfig from pg_db_role_setting join pg_database as d on d.oid = setdatabase
     where datname in (current_database(), 'postgres') order by setrole`,
  );
  assert.deepEqual(
    settings.map(({ setconfig }) => setconfig.join()),
    ['app.colour=red', 'pgrst.db_plan_enabled=true'],
  );
  assert.ok(settings.every(({ database }) => database === db.owner.database));
});

test('a role that another project or a time before --reset left on the server is no obstacle', async () => {
  const role = `reader_${process.pid}`;
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': `create role ${role} nologin;\ncreate table a (n int);\ngrant select on a to ${role};`,
  });
  {
    await using first = await prepared();
    await apply(first, folder);
  }
  await using second = await prepared();
  await apply(second, folder);
  assert.deepEqual(await second.sql(`select has_table_privilege('${role}', 'a', 'select') as granted`), [
    { granted: true },
  ]);
  await second.sql(`drop owned by ${role}; drop role ${role}`);
});

test('a seed that fails is tried again by the next start, and what it did not reach with it', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '[db.seed]\nsql_paths = ["./a.sql", "./b.sql"]',
    'migrations/1_a.sql': 'create table a (n int);',
    'a.sql': 'insert into a values (1);',
    'b.sql': 'insert into a values (1/0);',
  });
  await assert.rejects(apply(db, folder), /^OperatorError: b\.sql line 1: division by zero/);
  folder.write('b.sql', 'insert into a values (2);');
  assert.deepEqual((await apply(db, folder)).seeds, ['b.sql']);
  assert.deepEqual(await db.sql('select n from a order by n'), [{ n: 1 }, { n: 2 }]);
});

test('a geometry is kept and read as GeoJSON where PostGIS is lacking', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': `create extension if not exists postgis with schema extensions;
      create table places (id int, spot extensions.geometry(Point, 4326));
      insert into places values (1, 'SRID=4326;POINT(-71.1 42.5)'), (2, extensions.st_setsrid(extensions.st_makepoint(1, 2), 4326));`,
    'migrations/2_b.sql': `create extension if not exists postgis with schema extensions;
      insert into places values (3, 'LINESTRING(0 0, 1 1.5)'), (4, 'MULTIPOINT((1 2),(3 4))'), (5, null);`,
  });
  const { notes } = await apply(db, folder);
  assert.match(notes.join('\n'), /postgis is not on this server; a stand-in/);
  const rows = await db.sql<{ row: { spot: unknown } }>('select to_jsonb(p) as row from places p order by id');
  assert.deepEqual(
    rows.map(({ row }) => row.spot),
    [
      { type: 'Point', coordinates: [-71.1, 42.5] },
      { type: 'Point', coordinates: [1, 2] },
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 1.5],
        ],
      },
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      null,
    ],
  );
  const [feature] = await db.sql('select extensions.st_asgeojson(p)::json as feature from places p where id = 1');
  assert.deepEqual(feature, {
    feature: { type: 'Feature', geometry: { type: 'Point', coordinates: [-71.1, 42.5] }, properties: { id: 1 } },
  });
});

test('tokens made in SQL by the stand-in for pgjwt verify, and a changed one does not', async () => {
  await using db = await prepared();
  using folder = writtenFolder({
    'config.toml': '',
    'migrations/1_a.sql': 'create extension pgjwt with schema extensions;',
  });
  await apply(db, folder);
  // The example of jwt.io, which every library signs alike.
  const [made] = await db.sql<{ token: string }>(
    `select extensions.sign('{"sub":"1234567890","name":"John Doe","admin":true}', 'secret') as token`,
  );
  assert.equal(
    made!.token,
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ',
  );
  const verdicts = await db.sql(
    `select (extensions.verify($1, 'secret')).valid as right, (extensions.verify($1, 'other')).valid as wrong`,
    [made!.token],
  );
  assert.deepEqual(verdicts, [{ right: true, wrong: false }]);
});
