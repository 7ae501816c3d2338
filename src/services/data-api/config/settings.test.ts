import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../config.ts';
import { ConfigError, parseConfigFile } from './config-file.ts';
import { dumpConfig } from './dump-config.ts';
import { OPTIONS } from './options.ts';
import { type DataApiSettings, readSettings } from './settings.ts';

const SECRET = 'a secret of no less than 32 bytes';
const noFile = (path: string): string => {
  throw new Error(`${path} was read`);
};

interface Given {
  environment?: Record<string, string>;
  file?: Record<string, string>;
  database?: Record<string, string>;
}

function settings(given: Given, readFile = noFile): DataApiSettings {
  const map = (record: Record<string, string> = {}) => new Map(Object.entries(record));
  const sources = { environment: given.environment ?? {}, file: map(given.file), database: map(given.database) };
  return readSettings(sources, readFile);
}

test('with nothing set everything has its default', () => {
  const { api, server, database, warnings } = settings({});
  assert.deepEqual(Object.fromEntries(Object.entries(api).filter(([, value]) => value !== undefined)), {
    ...DEFAULT_CONFIG,
  });
  assert.equal(server.port, 3000);
  assert.equal(database.uri, 'postgresql://');
  assert.deepEqual(warnings, []);
});

test('the database wins over the environment and the environment over the file', () => {
  const file = { 'db-max-rows': '1', 'db-plan-enabled': 'true', 'openapi-mode': 'disabled' };
  const environment = { PGRST_DB_MAX_ROWS: '2', PGRST_DB_PLAN_ENABLED: 'false' };
  const { api } = settings({ file, environment, database: { db_max_rows: '3' } });
  assert.equal(api.dbMaxRows, 3);
  assert.equal(api.dbPlanEnabled, false);
  assert.equal(api.openapiMode, 'disabled');
});

test('what is read at the start only cannot be set in the database', () => {
  const database = { server_port: '9', db_uri: 'postgresql://elsewhere', db_channel: 'other', log_level: 'debug' };
  const { api, server, database: connection } = settings({ database });
  assert.deepEqual(
    [server.port, connection.uri, api.dbChannel, api.logLevel],
    [3000, 'postgresql://', 'pgrst', 'error'],
  );
});

test('older names are understood, and the present name wins', () => {
  assert.equal(settings({ file: { 'max-rows': '7' } }).api.dbMaxRows, 7);
  assert.equal(settings({ environment: { PGRST_MAX_ROWS: '7' }, file: { 'db-max-rows': '8' } }).api.dbMaxRows, 8);
  const old = settings({
    file: { 'pre-request': 'f', 'db-schema': 'a,b', 'role-claim-key': '.r', 'root-spec': 'g' },
  }).api;
  assert.deepEqual(
    [old.dbPreRequest, old.dbSchemas, old.jwtRoleClaimKey, old.dbRootSpec],
    ['f', ['a', 'b'], '.r', 'g'],
  );
});

test('lists are parted at commas and freed of spaces', () => {
  const { api } = settings({ environment: { PGRST_DB_SCHEMAS: ' v1 , v2', PGRST_DB_EXTRA_SEARCH_PATH: '' } });
  assert.deepEqual(api.dbSchemas, ['v1', 'v2']);
  assert.deepEqual(api.dbExtraSearchPath, []);
});

test('booleans may be numbers, and a value that is none leaves the default and a warning', () => {
  const { api, warnings } = settings({
    environment: { PGRST_DB_PLAN_ENABLED: '1', PGRST_DB_AGGREGATES_ENABLED: 'TRUE', PGRST_DB_MAX_ROWS: 'many' },
  });
  assert.deepEqual([api.dbPlanEnabled, api.dbAggregatesEnabled, api.dbMaxRows], [true, true, undefined]);
  assert.deepEqual(warnings, ['db-max-rows is "many", which is not a whole number: its default is used']);
});

test('app settings keep their names, and the environment wins over the file', () => {
  const { api } = settings({
    environment: { PGRST_APP_SETTINGS_Key: 'env' },
    file: { 'app.settings.Key': 'file', 'app.settings.other': 'file' },
  });
  assert.deepEqual(api.appSettings, { Key: 'env', other: 'file' });
});

test('no channel is listened to when it is switched off', () => {
  assert.equal(settings({ file: { 'db-channel-enabled': 'false' } }).api.dbChannel, undefined);
});

test('a secret may stand in a file, whose last line end does not count', () => {
  const readFile = (path: string) => (path === 'key.txt' ? `${SECRET}\n` : noFile(path));
  assert.equal(settings({ file: { 'jwt-secret': '@key.txt' } }, readFile).api.jwtSecret, SECRET);
});

test('a short secret is refused, in base64 by what it stands for, a key set is not measured', () => {
  const refused = { message: 'The JWT secret must be at least 32 characters long.' };
  assert.throws(() => settings({ file: { 'jwt-secret': 'short' } }), refused);
  const short = {
    'jwt-secret': Buffer.from('only 24 bytes, as text 32').toString('base64'),
    'jwt-secret-is-base64': 'true',
  };
  assert.throws(() => settings({ file: short }), refused);
  assert.ok(settings({ file: { 'jwt-secret': '{"keys":[]}' } }).api.jwtSecret);
});

for (const jwk of ['{"kty":"oct"}', '{"kty":"RSA","n":"x"}', '{"keys":[{"kty":"oct","k":"c2VjcmV0"},{}]}'])
  test(`${jwk} is refused: a key without its parts would be guessed`, () => {
    const message = 'jwt-secret holds a JWK that is no key';
    assert.throws(() => settings({ file: { 'jwt-secret': jwk } }), new ConfigError(message));
  });

for (const [name, value, message] of [
  ['db-tx-end', 'never', 'Invalid transaction termination. Check your configuration.'],
  ['log-level', 'loud', 'Invalid logging level. Check your configuration.'],
  ['openapi-mode', 'on', 'Invalid openapi-mode. Check your configuration.'],
  ['jwt-aud', 'http://%%', 'Invalid Jwt audience. Check your configuration.'],
  ['jwt-role-claim-key', 'role.other', 'failed to parse role-claim-key value ("role.other")'],
  ['server-unix-socket-mode', '9', 'Invalid server-unix-socket-mode: not an octal'],
  ['server-unix-socket-mode', '599', 'Invalid server-unix-socket-mode: not an octal'],
  ['server-unix-socket-mode', '577', 'Invalid server-unix-socket-mode: needs to be between 600 and 777'],
  ['admin-server-port', '3000', 'admin-server-port cannot be the same as server-port'],
  [
    'openapi-server-proxy-uri',
    'example.com',
    'Malformed proxy uri, a correct example: https://example.com:8443/basePath',
  ],
] as const)
  test(`${name} = "${value}" is refused in PostgREST's words`, () => {
    assert.throws(() => settings({ file: { [name]: value } }), new ConfigError(message));
  });

for (const path of ['.role', '.a.b', '."https://x.com/roles"[0]', '.roles[?(@ == "admin")]', '.roles[?(@ ^== "a")]'])
  test(`${path} is a path to the role`, () => {
    assert.equal(settings({ file: { 'jwt-role-claim-key': path } }).api.jwtRoleClaimKey, path);
  });

test('the dump names every setting, and read as a file gives the same settings', () => {
  const given = settings({
    file: { 'db-schemas': 'a,b', 'db-anon-role': 'quo"te\\', 'jwt-secret': SECRET, 'app.settings.x': '1' },
  });
  const dump = dumpConfig(given);
  const names = dump.split('\n').flatMap((line) => (/^[a-z]/.test(line) ? [line.split(' = ')[0]] : []));
  assert.deepEqual(names, [...OPTIONS.map(({ name }) => name), 'app.settings.x']);
  const file = Object.fromEntries(parseConfigFile(dump, { readFile: noFile, lookup: () => undefined }));
  assert.deepEqual(settings({ file }), given);
});
