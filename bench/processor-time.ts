import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, in fields 14 to 17 of /proc/<pid>/stat: own and of children that have ended. */
const TICK_MS = 10;

/**
 * Milliseconds of processor time that this process, the server and their ended children have used. On a machine that
 * others use too, the time a session costs says more than how many fit into a second. Undefined where there is no /proc.
 */
export function processorTime(postmasterPid: number): number | undefined {
  const times = processorTimes(postmasterPid);
  return times && times.own + times.postgres;
}

/** As `processorTime`, told apart: this process with its ended children, and the server. */
export function processorTimes(postmasterPid: number): { readonly own: number; readonly postgres: number } | undefined {
  try {
    const server = [postmasterPid, ...childrenOf(postmasterPid)];
    const postgres = server.reduce((sum, pid) => sum + ticksOf(pid), 0) * TICK_MS;
    return { own: ticksOf(process.pid) * TICK_MS, postgres };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(fields(Number(name))?.[1]) === pid)
    .map(Number);
}

function ticksOf(pid: number): number {
  return (fields(pid)?.slice(11, 15) ?? []).reduce((sum, field) => sum + Number(field), 0);
}

/** What follows the program's name: state, parent, ... A process may end while we look. */
function fields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
