/** GeoJSON on a real PostGIS, where the machine has one; schemas of names that need every kind of quoting on the way. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type ExternalServer, externalServer, skipExternal } from '../external/server.ts';
import { uriOf } from './fixture.ts';
import { type RunningServer, startServer } from './server.ts';

const CONTROL = '/usr/share/postgresql/15/extension/postgis.control';
const skip =
  skipExternal || (!existsSync(CONTROL) && 'PostGIS is not installed (apt-get install postgresql-15-postgis-3)');
const GEOJSON = { Accept: 'application/geo+json' };
const ODD = 'odd "@/\\#~_-';

const SQL = `
create role visitor; create role gate login password 'gate' noinherit; grant visitor to gate;
create schema extensions; create extension postgis schema extensions; grant usage on schema extensions to visitor;
create schema city; set search_path = city, extensions;
create table stops (id int primary key, name text, place geometry(point, 4326));
create table routes (id int primary key, stop_id int references stops, path geometry(linestring, 4326));
insert into stops values (1, 'Harbour', 'srid=4326;point(10 54)'), (2, 'Market', 'srid=4326;point(11 55)');
insert into routes values (7, 1, 'srid=4326;linestring(10 54, 11 55)');
create function nearest() returns setof stops stable language sql as 'select * from city.stops where id = 1';
create function first_stop() returns stops stable language sql as 'select * from city.stops where id = 1';
create schema "odd ""@/\\#~_-"; create table "odd ""@/\\#~_-".names (id int); insert into "odd ""@/\\#~_-".names values (1);
grant usage on schema city, "odd ""@/\\#~_-" to visitor;
grant all on all tables in schema city, "odd ""@/\\#~_-" to visitor`;

const point = (coordinates: number[], properties: unknown) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates },
  properties,
});
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });
const HARBOUR = point([10, 54], { id: 1, name: 'Harbour' });

describe('GeoJSON', { skip }, () => {
  let postgres: ExternalServer;
  let server: RunningServer;
  before(async () => {
    postgres = await externalServer();
    await postgres.sql(SQL);
    server = await startServer({
      PGRST_DB_URI: uriOf({ ...postgres.admin, user: 'gate', password: 'gate' }),
      PGRST_DB_SCHEMAS: `city, ${ODD}`,
      PGRST_DB_EXTRA_SEARCH_PATH: `extensions, ${ODD}`,
      PGRST_DB_ANON_ROLE: 'visitor',
      PGRST_DB_TX_END: 'rollback-allow-override',
    });
  });
  after(async () => {
    await server?.stop();
    await postgres?.[Symbol.asyncDispose]();
  });

  test('rows are features, and what is embedded is among their properties', async () => {
    const plain = await server.get('/stops?id=eq.1', GEOJSON);
    assert.deepEqual(plain.json, collection(HARBOUR));
    assert.equal(plain.headers.get('content-type'), 'application/geo+json; charset=utf-8');
    const embedded = await server.get('/stops?id=eq.1&select=place,routes(id)', GEOJSON);
    assert.deepEqual(embedded.json, collection(point([10, 54], { routes: [{ id: 7 }] })));
    const none = await server.get('/stops?id=eq.9', GEOJSON);
    assert.deepEqual(none.json, collection());
  });

  test('functions of sets and of one row give features', async () => {
    for (const name of ['nearest', 'first_stop'])
      assert.deepEqual((await server.get(`/rpc/${name}`, GEOJSON)).json, collection(HARBOUR));
  });

  test('writes give the rows back as features', async () => {
    const headers = { ...GEOJSON, Prefer: 'return=representation' };
    const body = { id: 3, name: 'Park', place: { type: 'Point', coordinates: [12, 56] } };
    const added = await server.request('POST', '/stops', { headers, body });
    assert.deepEqual([added.status, added.json], [201, collection(point([12, 56], { id: 3, name: 'Park' }))]);
    const changed = await server.request('PATCH', '/stops?id=eq.1', { headers, body: { name: 'Pier' } });
    assert.deepEqual(changed.json, collection(point([10, 54], { id: 1, name: 'Pier' })));
    const removed = await server.request('DELETE', '/routes?id=eq.7&select=path', { headers });
    const line = {
      type: 'LineString',
      coordinates: [
        [10, 54],
        [11, 55],
      ],
    };
    assert.deepEqual(removed.json, collection({ type: 'Feature', geometry: line, properties: {} }));
  });

  test('rows without a place are an error of PostGIS', async () => {
    const { status, json } = await server.get('/stops?select=name', GEOJSON);
    assert.deepEqual(
      [status, json],
      [400, { code: '22023', details: null, hint: null, message: 'geometry column is missing' }],
    );
  });

  test('a schema of any name is found by profile and searched', async () => {
    const { status, json, headers } = await server.get('/names', { 'Accept-Profile': ODD });
    assert.deepEqual([status, json, headers.get('content-profile')], [200, [{ id: 1 }], ODD]);
    const other = await server.get('/names', { 'Accept-Profile': 'odd' });
    assert.deepEqual(
      [other.status, (other.json as { hint: string }).hint],
      [406, `Only the following schemas are exposed: city, ${ODD}`],
    );
  });
});
