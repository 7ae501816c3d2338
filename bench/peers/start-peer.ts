/** Starts a peer of the data API in a process of its own, on the same Postgres server. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';

export interface Peer {
  readonly name: PeerName;
  readonly port: number;
  readonly process: ChildProcess;
}

export type PeerName = 'postgraphile' | 'parse-server';

/** Undefined, with the reason printed, when the peer is not installed or does not start. */
export async function startPeer(name: PeerName, target: ConnectionTarget, size: number): Promise<Peer | undefined> {
  const folder = fileURLToPath(new URL(`./${name}/`, import.meta.url));
  if (!existsSync(`${folder}node_modules`)) {
    console.log(`${name} is left out: npm --prefix bench/peers/${name} ci --ignore-scripts`);
    return undefined;
  }
  const { host, port, user, password, database } = target;
  const child = fork(`${folder}serve.js`, [JSON.stringify({ host, port, user, password, database, size })], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-1000);
  });
  const answer = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (answer) return { name, port: (answer[0] as { port: number }).port, process: child };
  console.log(`${name} is left out, it does not start: ${complaint}`);
  return undefined;
}
