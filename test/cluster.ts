/**
 * One Postgres for a whole test run, in a temporary folder, with durability off. `npm test` starts it once in
 * global-setup.ts; a test file that is run alone starts its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '#kernel/log.ts';
import { startCluster } from '#kernel/postgres/cluster.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';

const VARIABLE = 'FREEHOLD_TEST_CLUSTER';
/** Nothing here outlives the run, so nothing waits for the disk. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  autovacuum: 'off',
};

export interface TestCluster {
  readonly target: ConnectionTarget;
  stop(): Promise<void>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-test-'));
  const cluster = await startCluster({ folder, log: createLog('error'), settings: SETTINGS });
  // A run that dies must not leave a server behind: Postgres' immediate shutdown needs no one to wait for it.
  const abandon = () => process.kill(cluster.pid, 'SIGQUIT');
  process.once('exit', abandon);
  return {
    target: cluster.target,
    async stop() {
      process.off('exit', abandon);
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets the test processes of this run find the cluster. */
export function publishCluster(target: ConnectionTarget): void {
  process.env[VARIABLE] = JSON.stringify(target);
}

export function publishedCluster(): ConnectionTarget | null {
  const text = process.env[VARIABLE];
  return text ? (JSON.parse(text) as ConnectionTarget) : null;
}
