import { chownSync, existsSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

const MB = 1024 * 1024;

/** postgresql.conf as we leave it after initdb: what an operator adds to it, or sets with ALTER SYSTEM, wins over ours. */
export const POSTGRESQL_CONF = `# Freehold writes freehold.conf anew at every start, sized for the machine.
# Settings below this line, and those of ALTER SYSTEM, win over it.
include = 'freehold.conf'
`;

/** Bytes this process may use: the machine's memory, or less when a container limits it. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Settings for a machine that the database shares with Node, the jobs and a desktop: an eighth of memory for shared buffers.
 * `memory` in bytes.
 */
export function serverSettings(memory = availableMemory()): Record<string, string> {
  const share = (part: number, min: number, max: number) =>
    `${Math.round(Math.min(max, Math.max(min, memory / part / MB)))}MB`;
  return {
    shared_buffers: share(8, 64, 2048),
    effective_cache_size: share(2, 256, 65_536),
    work_mem: share(512, 4, 32),
    maintenance_work_mem: share(32, 32, 512),
    max_connections: '200',
    wal_level: 'logical',
    max_wal_senders: '20',
    max_replication_slots: '20',
    // A subscriber that never comes back must not fill the disk.
    max_slot_wal_keep_size: '4GB',
    max_wal_size: '2GB',
    // The first change of a page after a checkpoint writes the page whole: a scan every five minutes rewrites most of its pages.
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: '1.1',
    jit: 'off',
    dynamic_shared_memory_type: sharedMemoryType(),
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%Y-%m-%d_%H%M%S.log',
    log_rotation_age: '1d',
    log_rotation_size: '10MB',
    log_line_prefix: '%m [%p] %q%u@%d ',
  };
}

/** Containers often give /dev/shm 64 MB, which a parallel query outgrows; files in the cluster do the same, more slowly. */
function sharedMemoryType(): string {
  if (process.platform === 'win32') return 'windows';
  if (process.platform !== 'linux') return 'posix';
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= 256 * MB ? 'posix' : 'mmap';
  } catch {
    return 'mmap';
  }
}

/** Writes freehold.conf into the cluster, whole or not at all. */
export function writeSettings(cluster: string, binaries: Binaries, account: Account | undefined): void {
  const preload = existsSync(binaries.statementStatistics) ? { shared_preload_libraries: 'pg_stat_statements' } : {};
  const lines = Object.entries({ ...serverSettings(), ...preload }).map(([name, value]) => `${name} = '${value}'`);
  const path = join(cluster, 'freehold.conf');
  writeFileSync(`${path}.new`, `# Written by Freehold at every start.\n${lines.join('\n')}\n`, { mode: 0o600 });
  if (account) chownSync(`${path}.new`, account.uid, account.gid);
  renameSync(`${path}.new`, path);
}
