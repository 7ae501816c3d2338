import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, handOver } from './data-folder.ts';

/** Names the set of processes whose pids mean something here: this boot of this machine, and this container on it. */
function thisHost(): string {
  if (process.platform !== 'linux') return hostname();
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}

const file = (folder: DataFolder) => join(folder.root, 'locks', 'host');

export function recordHost(folder: DataFolder): void {
  writeFileSync(file(folder), thisHost(), { mode: 0o600 });
  handOver(folder.root, file(folder));
}

/** Whether the last server on the folder was started where its pid cannot be judged from here. */
export function startedElsewhere(folder: DataFolder): boolean {
  try {
    return readFileSync(file(folder), 'utf8') !== thisHost();
  } catch {
    return false;
  }
}
