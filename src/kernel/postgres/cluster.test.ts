import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '../log.ts';
import { startCluster } from './cluster.ts';
import { withOwner } from './owner.ts';

const log = createLog('silent');

test('a first start makes the cluster, a stop ends it, and the next start finds the data', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-cluster-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const first = await startCluster({ folder, log });
  await withOwner(first.target, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
  await first.stop();
  const second = await startCluster({ folder, log });
  const { rows } = await withOwner(second.target, (client) => client.query('SELECT answer FROM kept'));
  await second.stop();
  assert.deepEqual(rows, [{ answer: 42 }]);
});
