import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../freehold', import.meta.url));

export interface RunningProject {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  /** Ends the process as Ctrl-C does and removes its data. */
  stop(): Promise<void>;
}

/**
 * `freehold start` on a free port and a new data folder, with the simulated exchange. `settings` are variables of its
 * environment; PORT is one. Rejects with its log when it ends early.
 */
export async function startProject(settings: Readonly<Record<string, string>> = {}): Promise<RunningProject> {
  const folder = await mkdtemp(join(tmpdir(), 'freehold-browser-'));
  const { DATABASE_URL: _, POLYGON_API_KEY: __, ...environment } = process.env;
  const child = spawn(COMMAND, ['start', '--port', settings['PORT'] ?? '0', '--data', join(folder, 'data'), '--json'], {
    env: { ...environment, MARKET_DATA: 'simulated', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await startedProject(child)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startedProject(child: ChildProcess): Promise<Omit<RunningProject, 'stop'>> {
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line);
  throw new Error(`freehold start ended before it was ready:\n${log.slice(-4000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'exit');
}
