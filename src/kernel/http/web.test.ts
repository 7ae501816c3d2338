import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { testServer } from '../../../test/server.ts';
import { mountWeb } from './server.ts';

let db: TestDatabase;
let folder: string;
before(async () => {
  db = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'web-'));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await db.close();
});

test('without a build the start page says how to make one; with one, pages, files and caching are right', async () => {
  const dist = join(folder, 'dist');
  await using server = await testServer(db, [], { mount: (app) => mountWeb(app, dist) });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + path, { headers });
    return {
      status: response.status,
      cache: response.headers.get('cache-control'),
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };
  const start = await get('/');
  assert.equal(start.status, 200);
  assert.match(start.text, /npm run build:web/);
  assert.equal((await get('/signals/1')).status, 404);

  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), '<title>Pages</title>');
  writeFileSync(join(dist, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'private.txt'), 'not for the web');

  for (const path of ['/', '/signals/6f7c', '/signals/6f7c?tab=chart']) {
    const page = await get(path);
    assert.deepEqual([page.status, page.text, page.cache], [200, '<title>Pages</title>', 'no-cache'], path);
  }
  const asset = await get('/assets/app-1a2b.js');
  assert.deepEqual([asset.status, asset.cache], [200, 'public, max-age=31536000, immutable']);
  assert.match(asset.type!, /javascript/);
  for (const path of ['/assets/gone.js', '/api/v1/nothing', '/rest/v1/x', '/api']) {
    const missing = await get(path, { accept: 'text/html' });
    assert.deepEqual([missing.status, JSON.parse(missing.text).error.code], [404, 'NOT_FOUND'], path);
  }
  for (const path of ['/..%2fprivate.txt', '/assets/..%2f..%2fprivate.txt', '/%2e%2e/private.txt'])
    assert.doesNotMatch((await get(path)).text, /not for the web/, path);
});
