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

/** Without a listener these end the process before its `exit` event; the codes are the shell's. */
const INTERRUPTIONS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export interface TestCluster {
  readonly target: ConnectionTarget;
  stop(): Promise<void>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-test-'));
  const cluster = await startCluster({ folder, log: createLog('error'), settings: SETTINGS });
  const abandon = () => abandonCluster(cluster.pid, folder);
  process.once('exit', abandon);
  for (const [signal, code] of Object.entries(INTERRUPTIONS)) process.once(signal, () => process.exit(code));
  return {
    target: cluster.target,
    async stop() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
      process.off('exit', abandon);
    },
  };
}

/** A run that dies must leave neither a server nor its files. Runs while the process exits, so it may not wait for promises. */
function abandonCluster(pid: number, folder: string): void {
  const ticks = new Int32Array(new SharedArrayBuffer(4));
  try {
    process.kill(pid, 'SIGQUIT');
    for (let tries = 0; tries < 200; tries += 1) {
      Atomics.wait(ticks, 0, 0, 10);
      process.kill(pid, 0);
    }
  } catch {
    // ESRCH: it has gone, which is what was wanted.
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Lets the test processes of this run find the cluster. */
export function publishCluster(target: ConnectionTarget): void {
  process.env[VARIABLE] = JSON.stringify(target);
}

export function publishedCluster(): ConnectionTarget | null {
  const text = process.env[VARIABLE];
  return text ? (JSON.parse(text) as ConnectionTarget) : null;
}
